"""When nothing can be kept, the payer hears so: once, and only if it lasts."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from dbos import error as engine_errors
from sqlalchemy.exc import OperationalError

from bot.apologies import Apologies
from bot.channel import Unreachable
from bot.telegram_updates import read
from tests.fake_channel import FakeChannel
from tests.fakes import HandClock

AWAY = OperationalError("insert", {}, Exception("database or disk is full"))
GRACE_S = 0.02
NUMBERS = count(1)


class Door:
    """Where updates come in, and fail."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.channel = FakeChannel()
        self.apologies = Apologies(self.channel.send, self.clock, grace_s=GRACE_S)

    def bring(self, update, trouble: BaseException | None = AWAY) -> None:
        received = read(update, self.clock.now())
        incoming = received.incoming if received else None
        with self.apologies.if_it_fails(incoming, update.get("update_id", 0)):
            if trouble:
                raise trouble

    def fail(self, *updates, trouble: BaseException = AWAY) -> None:
        for update in updates:
            with pytest.raises(type(trouble)):
                self.bring(update, trouble)

    async def said(self, chat: int = 1) -> list[str]:
        await asyncio.sleep(3 * GRACE_S)
        return [message.text for message in self.channel.shown.get(f"tg:{chat}", [])]

    async def has_told(self, chats: int) -> None:
        """Wait until that many chats were told, and then as long as one more takes."""
        async with asyncio.timeout(10):
            while len(self.channel.shown) < chats:  # noqa: ASYNC110  (no bell rings)
                await asyncio.sleep(GRACE_S)
        await asyncio.sleep(3 * GRACE_S)


@pytest.fixture
def door() -> Door:
    return Door()


def update(chat: int = 1, *, tap: bool = False, language: str = "en"):
    sender = {"id": chat, "is_bot": False, "language_code": language}
    message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}}
    if tap:
        query = {"id": "q", "from": sender, "message": message, "data": "v1:help:"}
        return {"update_id": next(NUMBERS), "callback_query": query}
    return {"update_id": next(NUMBERS), "message": message | {"from": sender}}


@pytest.mark.parametrize(
    "trouble", [AWAY, engine_errors.DBOSException("x"), asyncio.CancelledError()]
)
async def test_what_could_not_be_kept_is_owned_up_to(door, trouble):
    door.fail(update(), trouble=trouble)
    (text,) = await door.said()
    assert "I cannot work right now" in text
    assert "Your message is not lost" in text


async def test_a_tap_is_told_apart_since_telegram_forgets_it_soon(door):
    door.fail(update(tap=True))
    (text,) = await door.said()
    assert "please tap again a little later" in text
    assert "not lost" not in text


async def test_it_is_said_in_the_phones_language(door):
    door.fail(update(language="ar-AE"))
    (text,) = await door.said()
    assert "لا أستطيع العمل الآن" in text


async def test_what_is_kept_needs_no_apology(door):
    door.bring(update(), trouble=None)
    assert await door.said() == []


async def test_what_is_kept_at_the_second_try_needs_no_apology(door):
    late = update()
    door.fail(late)
    door.bring(late, trouble=None)
    assert await door.said() == []


async def test_a_fault_that_is_no_trouble_of_the_database_is_not_ours_to_tell(door):
    door.fail(update(), trouble=ZeroDivisionError())
    assert await door.said() == []


async def test_an_update_brought_again_and_again_is_owned_up_to_once(door):
    late = update()
    for _ in range(3):
        door.fail(late, late)
        assert len(await door.said()) == 1
        door.clock.pass_by(timedelta(minutes=11))


async def test_a_chat_hears_it_at_most_once_in_ten_minutes(door):
    first, second, third = update(), update(tap=True), update()
    door.fail(first)
    await door.said()
    door.fail(second)
    assert len(await door.said()) == 1
    door.clock.pass_by(timedelta(minutes=11))
    door.fail(first, second)
    assert len(await door.said()) == 1
    door.fail(third)
    assert len(await door.said()) == 2


async def test_every_chat_hears_it(door):
    door.fail(update(chat=1), update(chat=2), update(chat=1))
    assert len(await door.said(chat=1)) == len(await door.said(chat=2)) == 1


async def test_a_crowd_is_told_no_faster_than_the_channel_takes(door):
    crowd = [update(chat=number) for number in range(1, 101)]
    door.fail(*crowd)
    await door.has_told(60)
    assert len(door.channel.shown) == 60
    door.fail(*crowd)
    await door.has_told(100)
    assert len(door.channel.shown) == 100


@pytest.mark.parametrize("fault", [Unreachable("blocked"), OSError("no way out")])
async def test_an_apology_that_does_not_arrive_is_let_go(door, fault):
    door.channel.fails(fault)
    door.fail(update())
    assert await door.said() == []


async def test_an_update_that_is_no_private_chats_is_let_go(door):
    door.fail({}, {"update_id": 1}, {"update_id": 2, "message": {"text": "x"}})
    assert await door.said() == []
