"""What Twilio could not bring is found in its list, and answered once."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.channel import NotSent
from bot.twilio_client import open_twilio
from bot.whatsapp_recovery import WhatsAppRecovery
from core import engine
from core.database.bookmarks import SqlBookmarks
from core.database.engine import Database
from core.database.menus import Item, Menu, SqlMenus
from tests.contract.sandbox.twilio.desk import (
    ACCOUNT,
    FROM,
    TOKEN,
    Desk,
    product_server,
    twilio_desk,
)
from tests.fakes import NOW
from tests.integration.conftest import Town, done

NUMBERS = count(1)
A_DAY = 24 * 60
BOOKMARK = "whatsapp-recovery"
NOBODY = "http://127.0.0.1:9"


@dataclass
class Outage:
    """A person who writes to us, a Twilio that brings nothing, and who looks there."""

    desk: Desk
    town: Town
    bookmarks: SqlBookmarks
    recovery: WhatsAppRecovery
    phone: str

    async def write(
        self, text: str = "", *, minutes_ago: float = 5, **what: Any
    ) -> None:
        said = {"text": text} if text else what
        await self.desk.act(phone=self.phone, minutes_ago=minutes_ago, **said)

    async def look(self) -> list[str]:
        """Look once; return all that the person was answered so far."""
        await self.recovery.look()
        jobs = [f"wa:{each['MessageSid']}" for each in self.forms()]
        for job in await engine.known(jobs):
            await done(job)
        return [
            each.text for each in self.town.channel.shown.get(await self.chat(), [])
        ]

    async def chat(self) -> str:
        return await self.town.contacts.heard(self.phone, "", NOW - timedelta(days=99))

    def forms(self) -> list[dict[str, str]]:
        """What Twilio tried to bring, oldest first."""
        return [post.form for post in self.desk.world.posts.log]


@pytest_asyncio.fixture(loop_scope="session")
async def beginning(
    town: Town, migrated_sqlite: Path, tmp_path: Path
) -> AsyncIterator[Outage]:
    """What happens to us who have never looked."""
    town.clock.time = datetime.now(UTC)
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    bookmarks = SqlBookmarks(database)
    async with product_server() as product, twilio_desk(tmp_path, product) as desk:
        await desk.post("whatsapp", {"webhook_url": NOBODY})
        async with open_twilio(f"{desk.url}/twilio", ACCOUNT, TOKEN) as client:
            recovery = WhatsAppRecovery(
                client,
                sender=FROM.removeprefix("whatsapp:"),
                inbox=town.whatsapp_inbox,
                bookmarks=bookmarks,
                clock=town.clock,
            )
            phone = f"+97150001{next(NUMBERS):04}"
            yield Outage(desk, town, bookmarks, recovery, phone)
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def outage(beginning: Outage) -> Outage:
    """What happens to us who have looked two days ago."""
    two_days_ago = beginning.town.clock.now() - timedelta(days=2)
    await beginning.bookmarks.keep(BOOKMARK, two_days_ago)
    return beginning


async def test_what_was_not_brought_is_answered_once_and_in_order(outage):
    account = await outage.town.account()
    for text in ("/topup", account.id, "50"):
        await outage.write(text)
    answers = await outage.look()
    assert len(answers) == 3
    assert account.masked_name in answers[-1]
    assert "AED 50.00" in answers[-1]
    assert await outage.look() == answers


async def test_what_was_brought_is_not_taken_again(outage):
    await outage.write("/help")
    (form,) = outage.forms()
    await outage.town.whatsapp_inbox.accept(form)
    assert len(await outage.look()) == 1


@pytest.mark.parametrize("minutes_ago", [0.2, A_DAY + 1], ids=["young", "old"])
async def test_what_twilio_may_still_bring_and_what_is_a_day_old_is_left(
    outage, minutes_ago
):
    await outage.write("/help", minutes_ago=minutes_ago)
    assert await outage.look() == []


async def test_what_was_written_long_before_the_last_look_is_left(outage):
    await outage.write("/help", minutes_ago=60)
    half_an_hour_ago = outage.town.clock.now() - timedelta(minutes=30)
    await outage.bookmarks.keep(BOOKMARK, half_an_hour_ago)
    assert await outage.look() == []


async def test_what_was_written_before_we_ever_looked_was_for_others(beginning):
    await beginning.write("/help", minutes_ago=60)
    assert await beginning.look() == []
    assert await beginning.look() == []


async def test_what_was_left_as_too_young_is_taken_at_a_later_look(outage):
    await outage.write("/help", minutes_ago=0)
    assert await outage.look() == []
    outage.town.clock.pass_by(timedelta(minutes=1))
    assert len(await outage.look()) == 1


async def test_what_was_lost_during_a_day_is_read_page_by_page(outage, monkeypatch):
    monkeypatch.setattr("bot.twilio_list._PAGE", 2)
    for minutes_ago in (A_DAY + 5, 300, 200, 100, 5):
        await outage.write("/help", minutes_ago=minutes_ago)
    assert len(await outage.look()) == 4


async def test_what_could_not_be_looked_up_is_found_at_the_next_look(outage):
    await outage.write("/help", minutes_ago=200)
    client = outage.recovery._client  # noqa: SLF001  (to lead it astray)
    right, client.api.base_url = client.api.base_url, NOBODY
    with pytest.raises(NotSent):
        await outage.look()
    client.api.base_url = right
    assert len(await outage.look()) == 1


async def test_a_place_that_was_lost_is_asked_for_again(outage):
    await outage.write(location={"latitude": 25.27, "longitude": 55.3})
    (answer,) = await outage.look()
    assert "I can only read text" in answer


async def test_a_number_names_no_choice_that_was_shown_after_it_was_written(outage):
    await outage.write("1")
    await outage.town.contacts.heard(outage.phone, "", outage.town.clock.now())
    menu = Menu((Item("v1:help:", "How it works"),))
    await SqlMenus(outage.town.database).show(await outage.chat(), menu, "m")
    (answer,) = await outage.look()
    assert "How it works" not in answer
