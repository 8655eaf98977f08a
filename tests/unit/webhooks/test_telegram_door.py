"""Telegram's door: who knows the secret is heard; an odd update never blocks a chat."""

import json

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from webhooks.telegram_door import telegram_updates

SECRET = "correct-horse-battery-staple"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 7, "message": {"text": "مرحبا 👋"}}


class Keeper:
    """Keeps updates, or fails."""

    def __init__(self) -> None:
        self.kept: list[dict[str, object]] = []
        self.refused = 0
        self.trouble: Exception | None = None

    async def accept(self, update: dict[str, object]) -> None:
        if self.trouble:
            raise self.trouble
        self.kept.append(update)

    def refuse(self) -> None:
        self.refused += 1


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
async def post(keeper):
    app = FastAPI()
    app.include_router(telegram_updates(SECRET, keeper.accept, keeper.refuse))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test"
    ) as client:

        async def post(content, secret: bytes | None = SECRET.encode()):
            headers = {} if secret is None else {HEADER.encode(): secret}
            return await client.post(
                "/telegram/updates", content=content, headers=headers
            )

        yield post


async def test_an_update_with_the_secret_is_kept_and_acknowledged(post, keeper):
    answer = await post(json.dumps(UPDATE))
    assert (answer.status_code, answer.content) == (200, b"")
    assert keeper.kept == [UPDATE]
    assert keeper.refused == 0


@pytest.mark.parametrize(
    "secret",
    [None, b"", b"wrong", SECRET[:-1].encode(), SECRET.upper().encode(), b"\xff"],
)
async def test_an_update_without_the_secret_is_refused(post, keeper, secret):
    assert (await post(json.dumps(UPDATE), secret)).status_code == 401
    assert keeper.kept == []
    assert keeper.refused == 1


@pytest.mark.parametrize(
    "body", [b"", b"junk", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":']
)
async def test_an_authentic_body_that_cannot_be_read_is_let_go(post, keeper, body):
    assert (await post(body)).status_code == 200
    assert keeper.kept == [{}]


async def test_an_update_beyond_a_megabyte_is_let_go(post, keeper):
    huge = json.dumps({"update_id": 8, "message": {"text": "a" * 1024 * 1024}})
    assert (await post(huge)).status_code == 200
    assert keeper.kept == []


async def test_an_update_that_could_not_be_kept_is_asked_for_again(post, keeper):
    keeper.trouble = OperationalError("insert", {}, Exception("locked"))
    assert (await post(json.dumps(UPDATE))).status_code == 503
    keeper.trouble = None
    assert (await post(json.dumps(UPDATE))).status_code == 200
    assert keeper.kept == [UPDATE]
