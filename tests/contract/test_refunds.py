"""Refunds are kept and booked once, whoever asks and however many at once."""

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from core.database.accounts import SqlAccounts
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.database.tables.orders import PostingRow
from core.domain.accounts import Account
from core.domain.errors import (
    IllegalMove,
    NotRefundable,
    OrderNotFound,
    RefundNotFound,
)
from core.domain.ledger import PAYBY
from core.domain.money import NOTHING, Money
from core.domain.refunds import Obstacle, Refund, RefundStatus
from core.domain.terms import Pace
from tests.fakes import NOW, HandClock, a_payment, a_refund, an_order

ALL = Money(5000)
PACE = Pace()


@pytest.fixture
async def ours(migrated_sqlite, tmp_path):
    """A database in a file; what the other kind does differently has its own tests."""
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    opened = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
async def refunds(ours, clock):
    await with_a_paid_order(ours, clock)
    return SqlRefunds(ours, clock, PACE)


async def with_a_paid_order(database: Database, clock: HandClock) -> None:
    orders, accounts = SqlOrders(database, clock), SqlAccounts(database, clock)
    await accounts.keep([Account("player-1001", "DesertFalcon", is_open=True)])
    order = await orders.add(an_order())
    await orders.settle(order.merchant_order_no, a_payment(order), "notice")
    await accounts.credit(order)
    await orders.credited(order.merchant_order_no)


async def at_payby(database: Database) -> int:
    """What PayBy owes by our books, in fils."""
    theirs = select(PostingRow.amount_fils).where(PostingRow.ledger_account == PAYBY)
    return await database.read(lambda session: sum(session.exec(theirs)))


async def test_a_refund_is_kept_as_it_is_and_found_by_number_wish_and_order(refunds):
    asked = await refunds.add(a_refund(), ALL)
    assert asked == a_refund()
    assert await refunds.get(asked.refund_no) == asked
    assert await refunds.of_request(asked.request_id) == asked
    assert await refunds.of_order(asked.merchant_order_no) == [asked]
    assert await refunds.of_request("another") is None
    with pytest.raises(RefundNotFound):
        await refunds.get("R-NOBODY")
    with pytest.raises(OrderNotFound):
        await refunds.add(a_refund("R2", merchant_order_no="T-NOBODY"), ALL)


async def test_one_wish_makes_one_refund(refunds):
    asked = await refunds.add(a_refund(), ALL)
    again = replace(a_refund("R2"), request_id=asked.request_id)
    assert await refunds.add(again, ALL) == asked


async def test_a_refund_that_was_found_twice_is_kept_once(refunds):
    found = a_refund(asked_by="", status=RefundStatus.PROCESSING)
    assert await refunds.found(found) == found
    assert await refunds.found(replace(found, amount=Money(1))) == found


async def test_a_refund_goes_its_way_and_is_booked_at_its_end_only(database, clock):
    await with_a_paid_order(database, clock)
    refunds = SqlRefunds(database, clock, PACE)
    number = (await refunds.add(a_refund(), ALL)).refund_no
    await refunds.sending(number, NOW)
    accepted = await refunds.accepted(number, "1914")
    assert (accepted.is_new, accepted.refund.unsure_at) == (True, None)
    assert not (await refunds.accepted(number, "1914")).is_new
    assert await at_payby(database) == ALL.fils
    done = await refunds.done(number, "1914")
    assert (done.before, done.refund.done_at) == (RefundStatus.PROCESSING, NOW)
    assert (done.order.refunded, done.order.is_refunded) == (ALL, True)
    assert not (await refunds.done(number, "1914")).is_new
    assert await at_payby(database) == 0


async def test_what_has_ended_stays_as_it_is_but_for_money_that_goes_back_late(refunds):
    number = (await refunds.add(a_refund(), ALL)).refund_no
    failed = await refunds.failed(number, RefundStatus.FAILED, "62045")
    assert (failed.is_new, failed.refund.trouble) == (True, "62045")
    assert not (await refunds.accepted(number, "1914")).is_new
    assert not (await refunds.failed(number, RefundStatus.REFUSED, "")).is_new
    assert (await refunds.done(number, "1914")).before is RefundStatus.FAILED
    assert not (await refunds.failed(number, RefundStatus.FAILED, "")).is_new


async def test_what_payby_may_have_heard_of_is_not_refused_any_more(refunds):
    number = (await refunds.add(a_refund(), ALL)).refund_no
    await refunds.sending(number, NOW)
    assert not (await refunds.failed(number, RefundStatus.REFUSED, "spent")).is_new
    await refunds.accepted(number, "1914")
    assert not (await refunds.failed(number, RefundStatus.REFUSED, "spent")).is_new
    assert (await refunds.failed(number, RefundStatus.FAILED, "62045")).is_new


async def test_no_more_is_booked_than_was_paid(refunds, ours):
    for number, fils in (("R1", 3000), ("R2", 2001)):
        found = a_refund(
            number, amount=Money(fils), asked_by="", status=RefundStatus.PROCESSING
        )
        await refunds.found(replace(found, request_id=number))
    assert (await refunds.done("R1", "1")).order.refunded == Money(3000)
    with pytest.raises(IllegalMove):
        await refunds.done("R2", "2")
    assert await at_payby(ours) == 2000


async def test_a_new_refund_is_left_to_its_call_and_then_looked_at(refunds, clock):
    number = (await refunds.add(a_refund(), ALL)).refund_no
    assert await refunds.due(9) == []
    clock.pass_by(PACE.refund_sent)
    assert await refunds.due(9) == [number]
    again = await refunds.looked(number, is_done=False)
    assert again - clock.now() < timedelta(seconds=5)
    assert await refunds.looked(number, is_done=True) is None
    await refunds.look_now(number)
    assert await refunds.due(9) == [number]
    await refunds.failed(number, RefundStatus.REFUSED, "spent")
    clock.pass_by(timedelta(days=9))
    assert await refunds.due(9) == []


async def test_workers_side_by_side_begin_one_refund_and_book_it_once(database_url):
    workers = [Database(database_url) for _ in range(4)]
    clock = HandClock()
    await with_a_paid_order(workers[0], clock)
    books = [SqlRefunds(database, clock, PACE) for database in workers]
    wishes = [
        book.add(a_refund(f"R{number}", amount=Money(2000)), ALL)
        for number, book in enumerate(books * 3)
    ]
    ends = await asyncio.gather(*wishes, return_exceptions=True)
    late = [end for end in ends if isinstance(end, NotRefundable)]
    assert {end.obstacle for end in late} == {Obstacle.UNDER_WAY}
    [begun] = [end for end in ends if isinstance(end, Refund)]
    done = [book.done(begun.refund_no, "1914") for book in books * 3]
    changes = await asyncio.gather(*done)
    assert [change.is_new for change in changes].count(True) == 1
    assert await at_payby(workers[0]) == 3000
    for database in workers:
        await database.close()


async def test_nothing_is_no_refund(refunds):
    with pytest.raises(NotRefundable) as caught:
        await refunds.add(a_refund(amount=NOTHING), ALL)
    assert caught.value.obstacle == Obstacle.NO_AMOUNT
