"""Updates are fetched where no webhook is, and confirmed only once they are kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.contract.sandbox.telegram.desk import Desk, telegram_desk
from webhooks.settings import BadSettings
from webhooks.telegram_polling import Polling


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    """A Telegram whose one person has started the bot."""
    async with telegram_desk(tmp_path) as desk:
        yield desk


class Keeper:
    """Keeps updates in a queue, or fails first."""

    def __init__(self) -> None:
        self.kept: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.troubles = 0

    async def accept(self, update: dict[str, Any]) -> None:
        if self.troubles:
            self.troubles -= 1
            raise OperationalError("insert", {}, Exception("locked"))
        self.kept.put_nowait(update)

    async def text(self) -> str:
        update = await asyncio.wait_for(self.kept.get(), 10)
        return str(update["message"]["text"])


@pytest.fixture
def keeper():
    return Keeper()


async def test_updates_are_brought_in_turn_as_telegram_wrote_them(desk, keeper):
    async with Polling(desk.bot, keeper.accept):
        for text in ("one", "two شحن", "three"):
            await desk.send(text=text)
        texts = [await keeper.text() for _ in range(3)]
    assert texts == ["one", "two شحن", "three"]


async def test_an_update_that_is_kept_does_not_come_again(desk, keeper):
    await desk.send(text="once")
    async with Polling(desk.bot, keeper.accept):
        await keeper.text()
        await desk.send(text="twice")
        assert await keeper.text() == "twice"
    assert keeper.kept.empty()


async def test_an_update_that_could_not_be_kept_comes_again(desk, keeper):
    keeper.troubles = 1
    await desk.send(text="precious")
    async with Polling(desk.bot, keeper.accept):
        assert await keeper.text() == "precious"


async def test_polling_never_switches_a_webhook_off(desk, keeper):
    await desk.bot.set_webhook("https://shop.test/telegram/updates")
    with pytest.raises(BadSettings, match="TOPUP_TELEGRAM_MODE=webhook"):
        async with Polling(desk.bot, keeper.accept):
            raise AssertionError("polling began")
    assert (await desk.bot.get_webhook_info()).url
