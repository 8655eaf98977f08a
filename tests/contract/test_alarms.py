"""Alarms remember what was told and when; looks find what is wrong in the books."""

import asyncio
from datetime import timedelta

import pytest

from core.database.alarm_looks import SqlLooks
from core.database.alarms import SqlAlarms
from core.database.engine import Database
from core.database.tables.cases import CaseRow
from core.database.tables.orders import OrderRow, PostingRow
from core.database.tables.payby import NoticeRow
from core.database.tables.refunds import RefundRow
from core.database.tables.stores import HiddenStoreRow, StoreReportRow
from core.domain.alarms import CALM_AFTER, AlarmKind, Trouble
from core.domain.cases import CaseKind
from core.domain.money import Money
from core.domain.orders import Status
from core.domain.refunds import Refund, RefundStatus, Way
from tests.fakes import NOW, an_order

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CLOCK = Trouble(kind=AlarmKind.CLOCK, about="worker-1", facts={"seconds_ahead": "+61"})
NUMBERS = [f"T261124-AAAA222{n}" for n in range(2, 9)]


@pytest.fixture
def alarms(database, clock):
    return SqlAlarms(database, clock)


async def test_a_thing_is_kept_from_when_it_was_first_seen(alarms, clock):
    [first] = await alarms.see([CLOCK])
    clock.pass_by(MINUTE)
    [again] = await alarms.see([CLOCK])
    assert (first.since, again.since, again.seen_at) == (NOW, NOW, NOW + MINUTE)
    assert again.facts == CLOCK.facts
    assert await alarms.standing() == []


async def test_what_comes_back_after_its_end_begins_anew(alarms, clock):
    await alarms.see([CLOCK])
    clock.pass_by(CALM_AFTER)
    [again] = await alarms.see([CLOCK])
    assert again.since == NOW + CALM_AFTER


async def test_a_telling_is_kept_once_and_stands_until_it_is_over(alarms, clock):
    [alarm] = await alarms.see([CLOCK])
    for _ in range(2):
        await alarms.told(alarm, "a mark")
    [standing] = await alarms.standing()
    assert (standing.tellings, standing.told_at, standing.mark) == (1, NOW, "a mark")
    clock.pass_by(CALM_AFTER - SECOND)
    assert await alarms.calm() == []
    clock.pass_by(SECOND)
    assert await alarms.calm() == [standing]
    await alarms.over(standing)
    assert await alarms.calm() == await alarms.standing() == []
    [again] = await alarms.see([CLOCK])
    assert (again.tellings, again.told_at) == (1, NOW)


async def test_of_many_workers_each_sees_the_same_at_once(database_url, clock):
    databases = [Database(database_url) for _ in range(10)]
    for each in databases:  # connected, so that they are quick
        assert await SqlAlarms(each, clock).standing() == []
    seen = await asyncio.gather(
        *(SqlAlarms(each, clock).see([CLOCK]) for each in databases)
    )
    assert all(each == seen[0] for each in seen)
    for each in databases:
        await each.close()


class Books:
    """Orders, notices and reports, and what is wrong with them."""

    def __init__(self, database, clock) -> None:
        self._database, self._clock = database, clock

    async def keep(self, *rows: object) -> None:
        await self._database.write(lambda session: session.add_all(rows))

    async def paid(self, number: str, minutes_ago: float, status=Status.PAID) -> None:
        """Keep an order that was paid and booked so long ago."""
        at = NOW - minutes_ago * MINUTE
        order = an_order(number, status=status, paid_at=at, conversation_id=number)
        posting = PostingRow(
            merchant_order_no=number,
            kind="payment",
            ledger_account="payby",
            amount_fils=5000,
            at=at,
        )
        await self.keep(OrderRow.of(order), posting)

    async def noticed(self, number: str, minutes_ago: float, *, is_heeded=True) -> None:
        await self.keep(
            NoticeRow(
                digest=f"{number}",
                received_at=NOW - minutes_ago * MINUTE,
                is_heeded=is_heeded,
                kind="",
                merchant_order_no=number,
                verdict="",
                body="{}",
            )
        )

    async def reported(self, store: str, times: int, hours_ago: float = 1) -> None:
        await self.keep(
            *(
                StoreReportRow(
                    store_id=store,
                    merchant_order_no=NUMBERS[n],
                    reason="no_balance",
                    at=NOW - timedelta(hours=hours_ago),
                )
                for n in range(times)
            )
        )

    async def wrong(self, kind: AlarmKind) -> list[Trouble]:
        found = await SqlLooks(self._database).troubles(self._clock.now())
        return [each for each in found if each.kind is kind]


@pytest.fixture
def books(database, clock):
    return Books(database, clock)


async def test_where_all_is_well_nothing_is_found(books, database, clock):
    await books.paid(NUMBERS[0], 60, Status.CREDITED)
    await books.noticed(NUMBERS[0], 60)
    await books.reported("store-1", 1)
    assert await SqlLooks(database).troubles(clock.now()) == []


async def test_a_payment_that_is_not_credited_for_five_minutes_is_found(books):
    await books.paid(NUMBERS[0], 4.9)
    assert await books.wrong(AlarmKind.UNCREDITED) == []
    await books.paid(NUMBERS[1], 5.1)
    await books.paid(NUMBERS[2], 60)
    found = await books.wrong(AlarmKind.UNCREDITED)
    assert [each.about for each in found] == [NUMBERS[2], NUMBERS[1]]
    assert found[0].facts == {"amount": "AED 50.00", "paid": "11:00"}


async def test_an_uncredited_payment_that_a_case_tells_of_is_not_found(books):
    await books.paid(NUMBERS[0], 60)
    await books.keep(
        CaseRow(
            kind=CaseKind.HELD,
            merchant_order_no=NUMBERS[0],
            conversation_id="",
            facts={},
            opened_at=NOW,
        )
    )
    assert await books.wrong(AlarmKind.UNCREDITED) == []


async def test_an_uncredited_payment_that_goes_back_is_not_found(books):
    await books.paid(NUMBERS[0], 60)
    refund = Refund(
        refund_no="R1",
        request_id="1",
        merchant_order_no=NUMBERS[0],
        amount=Money(5000),
        way=Way.REFUND,
        status=RefundStatus.PROCESSING,
        reason="",
        asked_by="somebody",
        asked_at=NOW,
    )
    await books.keep(RefundRow.of(refund))
    assert await books.wrong(AlarmKind.UNCREDITED) == []


async def test_three_payments_in_a_row_without_a_notice_are_found(books):
    for n, minutes in enumerate((90, 60, 30)):
        assert await books.wrong(AlarmKind.NOTICES_SILENT) == []
        await books.paid(NUMBERS[n], minutes, Status.CREDITED)
    await books.paid(NUMBERS[3], 4, Status.CREDITED)
    [silent] = await books.wrong(AlarmKind.NOTICES_SILENT)
    assert (silent.mark, silent.facts["order"]) == (NUMBERS[2], NUMBERS[2])
    await books.noticed(NUMBERS[1], 1)
    assert await books.wrong(AlarmKind.NOTICES_SILENT) == []


async def test_a_notice_that_waits_for_more_than_a_minute_is_found(books):
    await books.noticed(NUMBERS[0], 60)
    await books.noticed(NUMBERS[1], 0.9, is_heeded=False)
    assert await books.wrong(AlarmKind.BACKLOG) == []
    await books.noticed(NUMBERS[2], 1.1, is_heeded=False)
    [backlog] = await books.wrong(AlarmKind.BACKLOG)
    assert (backlog.about, backlog.facts) == ("notices", {"since": "11:58"})


async def test_a_store_that_was_reported_three_times_of_late_is_found(books):
    await books.reported("store-1", 3)
    await books.reported("store-2", 2)
    await books.reported("store-3", 3, hours_ago=7)
    await books.reported("store-4", 3)
    row = HiddenStoreRow(store_id="store-4", hidden_by="somebody", hidden_at=NOW)
    await books.keep(row)
    [found] = await books.wrong(AlarmKind.STORE_REPORTED)
    assert (found.about, found.mark) == ("store-1", "3")
