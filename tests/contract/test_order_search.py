"""Orders are found by what somebody knows of them, on either database."""

from datetime import date, timedelta

import pytest

from core.database.order_files import SqlOrderFiles, retry_draft
from core.database.order_search import SqlOrderSearch
from core.database.orders import SqlOrders
from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.errors import OrderNotFound
from core.domain.money import Money
from tests.fakes import NOW, a_payment, an_order

TODAY = date(2026, 11, 24)
CHAT = "wa:0123456789abcdef"


@pytest.fixture
async def orders(database, clock):
    orders = SqlOrders(database, clock)
    for number, account in enumerate(("player-1", "player-2", "1234")):
        await orders.add(
            an_order(
                f"T261124-AAAA222{number + 2}",
                account_id=account,
                conversation_id=CHAT if number == 1 else f"tg:{number}",
                created_at=NOW + timedelta(minutes=number),
                amount=Money(5000 + number),
            )
        )
    row = WhatsAppContactRow(conversation_id=CHAT, phone="+971500001234", menu={})
    await database.write(lambda session: session.add(row))
    return orders


@pytest.fixture
def search(orders, database):
    return SqlOrderSearch(database)


def numbers(found) -> list[str]:
    return [order.merchant_order_no[-1] for order in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("T261124-AAAA2222", ["2"]),
        ("AAAA2222", ["2"]),
        ("2222", ["2"]),
        ("222", []),
        ("A%2222", []),
        ("AA_A2222", []),
        ("NBDY2222", []),
    ],
)
async def test_by_number_or_its_end(search, typed, found):
    assert numbers(await search.numbered(typed, 9)) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("player-1", ["2"]),
        ("player", []),
        ("1234", ["4", "3"]),
        ("234", []),
        ("+971500001234", ["3"]),
    ],
)
async def test_by_account_or_a_phones_last_digits(search, typed, found):
    assert numbers(await search.known_by(typed, 9)) == found


async def test_by_paybys_number(search, orders):
    number = "T261124-AAAA2222"
    await orders.opened(number, "131404956265007836", "https://qr", NOW)
    assert numbers(await search.known_by("131404956265007836", 9)) == ["2"]


async def test_by_amount_and_the_gulfs_day_of_making_or_payment(search, orders):
    assert numbers(await search.of_day(Money(5001), TODAY, 9)) == ["3"]
    assert await search.of_day(Money(5001), TODAY - timedelta(days=1), 9) == []
    order = await orders.get("T261124-AAAA2222")
    tomorrow = TODAY + timedelta(days=1)
    evening = NOW.replace(hour=20, minute=30)  # past midnight in the Gulf
    payment = a_payment(order, paid_at=evening)
    await orders.settle(order.merchant_order_no, payment, "notice")
    assert numbers(await search.of_day(Money(5000), tomorrow, 9)) == ["2"]


async def test_the_newest_come_first_and_no_more_than_asked(search, orders, clock):
    for number in range(3):
        created = NOW + timedelta(hours=number)
        await orders.add(
            an_order(
                f"T261124-BBBB222{number + 2}",
                account_id="player-9",
                conversation_id=f"tg:9{number}",
                created_at=created,
            )
        )
    assert numbers(await search.known_by("player-9", 2)) == ["4", "3"]


async def test_a_file_knows_the_order_that_took_its_place(orders, database):
    files = SqlOrderFiles(database)
    old = "T261124-AAAA2222"
    new = an_order("T261124-NEWW2222", draft_id=retry_draft(old), account_id="p")
    await orders.add(new)
    assert (await files.get(old)).retried_as == "T261124-NEWW2222"
    assert (await files.get("T261124-NEWW2222")).retry_of == old
    assert (await files.get("T261124-AAAA2223")).phone == "+971500001234"
    with pytest.raises(OrderNotFound):
        await files.get("T261124-NBDY2222")


async def test_the_timeline_is_read_from_its_end_page_by_page(orders, database):
    for number in range(5):
        await orders.note("T261124-AAAA2222", "notice", {"verdict": f"{number}"})
    files = SqlOrderFiles(database)
    count, newest = await files.lines("T261124-AAAA2222", 0, 2)
    assert count == 6
    assert [line.facts["verdict"] for line in newest] == ["3", "4"]
    _, before = await files.lines("T261124-AAAA2222", 2, 2)
    assert [line.facts["verdict"] for line in before] == ["1", "2"]
    _, oldest = await files.lines("T261124-AAAA2222", 4, 9)
    assert [line.kind for line in oldest] == ["ordered", "notice"]
