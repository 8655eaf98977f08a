from datetime import timedelta

import pytest

from bot.conversation import Conversation, ConversationParts
from core.domain.accounts import Account
from core.domain.orders import Status
from tests.fake_links import MemoryLinkNews, MemoryLinks
from tests.unit.bot.phone import (
    NOW,
    SHOP,
    Books,
    HandClock,
    Phone,
    Shelf,
    Shelves,
    Sight,
)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def books(clock):
    accounts = [
        Account("player-1001", "DesertFalcon", is_open=True),
        Account("player-1002", "PixelCamel", is_open=True),
        Account("player-1019", "OldOryx", is_open=False),
        Account("1001", "Numbers", is_open=True),
    ]
    return Books(clock, {account.id: account for account in accounts})


@pytest.fixture
def shelves():
    def sight(
        name: str, distance_m: float, *, open_now: bool = True, hours: int = 6
    ) -> Sight:
        store = Shelf(name, "Deira", name_ar="متجر")
        return Sight(store, distance_m, open_now, NOW + timedelta(hours=hours))

    return Shelves(
        [
            sight("Corner Grocery", 347.0),
            sight("Night Owl Mart", 2412.0, open_now=False, hours=17),
            sight("Wadi Store", 5000.0),
            sight("Far Away Store", 90_000.0),
        ]
    )


@pytest.fixture
def links(clock):
    return MemoryLinks(clock)


@pytest.fixture
def link_news():
    return MemoryLinkNews()


@pytest.fixture
def conversation(books, shelves, links, link_news, clock):
    return Conversation(
        ConversationParts(
            topups=books,
            orders=books,
            accounts=books,
            stores=shelves,
            links=links,
            link_news=link_news,
            support=books,
            people=books,
            clock=clock,
            shop=SHOP,
        )
    )


@pytest.fixture
def phone(conversation):
    return Phone(conversation, "chat-1")


@pytest.fixture
def arabic_phone(conversation):
    return Phone(conversation, "chat-2", language="ar")


@pytest.fixture
async def order(phone, books):
    """An order of the phone whose code can be paid."""
    await phone.types("/topup 50 player-1001")
    await phone.taps("Confirm")
    return books.become(books.orders[-1].merchant_order_no, Status.OPEN)
