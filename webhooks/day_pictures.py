"""Gives Twilio the picture of a day that staff on WhatsApp have asked for."""

from fastapi import APIRouter, Response

from bot.day_address import DayAddress
from bot.messages import DayPicture
from bot.painter import Painter
from webhooks.order_page.headers import PRIVATE
from webhooks.order_page.parts import NotNow, in_time

_SOON_S = "5"


def day_pictures(address: DayAddress, painter: Painter) -> APIRouter:
    """Make the door at `/day/`: it tells of no day without a sealed address."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/day/{name}", methods=["GET", "HEAD"])
    async def picture(name: str) -> Response:
        day = address.day_of(name)
        if day is None:
            return Response(status_code=404, headers=PRIVATE)
        try:
            content = await in_time(painter.day(DayPicture(day)))
        except NotNow:
            again = {**PRIVATE, "Retry-After": _SOON_S}
            return Response(status_code=503, headers=again)
        return Response(content, media_type="image/png", headers=PRIVATE)

    return router
