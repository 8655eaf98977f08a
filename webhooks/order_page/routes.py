"""The addresses under `/o/<token>` and `/page/`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from bot.page_words import no_such_page, page_later
from bot.words import language_called, words_in
from core.domain.orders import Order
from webhooks.order_page.assets import read_assets
from webhooks.order_page.headers import LASTING, PRIVATE
from webhooks.order_page.news import Watching, news_of
from webhooks.order_page.pages import Pages
from webhooks.order_page.parts import (
    NoSuchPage,
    NotNow,
    PageParts,
    language_of,
    order_of,
)
from webhooks.order_page.pictures import Pictures
from webhooks.order_page.wishes import (
    BadWish,
    in_area,
    near,
    read_near_me,
    typed_area,
)

_GET = ["GET", "HEAD"]
_SOON_S = 5

Answer = Callable[[Order, Request], Awaitable[Response]]


def order_page(parts: PageParts, is_leaving: Callable[[], bool]) -> APIRouter:
    """Make the pages of the orders, and what is fetched for them.

    `is_leaving` tells that the server stops: those who wait for news are let go then.
    """
    names, assets = read_assets()
    desk = _Desk(parts, Pages(parts.shop, names), is_leaving)
    router = APIRouter(include_in_schema=False)
    for path, methods, answer in (
        ("", _GET, desk.page),
        ("/code.png", _GET, desk.card),
        ("/receipt.png", _GET, desk.receipt_picture),
        ("/receipt.pdf", _GET, desk.receipt_pdf),
        ("/state", _GET, desk.state),
        ("/events", ["GET"], desk.events),
        ("/stores", ["POST"], desk.stores),
    ):
        known = desk.of_known(answer)
        router.add_api_route(f"/o/{{token}}{path}", known, methods=methods)

    @router.api_route("/page/{name}", methods=_GET)
    async def asset(name: str) -> Response:
        found = assets.get(name)
        if found is None:
            return desk.nothing()
        return Response(found.content, media_type=found.media_type, headers=LASTING)

    return router


class _Desk:
    """Answers what is asked of an order's page."""

    def __init__(
        self, parts: PageParts, pages: Pages, is_leaving: Callable[[], bool]
    ) -> None:
        self._parts = parts
        self._pages = pages
        self._pictures = Pictures(parts)
        self._watching = Watching(parts.orders, parts.clock, is_leaving)

    def of_known(self, answer: Answer) -> Callable[[str, Request], Awaitable[Response]]:
        """Answer for an order that is known by its address, and tell of no other."""

        async def known(token: str, request: Request) -> Response:
            try:
                return await answer(await order_of(self._parts, token), request)
            except NoSuchPage:
                return self.nothing()
            except NotNow:
                return _html(self._pages.apart(page_later), 503, _SOON_S)

        return known

    def nothing(self) -> Response:
        """Say that nothing is there."""
        return _html(self._pages.apart(no_such_page), 404)

    async def page(self, order: Order, request: Request) -> Response:
        """Show the order."""
        wished = language_called(request.query_params.get("lang"))
        words = words_in(wished or await language_of(self._parts, order))
        now, area = self._parts.clock.now(), typed_area(request)
        stores = in_area(self._parts.stores, area, now)
        write = self._pages.order
        return _html(await asyncio.to_thread(write, order, words, now, area, stores))

    async def card(self, order: Order, _request: Request) -> Response:
        """Give the card as the chat shows it."""
        return self._file(await self._pictures.card(order), "image/png")

    async def receipt_picture(self, order: Order, request: Request) -> Response:
        """Give the receipt as a picture."""
        language = language_called(request.query_params.get("lang"))
        content = await self._pictures.receipt(order, "picture", language)
        return self._file(content, "image/png")

    async def receipt_pdf(self, order: Order, request: Request) -> Response:
        """Give the receipt to keep or print."""
        language = language_called(request.query_params.get("lang"))
        content = await self._pictures.receipt(order, "pdf", language)
        answer = self._file(content, "application/pdf")
        name = f"receipt-{order.merchant_order_no}.pdf"  # WhatsApp's, too
        answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return answer

    async def state(self, order: Order, _request: Request) -> Response:
        """Tell how the order stands, to a browser that asks again and again."""
        news = news_of(order, self._parts.clock.now())
        return JSONResponse(asdict(news), headers=PRIVATE)

    async def events(self, order: Order, _request: Request) -> Response:
        """Tell how the order stands, and go on telling."""
        if not self._watching.has_room(order.page_token):
            return _html("", 503, _SOON_S)
        return StreamingResponse(
            self._watching.events(order),
            media_type="text/event-stream",
            headers={**PRIVATE, "X-Accel-Buffering": "no"},
        )

    async def stores(self, order: Order, request: Request) -> Response:
        """List the stores near a payer."""
        try:
            place = await read_near_me(request)
        except BadWish:
            return _html("", 400)
        language = place.language or await language_of(self._parts, order)
        now = self._parts.clock.now()
        found = near(self._parts.stores, place, now)
        return _html(self._pages.stores(found, words_in(language), now))

    def _file(self, content: bytes | None, media_type: str) -> Response:
        if content is None:
            return self.nothing()
        return Response(content, media_type=media_type, headers=PRIVATE)


def _html(page: str, status: int = 200, retry_after_s: int = 0) -> Response:
    retry = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    return HTMLResponse(page, status, headers={**PRIVATE, **retry})
