"""Figures tell how many payments no notice told us of."""

from datetime import datetime, timedelta

import pytest

from core.database.engine import Database
from core.database.figures import Payments, SqlFigures, Standing
from core.database.messages import Delivery
from core.database.notices import SqlNotices
from core.database.tables.messages import MessageRow
from core.database.tables.orders import OrderRow
from core.domain.orders import Status
from core.ports import KeptNotice, Verdict
from tests.fakes import NOW, HandClock, an_order

DAY_AGO = NOW - timedelta(days=1)
NUMBERS = ["T261124-AAAA2222", "T261124-BBBB3333", "T261124-CCCC4444"]


class Book:
    """Payments and notices."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notices = SqlNotices(database, HandClock())
        self._figures = SqlFigures(database)

    async def paid(self, number: str, at: datetime | None) -> None:
        status = Status.CREDITED if at else Status.OPEN
        order = an_order(
            number, status=status, paid_at=at, conversation_id=f"tg:{number}"
        )
        await self._database.write(lambda session: session.add(OrderRow.of(order)))

    async def told(self, number: str, body: str = "{}") -> None:
        notice = KeptNotice(f"{number}{body}", body)
        await self._notices.keep(notice)
        await self._notices.heeded(notice.digest, Verdict("acquireOrder", number, ""))

    async def of_the_day(self) -> Payments:
        return await self._figures.payments(DAY_AGO, NOW)


@pytest.fixture
async def book(database_url):
    database = Database(database_url)
    yield Book(database)
    await database.close()


async def test_a_day_without_payments_has_none(book):
    assert await book.of_the_day() == Payments(0, 0)


async def test_a_payment_that_no_notice_told_of_is_counted_apart(book):
    for number in NUMBERS:
        await book.paid(number, NOW - timedelta(hours=1))
    await book.told(NUMBERS[0])
    assert await book.of_the_day() == Payments(count=3, unannounced=2)


async def test_a_payment_told_of_twice_is_one_payment(book):
    await book.paid(NUMBERS[0], NOW - timedelta(hours=1))
    await book.told(NUMBERS[0])
    await book.told(NUMBERS[0], '{"again": true}')
    assert await book.of_the_day() == Payments(count=1, unannounced=0)


async def test_only_what_was_paid_in_that_time_counts(book):
    await book.paid(NUMBERS[0], None)
    await book.paid(NUMBERS[1], DAY_AGO - timedelta(seconds=1))
    await book.paid(NUMBERS[2], NOW)
    assert await book.of_the_day() == Payments(0, 0)


async def test_what_should_move_on_is_counted_by_how_it_stands(database, book):
    now = NOW - timedelta(minutes=5)
    paid = {"status": Status.PAID, "conversation_id": "tg:1", "paid_at": now}
    orders = [
        an_order(NUMBERS[0], **paid),
        an_order(NUMBERS[1], **(paid | {"paid_at": NOW})),
        an_order(NUMBERS[2], status=Status.OPEN),
    ]
    messages = [
        MessageRow(
            id=f"{number}:{state}",
            conversation_id="tg:1",
            merchant_order_no=number,
            shows_code=False,
            state=state,
            unconfirmed=1,
            provider_ref="",
            at=NOW,
        )
        for number, state in (
            ("T1", Delivery.SENT),
            ("T1", Delivery.UNREACHABLE),
            ("T2", Delivery.UNREACHABLE),
            ("T2", Delivery.REFUSED),
        )
    ]
    rows = [*map(OrderRow.of, orders), *messages]
    await database.write(lambda session: session.add_all(rows))
    await SqlNotices(database, HandClock()).keep(KeptNotice("waiting", "{}"))
    await book.told(NUMBERS[0])
    assert await SqlFigures(database).standing() == Standing(
        orders={"paid": 2, "open": 1},
        uncredited_since=now,
        undelivered={"unreachable": 2, "refused": 1},
        unheeded=1,
        unheeded_since=NOW,
        refunds={},
    )


async def test_where_nothing_waits_there_is_nothing_to_count(database):
    assert await SqlFigures(database).standing() == Standing(
        orders={},
        uncredited_since=None,
        undelivered={},
        unheeded=0,
        unheeded_since=None,
        refunds={},
    )
