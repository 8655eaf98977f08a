"""A payer calls a code off or lets it live on: PayBy decides, then we follow."""

from datetime import timedelta

import pytest
import pytest_asyncio

from core.domain.errors import (
    AtTheTill,
    CannotExtend,
    GatewayRejected,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.orders import Event, Status

AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")
NO_ANSWER = OutcomeUnknown("PayBy did not answer in time.", "TIMEOUT")
DAY = timedelta(hours=24)


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid."""
    return await town.created()


async def test_a_code_is_called_off_at_payby_and_then_here(town, order):
    cancelled = await town.topups.cancel(order.merchant_order_no)
    assert (cancelled.status, cancelled.is_closed) == (Status.CANCELLED, True)
    assert not town.gateway.live(order.merchant_order_no)
    assert town.notifier.refreshed[-1] == cancelled
    assert town.notifier.events(order) == [Event.READY]


async def test_calling_off_twice_changes_nothing(town, order):
    first = await town.topups.cancel(order.merchant_order_no)
    assert await town.topups.cancel(order.merchant_order_no) == first


async def test_a_code_that_was_just_paid_is_settled_instead(town, order):
    town.gateway.pay(order.merchant_order_no)
    assert (await town.topups.cancel(order.merchant_order_no)).status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_a_code_paid_between_question_and_cancelling_is_settled(town, order):
    number = order.merchant_order_no
    pay = town.gateway.pay
    town.gateway.fails("get", AWAY)
    with pytest.raises(GatewayUnavailable):
        await town.topups.cancel(number)
    town.gateway.scanned.add(order.token_url)
    with pytest.raises(AtTheTill):
        await town.topups.cancel(number)
    pay(number)
    paid = await town.topups.cancel(number, even_at_the_till=True)
    assert paid.status is Status.CREDITED


async def test_a_code_on_the_pos_is_called_off_only_when_the_payer_insists(town, order):
    number = order.merchant_order_no
    town.gateway.scanned.add(order.token_url)
    with pytest.raises(AtTheTill):
        await town.topups.cancel(number)
    assert town.gateway.live(number)
    cancelled = await town.topups.cancel(number, even_at_the_till=True)
    assert cancelled.status is Status.CANCELLED


@pytest.mark.parametrize("call", ["get", "cancel"])
@pytest.mark.parametrize("trouble", [AWAY, NO_ANSWER])
async def test_without_payby_s_word_nothing_is_called_off(town, order, call, trouble):
    town.gateway.fails(call, trouble)
    with pytest.raises(type(trouble)):
        await town.topups.cancel(order.merchant_order_no)
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_a_code_called_off_without_an_answer_is_told_as_called_off_later(
    town, order
):
    """PayBy did it, and its answer was lost; the watch finds out."""
    town.gateway.fails("cancel", NO_ANSWER, done=True)
    with pytest.raises(OutcomeUnknown):
        await town.topups.cancel(order.merchant_order_no)
    await town.topups.attend(order.merchant_order_no)
    ended = await town.orders.get(order.merchant_order_no)
    assert ended.status is Status.CANCELLED
    assert town.notifier.events(order) == [Event.READY, Event.CANCELLED]


async def test_an_order_that_is_being_made_is_not_called_off(town):
    town.gateway.fails("create", AWAY, times=2)
    order = await town.confirmed()
    assert (await town.topups.cancel(order.merchant_order_no)).status is Status.CREATING
    assert (await town.creation_of(order)).status is Status.OPEN


async def test_one_tap_lets_the_same_code_live_another_day(town, order):
    longer = town.topups.longer_end(order)
    assert longer == order.expires_at + DAY
    extended = await town.topups.extend(order.merchant_order_no)
    assert (extended.expires_at, extended.token_url) == (longer, order.token_url)
    assert town.gateway.orders[order.merchant_order_no].expires_at == longer
    assert town.notifier.refreshed[-1] == extended


async def test_a_code_lives_no_longer_than_the_merchant_allows(town, order):
    for _ in range(2):
        order = await town.topups.extend(order.merchant_order_no)
    assert order.expires_at == order.created_at + 3 * DAY
    assert town.topups.longer_end(order) is None
    with pytest.raises(CannotExtend):
        await town.topups.extend(order.merchant_order_no)


async def test_a_code_that_has_ended_is_not_extended(town, order):
    town.clock.time = order.expires_at
    with pytest.raises(CannotExtend):
        await town.topups.extend(order.merchant_order_no)
    assert ("expiry", order.merchant_order_no) not in town.gateway.calls


async def test_extending_a_code_that_was_just_paid_settles_it(town, order):
    town.gateway.pay(order.merchant_order_no)
    extended = await town.topups.extend(order.merchant_order_no)
    assert extended.status is Status.CREDITED


async def test_an_extension_whose_answer_was_lost_is_found(town, order):
    town.gateway.fails("expiry", NO_ANSWER, done=True)
    extended = await town.topups.extend(order.merchant_order_no)
    assert extended.expires_at == order.expires_at + DAY


async def test_an_extension_that_may_come_later_is_not_promised(town, order):
    town.gateway.fails("expiry", NO_ANSWER)
    with pytest.raises(OutcomeUnknown):
        await town.topups.extend(order.merchant_order_no)
    assert await town.orders.get(order.merchant_order_no) == order


async def test_an_extension_that_payby_refuses_is_said_to_be_impossible(town, order):
    town.gateway.fails("expiry", GatewayRejected("INVALID_EXPIRED_TIME", "62089"))
    with pytest.raises(CannotExtend):
        await town.topups.extend(order.merchant_order_no)
    assert await town.orders.get(order.merchant_order_no) == order


async def test_an_extended_code_is_reminded_of_again(town, order):
    town.clock.time = order.expires_at - timedelta(hours=2)
    await town.topups.attend(order.merchant_order_no)
    order = await town.topups.extend(order.merchant_order_no)
    town.clock.time = order.expires_at - timedelta(hours=2)
    await town.topups.attend(order.merchant_order_no)
    events = town.notifier.events(order)
    assert events == [Event.READY, Event.REMINDER, Event.REMINDER]


async def test_an_extension_to_a_rounded_end_is_found_when_its_answer_was_lost(
    town, order
):
    rounded = order.expires_at + DAY - timedelta(seconds=1)

    def round_it(number: str) -> None:
        town.gateway.change(number, expires_at=rounded)

    town.gateway.fails("expiry", NO_ANSWER, done=True, then=round_it)
    extended = await town.topups.extend(order.merchant_order_no)
    assert extended.expires_at == rounded


async def test_a_code_called_off_just_before_a_crash_is_shown_as_void_all_the_same(
    town, order
):
    """The crash came between calling it off here and amending its message."""
    number = order.merchant_order_no
    await town.gateway.cancel_order(number)
    ended = await town.orders.ended(number, Status.CANCELLED, is_closed=True)
    await town.topups.attend(number)
    assert town.notifier.refreshed[-1] == ended
