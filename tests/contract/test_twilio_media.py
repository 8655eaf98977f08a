"""What people send on WhatsApp besides words is found at Twilio, its password kept."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import httpx
import pytest
from twilio.rest import Client

from bot.channel import NotSent, Refused
from bot.messages import Medium
from bot.twilio_client import Connections, open_twilio
from bot.twilio_media import TwilioMedia
from bot.whatsapp_forms import read
from tests.contract.sandbox.twilio.conftest import (  # noqa: F401  (fixtures)
    desk,
    product,
)
from tests.contract.sandbox.twilio.desk import ACCOUNT, TOKEN, Desk
from tests.fakes import NOW

MEDIUM = Medium("photo", "wa:1", "MM12/ME34")
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM12/Media/ME34"
PICTURE = httpx.Response(200, content=b"JPEG", headers={"Content-Type": "image/jpeg"})

Answer = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


@asynccontextmanager
async def media_of(answer: Answer) -> AsyncIterator[TwilioMedia]:
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport) as http:
        client = Client(ACCOUNT, TOKEN, http_client=Connections(http))
        client.api.base_url = "https://twilio.test"
        yield TwilioMedia(client)


async def test_a_photo_is_found_by_what_the_form_tells_of_it(
    desk: Desk,  # noqa: F811  (fixture)
):
    await desk.act(photo="my slip")
    [form] = await desk.product.got(1)
    said = read(form, "wa:1", NOW)
    [shown] = await desk.screen()
    picture = await desk.http.get(shown["photo_url"])
    async with open_twilio(f"{desk.url}/twilio", ACCOUNT, TOKEN) as client:
        medium = Medium(said.medium, "wa:1", said.medium_ref)
        fetched = await TwilioMedia(client).fetch(medium)
    assert (said.medium, said.text) == ("photo", "my slip")
    assert (fetched.content, fetched.content_type) == (picture.content, "image/png")


async def test_who_keeps_it_for_twilio_is_told_no_password():
    asked: list[tuple[str, bool]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.host, "authorization" in request.headers))
        if request.url.path == PATH:
            return httpx.Response(307, headers={"Location": "https://cdn.test/a.jpg"})
        return PICTURE

    async with media_of(answer) as media:
        fetched = await media.fetch(MEDIUM)
    assert (fetched.content, fetched.content_type) == (b"JPEG", "image/jpeg")
    assert asked == [("twilio.test", True), ("cdn.test", False)]


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        (httpx.Response(404), Refused),
        (httpx.Response(410), Refused),
        (httpx.Response(200, content=bytes(10_000_001)), Refused),
        (httpx.Response(401), NotSent),
        (httpx.Response(429), NotSent),
        (httpx.Response(503), NotSent),
        (httpx.ReadTimeout("slow"), NotSent),
        (httpx.ConnectError("away"), NotSent),
    ],
)
async def test_what_cannot_be_fetched_is_given_up_or_tried_again(answered, error):
    async def answer(_request: httpx.Request) -> httpx.Response:
        if isinstance(answered, httpx.HTTPError):
            raise answered
        return answered

    async with media_of(answer) as media:
        with pytest.raises(error):
            await media.fetch(MEDIUM)
