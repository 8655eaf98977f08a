"""A line to one person on WhatsApp, and what is seen at both of its ends."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.chat_store import ChatStore
from bot.day_address import DayAddress
from bot.messages import InShort, Outgoing, Prepared
from bot.twilio_client import open_twilio
from bot.whatsapp_channel import WhatsAppChannel
from bot.whatsapp_letters import Letters
from core.database.conversations import SqlConversations
from core.database.engine import Database
from core.database.menus import Menu, SqlMenus
from core.database.messages import SqlMessages
from core.database.orders import SqlOrders
from core.database.whatsapp import SqlContacts, SqlTemplates
from tests.contract.sandbox.twilio.desk import ACCOUNT, FROM, PHONE, TOKEN, Desk
from tests.fakes import HandClock, an_order

TOKEN_OF_PAGE = "k" * 22
ORDER = an_order(page_token=TOKEN_OF_PAGE)
BEFORE_PAGES = an_order("T261124-BBBB3333", account_id="player-9")
HELLO = Outgoing("hello")
MESSAGE_ID = "T1:paid:0"
IN_DOUBT_S = 7.0
QUICK = httpx.Timeout(0.3)
IN_SHORT = InShort(Prepared.PAID, "ar", ("T1", "AED 50.00", "Te••••"))


@dataclass
class Line:
    """The channel with what it looks things up in."""

    channel: WhatsAppChannel
    contacts: SqlContacts
    menus: SqlMenus
    messages: SqlMessages
    templates: SqlTemplates
    clock: HandClock
    conversation_id: str

    async def send(self, message: Outgoing, message_id: str = MESSAGE_ID) -> str:
        return await self.channel.send(self.conversation_id, message, message_id)

    async def menu(self) -> Menu:
        """The choices that an answer may name now."""
        contact = await self.contacts.get(self.conversation_id)
        assert contact
        return contact.menu


@pytest.fixture
async def database(migrated_sqlite, tmp_path) -> AsyncIterator[Database]:
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    yield database
    await database.close()


def channel_to(client, database, clock, public_url: str) -> WhatsAppChannel:
    return WhatsAppChannel(
        client,
        sender=FROM.removeprefix("whatsapp:"),
        public_url=public_url,
        letters=Letters(
            public_url,
            templates=SqlTemplates(database, clock),
            orders=SqlOrders(database, clock),
            chats=ChatStore(SqlConversations(database)),
            day_address=DayAddress(TOKEN, clock),
        ),
        contacts=SqlContacts(database),
        menus=SqlMenus(database),
        messages=SqlMessages(database, clock),
        clock=clock,
        in_doubt_s=IN_DOUBT_S,
    )


@pytest.fixture
async def line(desk: Desk, database) -> AsyncIterator[Line]:
    """A line to a person who has just written to us."""
    clock = HandClock(datetime.now(UTC))
    orders, contacts = SqlOrders(database, clock), SqlContacts(database)
    await orders.add(ORDER)
    await orders.add(BEFORE_PAGES)
    await desk.act(text="hello")
    await desk.product.got(1)
    url = f"{desk.url}/twilio"
    async with open_twilio(url, ACCOUNT, TOKEN, QUICK) as client:
        yield Line(
            channel=channel_to(client, database, clock, desk.product.url),
            contacts=contacts,
            menus=SqlMenus(database),
            messages=SqlMessages(database, clock),
            templates=SqlTemplates(database, clock),
            clock=clock,
            conversation_id=await contacts.heard(PHONE, "", clock.now()),
        )


async def said(desk: Desk) -> list[dict[str, Any]]:
    """What the person sees of us."""
    await desk.settled()
    return [each for each in await desk.screen() if each["from"] == "bot"]


async def params(desk: Desk) -> dict[str, Any]:
    """What Twilio was asked last."""
    calls = (await desk.ask("twilio/calls", call="messages.create"))["calls"]
    found: dict[str, Any] = calls[-1]["params"]
    return found
