"""The addresses under `/o/<token>`."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from core.domain.orders import Order
from webhooks.order_page.headers import PRIVATE
from webhooks.order_page.parts import NoSuchPage, NotNow, PageParts, order_of
from webhooks.order_page.pictures import Pictures

_GET = ["GET", "HEAD"]

Answer = Callable[[Order, Request], Awaitable[Response]]


def order_page(parts: PageParts) -> APIRouter:
    """Make the pages of the orders, and what is fetched for them."""
    router = APIRouter(include_in_schema=False)
    pictures = Pictures(parts)

    async def card(order: Order, _request: Request) -> Response:
        return _file(await pictures.card(order), "image/png")

    async def receipt_picture(order: Order, _request: Request) -> Response:
        return _file(await pictures.receipt(order, "picture"), "image/png")

    async def receipt_pdf(order: Order, _request: Request) -> Response:
        return _file(await pictures.receipt(order, "pdf"), "application/pdf")

    for path, answer in (
        ("/code.png", card),
        ("/receipt.png", receipt_picture),
        ("/receipt.pdf", receipt_pdf),
    ):
        router.add_api_route(f"/o/{{token}}{path}", _known(parts, answer), methods=_GET)
    return router


def _known(
    parts: PageParts, answer: Answer
) -> Callable[[str, Request], Awaitable[Response]]:
    """Answer for an order that is known by its address, and tell of no other."""

    async def known(token: str, request: Request) -> Response:
        try:
            return await answer(await order_of(parts, token), request)
        except NoSuchPage:
            return _nothing()
        except NotNow:
            return _later()

    return known


def _file(content: bytes | None, media_type: str) -> Response:
    if content is None:
        return _nothing()
    return Response(content, media_type=media_type, headers=PRIVATE)


def _nothing() -> Response:
    return Response(
        "There is nothing here. لا يوجد شيء هنا.",
        404,
        headers=PRIVATE,
        media_type="text/plain",
    )


def _later() -> Response:
    return Response(
        "Please try again in a moment. يُرجى المحاولة بعد لحظات.",
        503,
        headers={**PRIVATE, "Retry-After": "5"},
        media_type="text/plain",
    )
