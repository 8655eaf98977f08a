"""Our books tell of a day and of numbers; a difference is kept once, with its fate."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.database.accounts import SqlAccounts
from core.database.books import SqlBooks
from core.database.differences import SqlDifferences
from core.database.ledger import rows_of
from core.database.orders import SqlOrders
from core.database.tables.refunds import RefundRow
from core.domain.accounts import Account
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known
from core.domain.ledger import UNALLOCATED, refund_entry, set_aside_entry
from core.domain.money import Money
from core.domain.orders import Status
from core.domain.refunds import Refund, RefundStatus, Way
from tests.fakes import NOW, a_payment, an_order

START, END = NOW - timedelta(hours=12), NOW + timedelta(hours=12)
NUMBERS = [f"T261124-AAAA{n:04}" for n in range(4)]
DAY = date(2026, 11, 24)
LATE = Difference(
    kind=CaseKind.PAID_HERE_ONLY,
    number=NUMBERS[0],
    merchant_order_no=NUMBERS[0],
    here="AED 50.00",
)


@pytest.fixture
async def paid(database, clock):
    """Let orders be paid on the day, one of them before it; the first is credited."""
    orders, accounts = SqlOrders(database, clock), SqlAccounts(database, clock)
    await accounts.keep([Account("player-1001", "DesertFalcon", is_open=True)])
    for index, number in enumerate(NUMBERS):
        order = an_order(number, conversation_id=f"tg:{index}", amount=Money(5000))
        await orders.add(order)
        at = START - timedelta(milliseconds=1) if index == 1 else START
        if index < 3:
            await orders.settle(number, a_payment(order, paid_at=at), "notice")
    await accounts.credit(an_order(NUMBERS[0]))


def a_refund(**facts: object) -> Refund:
    usual: dict[str, object] = {
        "refund_no": "R261124-AAAA2222",
        "request_id": "wish-1",
        "merchant_order_no": NUMBERS[2],
        "amount": Money(2000),
        "way": Way.REFUND,
        "status": RefundStatus.DONE,
        "reason": "asked",
        "asked_by": "tg:1",
        "asked_at": NOW,
        "done_at": END - timedelta(milliseconds=1),
    }
    return Refund(**(usual | facts))  # type: ignore[arg-type]


async def keep(database, *refunds: Refund) -> None:
    def work(session) -> None:
        for refund in refunds:
            session.add(RefundRow.of(refund))
            session.add_all(rows_of(set_aside_entry(refund, UNALLOCATED), NOW))
            if refund.is_done:
                session.add_all(rows_of(refund_entry(refund), NOW))

    await database.write(work)


async def test_a_day_has_what_was_paid_from_midnight_to_midnight(database, paid):
    here = await SqlBooks(database).of(START, END, [], [])
    assert here.paid_today == {NUMBERS[0], NUMBERS[2]}
    assert here.orders.keys() == here.paid_today
    credited, held = here.orders[NUMBERS[0]], here.orders[NUMBERS[2]]
    assert (credited.amount, credited.payment, credited.credit) == (5000, 5000, 5000)
    assert (credited.conversation_id, credited.paid_at) == ("tg:0", START)
    assert credited.is_credited
    assert (held.payment, held.credit, held.status) == (5000, 0, Status.PAID)
    assert not held.is_credited


async def test_orders_can_be_asked_for_whenever_they_were_paid(database, paid):
    asked = [NUMBERS[1], NUMBERS[3], "nobody's", *(f"n{n}" for n in range(2500))]
    here = await SqlBooks(database).of(START, END, asked, [])
    assert here.orders.keys() == {*NUMBERS}
    assert NUMBERS[1] not in here.paid_today
    unpaid = here.orders[NUMBERS[3]]
    assert (unpaid.payment, unpaid.paid_at, unpaid.given_back_unbooked) == (
        0,
        None,
        False,
    )


async def test_money_that_went_back_before_it_was_booked_is_told_apart(
    database, clock, paid
):
    orders = SqlOrders(database, clock)
    await orders.ended(NUMBERS[3], Status.CANCELLED, is_closed=True, paid_at=NOW)
    here = await SqlBooks(database).of(START, END, [], [])
    assert here.orders[NUMBERS[3]].given_back_unbooked
    assert NUMBERS[3] not in here.paid_today


async def test_a_day_has_the_refunds_that_were_done_on_it_with_their_booking(
    database, paid
):
    before = a_refund(
        refund_no="R2", request_id="2", done_at=START - timedelta(hours=1)
    )
    under_way = a_refund(
        refund_no="R3", request_id="3", status=RefundStatus.PROCESSING, done_at=None
    )
    failed = a_refund(refund_no="R4", request_id="4", status=RefundStatus.FAILED)
    await keep(database, a_refund(payby_refund_no="131"), before, under_way)
    await database.write(lambda session: session.add(RefundRow.of(failed)))
    here = await SqlBooks(database).of(START, END, [], [])
    [refund] = here.refunds
    assert (refund.number, refund.payby_number) == ("R261124-AAAA2222", "131")
    assert (refund.amount, refund.booked) == (2000, 2000)
    assert here.refunded_today == {refund.number}
    here = await SqlBooks(database).of(START, END, [], [NUMBERS[2]])
    booked = {each.number: each.booked for each in here.refunds}
    assert booked == {"R2": 2000, "R261124-AAAA2222": 2000, "R3": 0}
    assert here.orders[NUMBERS[2]].kept_for_refunds == 6000


async def test_a_difference_is_kept_once_however_often_it_is_found(database, clock):
    differences = SqlDifferences(database, clock)
    [first] = await differences.keep(DAY, [LATE, LATE])
    assert first == Known(difference=LATE, day=DAY, fate=Fate.WAITING)
    other_words = replace(LATE, here="AED 51.00")
    assert await differences.keep(DAY + timedelta(1), [other_words]) == [first]
    another_kind = replace(LATE, kind=CaseKind.CREDIT_MISSING)
    assert len(await differences.keep(DAY, [LATE, another_kind])) == 2
    assert [each.difference.kind for each in await differences.unsettled()] == [
        CaseKind.PAID_HERE_ONLY,
        CaseKind.CREDIT_MISSING,
    ]


async def test_a_difference_keeps_its_fate_and_case(database, clock):
    differences = SqlDifferences(database, clock)
    [known] = await differences.keep(DAY, [LATE])
    case = replace(known, fate=Fate.CASE, case_number=7)
    await differences.move([case])
    assert await differences.unsettled() == [case]
    settled = replace(case, fate=Fate.SETTLED)
    await differences.move([settled])
    assert await differences.unsettled() == []
    assert await differences.keep(DAY, [LATE]) == [settled]


async def test_many_differences_are_kept_at_once(database, clock):
    many = [replace(LATE, number=f"n{n}") for n in range(1200)]
    differences = SqlDifferences(database, clock)
    assert len(await differences.keep(DAY, many)) == 1200
    assert len(await differences.keep(DAY, many)) == 1200


async def test_the_days_that_were_compared_are_remembered(database, clock):
    differences = SqlDifferences(database, clock)
    for _ in range(2):
        await differences.compared(DAY, {"paid_here": "2, AED 100.00"})
    assert await differences.compared_since(DAY) == {DAY}
    assert await differences.compared_since(DAY + timedelta(days=1)) == frozenset()
