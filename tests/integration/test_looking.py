"""When a code has ended, or somebody asks, PayBy's word decides what became of it."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from dbos import DBOS

from core.domain.accounts import Account
from core.domain.errors import GatewayError, GatewayRejected, GatewayUnavailable
from core.domain.money import Money
from core.domain.orders import Event, Status
from core.domain.payments import GatewayStatus
from core.domain.terms import Pace

AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid."""
    return await town.created()


@pytest.fixture
def look_at_the_end(town, order):
    """Look when the code's time is over."""
    number = order.merchant_order_no

    async def look(count: int = 0):
        town.clock.time = order.expires_at + timedelta(minutes=1)
        await town.topups.look(number, count)
        return await town.orders.get(number)

    return look


async def next_look(order, look: int) -> timedelta | None:
    """How long after the last look the next one is due; None for none."""
    prefix = f"{order.merchant_order_no}:look:{look}:"
    jobs = await DBOS.list_workflows_async(workflow_id_prefix=prefix)
    if not jobs:
        return None
    stamp = jobs[0].workflow_id.rpartition(":")[2]
    due = datetime.strptime(stamp, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return due - order.expires_at - timedelta(minutes=1)


async def test_a_code_that_payby_ended_is_told_as_expired(town, order, look_at_the_end):
    await town.gateway.cancel_order(order.merchant_order_no)
    assert (await look_at_the_end()).status is Status.EXPIRED
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]


async def test_a_code_that_payby_still_takes_is_cancelled_there(
    town, order, look_at_the_end
):
    assert (await look_at_the_end()).status is Status.EXPIRED
    assert not town.gateway.live(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.READY, Event.EXPIRED]


async def test_a_payment_whose_notice_never_came_is_found(town, order, look_at_the_end):
    town.gateway.pay(order.merchant_order_no)
    assert (await look_at_the_end()).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_a_payment_in_the_last_moment_is_not_told_as_expired(
    town, order, look_at_the_end
):
    """It is paid between our question and our cancelling."""
    paid_meanwhile = GatewayRejected("ORDER_PAID", "62001")
    town.gateway.fails("cancel", paid_meanwhile)
    assert (await look_at_the_end()).status is Status.OPEN
    assert await next_look(order, 1) == timedelta(minutes=1)
    town.gateway.pay(order.merchant_order_no)
    assert (await look_at_the_end(1)).status is Status.CREDITED
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


@pytest.mark.parametrize(("look", "wait"), list(enumerate(Pace().looks)))
async def test_when_payby_cannot_be_asked_it_is_asked_later_and_later(
    town, order, look_at_the_end, look, wait
):
    town.gateway.fails("get", AWAY)
    assert (await look_at_the_end(look)).status is Status.OPEN
    assert await next_look(order, look + 1) == wait


async def test_after_the_last_look_nothing_more_is_planned(
    town, order, look_at_the_end
):
    town.gateway.fails("get", AWAY)
    last = len(Pace().looks)
    await look_at_the_end(last)
    assert await next_look(order, last + 1) is None


async def test_a_look_before_the_end_ends_nothing(town, order):
    await town.topups.look(order.merchant_order_no, 0)
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN
    assert town.gateway.live(order.merchant_order_no)


async def test_a_look_at_a_credited_order_changes_nothing(town, order, look_at_the_end):
    town.gateway.pay(order.merchant_order_no)
    await town.topups.check(order.merchant_order_no)
    town.gateway.change(order.merchant_order_no, status=GatewayStatus.SETTLED)
    assert (await look_at_the_end()).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_held_money_is_credited_at_the_end_if_its_account_is_open_again(
    town, order, look_at_the_end
):
    account = await town.accounts.find(order.account_id)
    await town.accounts.keep([Account(account.id, account.name, is_open=False)])
    town.gateway.pay(order.merchant_order_no)
    held = await town.topups.check(order.merchant_order_no)
    assert held.status is Status.PAID
    await town.accounts.keep([account])
    assert (await look_at_the_end()).status is Status.CREDITED
    assert town.notifier.events(order) == [Event.READY, Event.HELD, Event.CREDITED]


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
