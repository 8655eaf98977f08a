"""What is looked at, though nothing happens to it: PayBy's word decides."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy.exc import OperationalError

from core.database.leases import SqlLeases
from core.database.orders import SqlOrders
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.errors import (
    GatewayError,
    GatewayRejected,
    GatewayResting,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.orders import Event, Status
from core.domain.payments import GatewayStatus
from core.domain.terms import Pace
from core.watch import Watch
from tests.fakes import an_order
from tests.integration.conftest import done, until
from tests.integration.telling import an_order_in

AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")
NO_ANSWER = OutcomeUnknown("PayBy did not answer in time.", "TIMEOUT")


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid."""
    return await town.created()


@pytest.fixture
def look_at_the_end(town, order):
    """Look after the order once its code's time is over."""
    number = order.merchant_order_no

    async def look(after: timedelta = timedelta(minutes=1)):
        town.clock.time = order.expires_at + after
        await town.topups.attend(number)
        return await town.orders.get(number)

    return look


async def test_a_code_that_payby_ended_is_told_as_expired(town, order, look_at_the_end):
    await town.gateway.cancel_order(order.merchant_order_no)
    ended = await look_at_the_end()
    assert (ended.status, ended.is_closed) == (Status.EXPIRED, True)
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]


async def test_a_code_that_payby_still_takes_is_cancelled_there_first(
    town, order, look_at_the_end
):
    ended = await look_at_the_end()
    assert (ended.status, ended.is_closed) == (Status.EXPIRED, True)
    number = order.merchant_order_no
    assert not town.gateway.live(number)
    calls = [call for call, about in town.gateway.calls if about == number]
    assert calls == ["create", "get", "cancel"]
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]
    assert town.notifier.refreshed[-1] == ended


async def test_a_payment_whose_notice_never_came_is_found(town, order, look_at_the_end):
    town.gateway.pay(order.merchant_order_no)
    assert (await look_at_the_end()).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]
    lines = await town.orders.timeline(order.merchant_order_no)
    [settled] = [line for line in lines if line.kind == "settled"]
    assert settled.facts["found_by"] == "asking"


async def test_a_payment_in_the_last_moment_is_not_told_as_expired(
    town, order, look_at_the_end
):
    """It is paid between our question and our cancelling."""
    number = order.merchant_order_no
    paid_meanwhile = GatewayRejected("ORDER_PAID", "62001")
    town.gateway.fails("cancel", paid_meanwhile, then=town.gateway.pay)
    await look_at_the_end()
    town.gateway.pay(number)
    assert (await look_at_the_end()).status is Status.CREDITED
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_what_payby_does_not_say_ends_nothing(town, order, look_at_the_end):
    town.gateway.fails("cancel", NO_ANSWER)
    assert (await look_at_the_end()).status is Status.OPEN
    assert town.notifier.events(order) == [Event.READY]
    assert town.support.kinds(order) == []
    assert (await look_at_the_end()).status is Status.EXPIRED


@pytest.mark.parametrize("call", ["get", "cancel"])
async def test_a_code_that_cannot_be_closed_for_long_is_shown_to_support(
    town, order, look_at_the_end, call
):
    town.gateway.fails(call, NO_ANSWER, times=2)
    for _ in range(2):
        await look_at_the_end(timedelta(minutes=11))
    assert town.support.kinds(order) == [CaseKind.CANCEL_FAILING]


async def test_an_order_that_payby_gave_no_answer_about_is_asked_after_soon(
    town, order
):
    """Not only after the four hours that its turn would have been away."""
    number = order.merchant_order_no
    for _ in range(9):
        await town.orders.looked(number, since=town.clock.now(), is_done=False)
    town.gateway.fails("get", AWAY)
    await town.topups.attend(number)
    town.clock.pass_by(timedelta(minutes=3))
    assert number in await town.orders.due([Status.OPEN], 9999)
    await town.topups.attend(number)
    town.clock.pass_by(timedelta(minutes=3))
    assert number not in await town.orders.due([Status.OPEN], 9999)


async def test_while_payby_rests_an_order_waits_for_its_turn(
    town, order, look_at_the_end
):
    town.gateway.fails("get", GatewayResting("PayBy rests."))
    with pytest.raises(GatewayResting):
        await look_at_the_end()
    assert order.merchant_order_no in await town.orders.due([Status.OPEN], 9999)
    assert town.notifier.events(order) == [Event.READY]


async def test_a_look_before_the_end_ends_nothing(town, order):
    await town.topups.attend(order.merchant_order_no)
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN
    assert town.gateway.live(order.merchant_order_no)


async def test_a_look_two_hours_before_the_end_reminds_once(town, order):
    town.clock.time = order.expires_at - timedelta(hours=2)
    for _ in range(2):
        await town.topups.attend(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.REMINDER]


async def test_who_has_just_paid_is_not_reminded(town, order):
    town.clock.time = order.expires_at - timedelta(hours=2)
    town.gateway.pay(order.merchant_order_no)
    await town.topups.attend(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_an_end_that_was_changed_at_payby_is_taken_over(town, order):
    later = order.expires_at + timedelta(hours=24)
    await town.gateway.change_expiry(order.merchant_order_no, later)
    await town.topups.attend(order.merchant_order_no)
    extended = await town.orders.get(order.merchant_order_no)
    assert extended.expires_at == later
    assert town.notifier.refreshed[-1] == extended


async def test_a_paid_order_whose_payer_was_told_is_looked_at_no_more(
    town, order, look_at_the_end
):
    town.gateway.pay(order.merchant_order_no)
    await town.topups.check(order.merchant_order_no)
    town.gateway.change(order.merchant_order_no, status=GatewayStatus.SETTLED)
    assert (await look_at_the_end()).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]
    town.clock.pass_by(timedelta(days=9))
    due = await town.orders.due([Status.CREDITED], 9999)
    assert order.merchant_order_no not in due


async def test_a_result_that_was_never_said_is_said_at_the_next_look(
    town, order, look_at_the_end
):
    """As after a crash between the credit and the push."""
    paid = town.gateway.pay(order.merchant_order_no)
    settled = await town.orders.settle(order.merchant_order_no, paid, "notice")
    await town.accounts.credit(settled.order)
    await town.orders.credited(order.merchant_order_no)
    await look_at_the_end()
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_a_result_that_cannot_be_said_is_shown_to_support(town, order):
    town.notifier.stuck.add(order.merchant_order_no)
    town.gateway.pay(order.merchant_order_no)
    await town.topups.check(order.merchant_order_no)
    for _ in Pace().told_looks[1:]:
        await town.topups.attend(order.merchant_order_no)
    assert town.support.kinds(order) == []
    await town.topups.attend(order.merchant_order_no)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED, Status.FAILED])
@pytest.mark.parametrize("is_closed", [True, False])
async def test_an_end_that_was_never_said_is_said_at_the_next_look(
    town, status, is_closed
):
    """As after a crash between the order's row and the push, whoever ended it."""
    order = await an_order_in(
        town, Status.CREATING if status is Status.FAILED else Status.OPEN
    )
    number = order.merchant_order_no
    ended = await town.orders.ended(number, status, is_closed=is_closed)
    for _ in range(2):
        await town.topups.attend(number)
    assert town.notifier.events(order) == [Event(status)]
    assert ended in town.notifier.refreshed


async def test_an_end_far_beyond_its_time_is_said_too_and_then_left_alone(town, order):
    """As of a server that was away for days, and then killed once more."""
    number = order.merchant_order_no
    town.clock.time = order.expires_at + timedelta(days=2)
    await town.orders.ended(number, Status.EXPIRED, is_closed=True)
    town.clock.pass_by(timedelta(hours=2))
    assert number in await town.orders.due([Status.EXPIRED], 9999)
    await town.topups.attend(number)
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]
    town.clock.pass_by(timedelta(days=9))
    assert number not in await town.orders.due([Status.EXPIRED], 9999)


async def test_who_called_a_code_off_is_not_told_that_it_was(town, order):
    number = order.merchant_order_no
    cancelled = await town.topups.cancel(number)
    assert (cancelled.status, cancelled.called_off) == (Status.CANCELLED, True)
    await town.topups.attend(number)
    assert town.notifier.events(order) == [Event.READY]
    assert cancelled in town.notifier.refreshed


async def test_a_payer_whose_code_was_called_off_by_another_is_told(town, order):
    number = order.merchant_order_no
    cancelled = await town.topups.cancel(number, by_payer=False)
    assert not cancelled.called_off
    assert town.notifier.events(order) == [Event.READY, Event.CANCELLED]


async def test_a_picture_that_still_looks_payable_is_mended_after_the_payment(
    town, order
):
    """As after a crash between the push and the picture."""
    paid = town.gateway.pay(order.merchant_order_no)
    settled = await town.orders.settle(order.merchant_order_no, paid, "notice")
    await town.accounts.credit(settled.order)
    credited = await town.orders.credited(order.merchant_order_no)
    town.notifier.told.append((order.merchant_order_no, Event.CREDITED))
    await town.topups.attend(order.merchant_order_no)
    assert credited in town.notifier.refreshed


async def test_money_that_was_booked_and_not_credited_is_credited(town, order):
    """As after a crash between the two."""
    paid = town.gateway.pay(order.merchant_order_no)
    await town.orders.settle(order.merchant_order_no, paid, "notice")
    await town.topups.attend(order.merchant_order_no)
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_a_creation_whose_job_never_began_is_begun(town):
    order = an_order(f"T261124-{town.number():08}", account_id=f"p-{town.number()}")
    account = Account(order.account_id, "DesertFalcon", is_open=True)
    await town.accounts.keep([account])
    await town.orders.add(order)
    await town.topups.attend(order.merchant_order_no)
    assert (await town.creation_of(order)).status is Status.OPEN


async def test_a_creation_whose_job_has_failed_is_taken_up_again(town):
    town.gateway.fails("create", RuntimeError("a fault that nobody thought of"))
    order = await town.confirmed()
    number = order.merchant_order_no
    with pytest.raises(RuntimeError):
        await done(f"{number}:create")

    async def is_told_after_a_look() -> bool:
        await town.topups.attend(number)
        return town.notifier.events(order) == [Event.READY]

    await until(is_told_after_a_look)


async def test_an_ended_code_that_still_lives_at_payby_is_closed_there(town, order):
    number = order.merchant_order_no
    await town.orders.ended(number, Status.CANCELLED, is_closed=False)
    await town.topups.attend(number)
    assert not town.gateway.live(number)
    assert (await town.orders.get(number)).is_closed


@pytest.mark.parametrize(
    ("status", "called_off"),
    [(Status.EXPIRED, False), (Status.CANCELLED, False), (Status.CANCELLED, True)],
)
async def test_money_that_came_after_the_end_is_credited_and_told(
    town, order, status, called_off
):
    number = order.merchant_order_no
    await town.orders.ended(number, status, is_closed=False, called_off=called_off)
    town.gateway.pay(number)
    for _ in range(2):
        await town.topups.attend(number)
    assert (await town.orders.get(number)).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order)[-1] is Event.CREDITED


async def test_held_money_is_credited_as_soon_as_its_account_is_open_again(town, order):
    account = await town.accounts.find(order.account_id)
    await town.accounts.keep([Account(account.id, account.name, is_open=False)])
    town.gateway.pay(order.merchant_order_no)
    held = await town.topups.check(order.merchant_order_no)
    assert held.status is Status.PAID
    await town.topups.attend(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.HELD]
    assert town.support.kinds(order) == [CaseKind.HELD]
    await town.accounts.keep([account])
    await town.topups.attend(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.HELD, Event.CREDITED]


@pytest.fixture
def watch(town):
    return Watch(
        town.parts,
        town.topups.attend,
        follow_refunds=town.topups.refunds.care.follow,
        leases=SqlLeases(town.database, town.clock),
        worker="worker-1",
        per_second=1000,
    )


async def test_a_round_looks_after_what_is_due_and_nothing_else(town, order, watch):
    while await watch.round():
        pass
    other = await town.created()
    await town.orders.look_now([other.merchant_order_no])
    town.gateway.calls.clear()
    assert await watch.round() == 1
    assert town.gateway.calls == [("get", other.merchant_order_no)]


async def test_orders_that_payby_lists_as_paid_are_looked_at_at_once(
    town, order, watch
):
    town.gateway.pay(order.merchant_order_no)
    while await watch.round():
        pass
    paid = await town.orders.get(order.merchant_order_no)
    assert paid.status is Status.CREDITED


async def test_what_payby_lists_as_paid_goes_before_all_that_is_overdue(town, watch):
    for _ in range(20):
        await town.created()
    town.clock.pass_by(timedelta(hours=1))
    paid = await town.created()
    town.gateway.pay(paid.merchant_order_no)
    town.gateway.calls.clear()
    while await watch.round():
        pass
    asked = [number for call, number in town.gateway.calls if call == "get"]
    assert asked.index(paid.merchant_order_no) < 5  # some are asked for at once


async def test_the_list_is_read_again_after_some_time_only(town, watch):
    for seconds in (0, 60, 61):
        town.clock.pass_by(timedelta(seconds=seconds))
        await watch.round()
    assert [call for call, _ in town.gateway.calls].count("list") == 2


async def test_while_payby_rests_a_round_asks_it_nothing(town, order, watch):
    await town.orders.look_now([order.merchant_order_no])
    town.gateway.calls.clear()
    town.gateway.is_resting = True
    await watch.round()
    assert town.gateway.calls == []
    assert order.merchant_order_no in await town.orders.due([Status.OPEN], 9999)


async def test_an_order_that_cannot_be_looked_after_does_not_hold_up_the_others(
    town, order
):
    """Whatever is wrong with it, it is tried again later."""
    numbers = [order.merchant_order_no, (await town.created()).merchant_order_no]

    async def attend(number: str) -> None:
        if number == numbers[0]:
            raise RuntimeError("a fault that nobody thought of")
        await town.topups.attend(number)

    watch = Watch(
        town.parts,
        attend,
        follow_refunds=town.topups.refunds.care.follow,
        leases=SqlLeases(town.database, town.clock),
        worker="worker-1",
        per_second=1000,
    )
    await town.orders.look_now(numbers)
    while await watch.round():
        pass
    assert ("get", numbers[1]) in town.gateway.calls
    assert numbers[0] not in await town.orders.due([Status.OPEN], 9999)


async def test_a_check_tells_that_nobody_has_paid(town, order):
    assert await town.topups.check(order.merchant_order_no) == order
    assert town.notifier.events(order) == [Event.READY]


async def test_a_check_settles_what_was_paid(town, order):
    town.gateway.pay(order.merchant_order_no)
    checked = await town.topups.check(order.merchant_order_no)
    assert checked.status is Status.CREDITED
    assert checked.store_id == "store-007"


async def test_a_check_tells_that_a_cashier_has_the_code(town, order):
    town.gateway.scanned.add(order.token_url)
    await town.topups.check(order.merchant_order_no)
    await town.topups.check(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.SCANNED]


async def test_a_check_does_not_fail_because_the_scan_is_not_known(town, order):
    town.gateway.fails("scanned", AWAY)
    assert await town.topups.check(order.merchant_order_no) == order


async def test_a_check_that_payby_does_not_answer_says_so_and_changes_nothing(
    town, order
):
    town.gateway.fails("get", AWAY)
    with pytest.raises(GatewayError):
        await town.topups.check(order.merchant_order_no)
    assert await town.orders.get(order.merchant_order_no) == order


async def test_a_code_that_payby_does_not_know_ends_at_its_time(
    town, order, look_at_the_end
):
    """As after PayBy lost it: it cannot be paid, and nobody waits for it for ever."""
    del town.gateway.orders[order.merchant_order_no]
    await town.topups.attend(order.merchant_order_no)
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN
    assert town.support.kinds(order) == [CaseKind.CONTRADICTION]
    ended = await look_at_the_end()
    assert (ended.status, ended.is_closed) == (Status.EXPIRED, True)
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]


async def test_a_code_that_was_never_made_is_no_case_for_support_later(town):
    town.gateway.fails("create", AWAY, times=9999)
    order = await town.created()
    town.clock.time = order.expires_at + timedelta(hours=1)
    for _ in range(2):
        await town.topups.attend(order.merchant_order_no)
    assert (await town.orders.get(order.merchant_order_no)).is_closed
    assert town.support.kinds(order) == []


async def test_a_code_that_is_closed_is_no_case_when_payby_does_not_answer(
    town, order, look_at_the_end
):
    await town.topups.cancel(order.merchant_order_no)
    town.gateway.fails("get", NO_ANSWER)
    await look_at_the_end(timedelta(hours=20))
    assert town.support.kinds(order) == []


async def test_a_code_is_not_closed_by_a_yes_that_leaves_it_alive(
    town, order, look_at_the_end
):
    """PayBy says that it was cancelled, and in the same answer that it was not."""
    town.gateway.shrugs = True
    assert (await look_at_the_end()).status is Status.OPEN
    assert town.notifier.events(order) == [Event.READY]
    town.gateway.shrugs = False
    assert (await look_at_the_end()).status is Status.EXPIRED


async def test_a_payment_in_the_answer_to_cancelling_is_credited(town, order):
    town.gateway.shrugs = True
    number = order.merchant_order_no
    await town.orders.ended(number, Status.CANCELLED, is_closed=False)
    town.gateway.pay(number)
    await town.topups.attend(number)
    assert (await town.orders.get(number)).status is Status.CREDITED


async def test_a_closed_code_that_comes_back_to_life_is_closed_again(town, order):
    number = order.merchant_order_no
    await town.topups.cancel(number)
    town.gateway.change(number, status=GatewayStatus.CREATED)
    await town.topups.attend(number)
    assert not town.gateway.live(number)
    assert town.notifier.events(order) == [Event.READY]


async def test_held_money_that_payby_gave_back_is_not_credited_later(town, order):
    account = await town.accounts.find(order.account_id)
    await town.accounts.keep([Account(account.id, account.name, is_open=False)])
    town.gateway.pay(order.merchant_order_no)
    await town.topups.check(order.merchant_order_no)
    town.gateway.change(order.merchant_order_no, revoked=True)
    await town.accounts.keep([account])
    await town.topups.attend(order.merchant_order_no)
    assert await town.accounts.balance(order.account_id) == Money(0)
    assert town.notifier.events(order) == [Event.READY, Event.HELD]
    assert town.support.kinds(order) == [CaseKind.HELD, CaseKind.REVOKED]


async def test_a_creation_that_never_ends_is_shown_to_support(town):
    town.gateway.fails("create", RuntimeError("a fault that nobody thought of"))
    order = await town.confirmed()
    with pytest.raises(RuntimeError):
        await done(f"{order.merchant_order_no}:create")
    town.gateway.fails("create", RuntimeError("again"), times=9)
    await town.topups.attend(order.merchant_order_no)
    assert town.support.kinds(order) == []
    town.clock.pass_by(timedelta(minutes=20))
    await town.topups.attend(order.merchant_order_no)
    assert town.support.kinds(order) == [CaseKind.CREATION_UNCLEAR]


class AwayOrders(SqlOrders):
    """Orders whose database goes away whenever a look has to be written down."""

    async def looked(
        self, merchant_order_no: str, **known: datetime | bool | None
    ) -> datetime | None:
        raise OperationalError(merchant_order_no, known, MemoryError())


async def test_the_watch_goes_on_after_its_database_was_away(town):
    for _ in range(2):
        number = f"T261124-{town.number():08}"
        await town.orders.add(an_order(number, account_id=number))
    town.clock.pass_by(timedelta(minutes=5))

    async def attend(number: str) -> None:
        raise RuntimeError(number)

    watch = Watch(
        replace(town.parts, orders=AwayOrders(town.database, town.clock)),
        attend,
        follow_refunds=town.topups.refunds.care.follow,
        leases=SqlLeases(town.database, town.clock),
        worker="worker-1",
        per_second=1000,
    )
    async with asyncio.timeout(5):
        for _ in range(9):
            with suppress(ExceptionGroup):
                await watch.round()
