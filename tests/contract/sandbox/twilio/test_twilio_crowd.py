import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from tests.contract.sandbox.twilio.desk import LIBRARY_IS_BEHIND, Desk

pytestmark = pytest.mark.filterwarnings(LIBRARY_IS_BEHIND)

AT_ONCE = 50
MORE = 10


class Held(Response):
    """An answer that waits for a word."""

    word: asyncio.Event

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.word.wait()
        await super().__call__(scope, receive, send)


async def test_callbacks_beyond_fifty_wait_for_their_turn_and_none_is_lost(chat: Desk):
    word = asyncio.Event()
    for _ in range(AT_ONCE + MORE):
        held = Held(status_code=204)
        held.word = word
        chat.product.answers.append(held)
    texts = [f"text {number}" for number in range(AT_ONCE + MORE)]
    await asyncio.gather(*(chat.create(body=text) for text in texts))
    await chat.product.told(*["sent"] * AT_ONCE)

    posts = (await chat.ask("twilio/posts", kind="status"))["posts"]
    webhook = (await chat.ask("whatsapp"))["webhook"]
    word.set()
    await chat.settled()

    assert (len(posts), webhook["under_way"]) == (AT_ONCE, AT_ONCE + MORE)
    told = [form["MessageStatus"] for form in chat.product.statuses]
    assert told.count("sent") == told.count("delivered") == AT_ONCE + MORE
