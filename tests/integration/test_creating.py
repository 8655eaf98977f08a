"""However PayBy answers, a confirmed top-up ends with one code or none."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from core import engine
from core.domain.cases import CaseKind
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    CodeIsLive,
    GatewayRefusesUs,
    GatewayRejected,
    GatewayResting,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayStatus
from tests.integration.conftest import Town, done
from tests.integration.telling import an_order_in

AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")
NO_ANSWER = OutcomeUnknown("PayBy did not answer in time.", "TIMEOUT")
REFUSED = GatewayRejected("RISK_FAIL", "601")
TAKEN = GatewayRejected("MERCHANT_ORDER_NO_EXIST", "62016")
FOREVER = 9999


async def test_a_code_that_was_made_is_shown(town):
    order = await town.created()
    assert order.status is Status.OPEN
    at_payby = town.gateway.orders[order.merchant_order_no]
    assert order.token_url == at_payby.token_url
    assert order.payby_order_no == at_payby.payby_order_no
    assert town.notifier.events(order) == [Event.READY]


async def test_the_same_draft_confirmed_five_times_at_once_is_one_order(town):
    account = await town.account()
    wish = {"draft_id": "five-taps", "conversation_id": "tg:5", "amount": Money(5000)}
    orders = await asyncio.gather(
        *(town.topups.start(account_id=account.id, **wish) for _ in range(5))
    )
    assert len({order.merchant_order_no for order in orders}) == 1
    order = await town.creation_of(orders[0])
    made = [about for call, about in town.gateway.calls if call == "create"]
    assert made == [order.merchant_order_no]
    assert town.notifier.events(order) == [Event.READY]


async def test_a_code_that_payby_refuses_is_told_as_failed(town):
    town.gateway.fails("create", REFUSED)
    order = await town.created()
    assert order.status is Status.FAILED
    assert town.notifier.events(order) == [Event.FAILED]
    assert not town.gateway.live(order.merchant_order_no)


async def test_a_creation_that_ended_in_vain_before_a_crash_is_told_afterwards(town):
    """The job runs again from its beginning, and finds that it has failed."""
    order = await an_order_in(town, Status.FAILED)
    await town.topups.create(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.FAILED]
    assert town.gateway.calls == []


@pytest.mark.parametrize("trouble", [AWAY, NO_ANSWER])
async def test_a_code_that_comes_late_is_told_as_delayed_and_then_shown(town, trouble):
    town.gateway.fails("create", trouble, times=2)
    order = await town.created()
    assert order.status is Status.OPEN
    assert town.notifier.events(order) == [Event.DELAYED, Event.READY]


async def test_a_code_whose_answer_was_lost_is_found_and_not_made_twice(town):
    town.gateway.fails("create", NO_ANSWER, done=True)
    order = await town.created()
    assert order.status is Status.OPEN
    at_payby = town.gateway.orders[order.merchant_order_no]
    assert order.token_url == at_payby.token_url
    asked = [call for call, _ in town.gateway.calls]
    assert asked == ["create", "get", "create"]


async def test_a_code_that_is_never_confirmed_is_called_off(town):
    town.gateway.fails("create", NO_ANSWER, done=True, times=FOREVER)
    town.gateway.fails("get", NO_ANSWER, times=FOREVER)
    order = await town.created()
    assert order.status is Status.FAILED
    assert town.notifier.events(order) == [Event.DELAYED, Event.FAILED]
    assert town.gateway.orders[order.merchant_order_no].status == "FAILURE"
    assert town.support.kinds(order) == [CaseKind.QUERY_FAILING]


async def test_a_code_that_is_called_off_after_answers_is_no_case(town):
    town.gateway.fails("create", NO_ANSWER, done=True, times=FOREVER)
    order = await town.created()
    assert order.status is Status.FAILED
    assert ("get", order.merchant_order_no) in town.gateway.calls
    assert town.support.kinds(order) == []


async def test_a_code_that_was_never_made_needs_no_calling_off(town):
    town.gateway.fails("create", AWAY, times=FOREVER)
    order = await town.created()
    assert order.status is Status.FAILED
    cancels = [call for call, _ in town.gateway.calls if call == "cancel"]
    assert len(cancels) == 1
    assert order.merchant_order_no not in town.gateway.orders


async def test_calling_off_is_tried_until_payby_answers(town):
    town.gateway.fails("create", NO_ANSWER, done=True, times=FOREVER)
    town.gateway.fails("get", NO_ANSWER, times=FOREVER)
    town.gateway.fails("cancel", NO_ANSWER, times=2)
    order = await town.created()
    assert not town.gateway.live(order.merchant_order_no)


async def test_after_three_failures_calling_off_is_left_to_people(town):
    town.gateway.fails("create", NO_ANSWER, done=True, times=FOREVER)
    town.gateway.fails("get", NO_ANSWER, times=FOREVER)
    town.gateway.fails("cancel", NO_ANSWER, times=FOREVER)
    order = await town.created()
    cancels = [call for call, _ in town.gateway.calls if call == "cancel"]
    assert len(cancels) == 3
    assert town.support.kinds(order) == [CaseKind.CANCEL_FAILING]
    assert order.status is Status.FAILED


async def test_a_number_that_is_taken_is_called_off_and_told_as_failed(town):
    town.gateway.fails("create", TAKEN)
    order = await town.created()
    assert order.status is Status.FAILED
    assert ("cancel", order.merchant_order_no) in town.gateway.calls
    assert town.notifier.events(order) == [Event.FAILED]


async def test_a_code_for_another_amount_is_called_off_and_noted(town):
    def cheapen(number: str) -> None:
        town.gateway.change(number, amount=Decimal("5.00"))

    town.gateway.fails("create", NO_ANSWER, done=True, then=cheapen)
    order = await town.created()
    assert order.status is Status.FAILED
    assert not town.gateway.live(order.merchant_order_no)
    assert town.notifier.events(order) == [Event.DELAYED, Event.FAILED]


async def test_a_code_paid_while_nobody_knew_of_it_is_credited(town):
    """PayBy's answer to Create Order is lost and its money is not."""
    town.gateway.fails("create", NO_ANSWER, done=True, then=town.gateway.pay)
    order = await town.created()
    assert order.status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.DELAYED, Event.CREDITED]


async def test_a_code_paid_before_it_can_be_called_off_is_credited(town):
    town.gateway.fails("create", NO_ANSWER, done=True, then=town.gateway.pay)
    town.gateway.fails("get", NO_ANSWER, times=3)
    order = await town.created()
    assert order.status is Status.CREDITED
    assert Event.FAILED not in town.notifier.events(order)


async def test_a_status_that_payby_adds_is_no_answer_to_act_on(town):
    def puzzle(number: str) -> None:
        town.gateway.change(number, status=GatewayStatus.UNKNOWN)

    town.gateway.fails("create", NO_ANSWER, done=True, then=puzzle)
    order = await town.created()
    assert ("cancel", order.merchant_order_no) in town.gateway.calls
    assert town.gateway.orders[order.merchant_order_no].status == "FAILURE"


@pytest.mark.parametrize("fils", [0, 499, 200_001])
async def test_an_amount_out_of_limits_makes_nothing(town, fils):
    account = await town.account()
    with pytest.raises(AmountOutOfLimits):
        await town.topups.start(
            draft_id=f"d{fils}",
            conversation_id="tg:6",
            account_id=account.id,
            amount=Money(fils),
        )
    assert await town.orders.of_conversation("tg:6", 9) == []
    assert town.gateway.calls == []


async def test_an_account_that_closed_meanwhile_makes_nothing(town):
    with pytest.raises(AccountNotCreditable) as caught:
        await town.confirmed(await town.account(is_open=False))
    assert caught.value.closed
    assert town.gateway.calls == []


async def test_a_code_lives_a_day_unless_the_merchant_wants_otherwise(town):
    order = await town.created()
    assert order.expires_at == order.created_at + timedelta(hours=24)
    at_payby = town.gateway.orders[order.merchant_order_no]
    assert at_payby.expires_at == order.expires_at


async def test_while_payby_rests_no_order_is_taken_on(town):
    account = await town.account()
    town.gateway.is_resting = True
    with pytest.raises(GatewayResting):
        await town.confirmed(account)
    assert town.gateway.calls == []
    town.gateway.is_resting = False
    assert (await town.created(account)).status is Status.OPEN


async def test_an_order_that_was_taken_on_stays_so_while_payby_rests(town):
    """After a crash the same confirmation is read once more."""
    account = await town.account()
    wish = {"draft_id": "drawn", "conversation_id": "tg:7", "amount": Money(5000)}
    order = await town.topups.start(account_id=account.id, **wish)
    town.gateway.is_resting = True
    again = await town.topups.start(account_id=account.id, **wish)
    assert again.merchant_order_no == order.merchant_order_no
    await town.creation_of(order)


async def wished_again(town: Town, order: Order) -> Order:
    """Let the same payer wish for the same account once more."""
    return await town.topups.start(
        draft_id=f"draft-{town.number()}",
        conversation_id=order.conversation_id,
        account_id=order.account_id,
        amount=Money(7500),
    )


async def test_a_payer_with_a_live_code_gets_no_second_one_for_that_account(town):
    order = await town.created()
    with pytest.raises(CodeIsLive) as refusal:
        await wished_again(town, order)
    assert refusal.value.merchant_order_no == order.merchant_order_no
    made = [about for call, about in town.gateway.calls if call == "create"]
    assert made == [order.merchant_order_no]


async def unclear(town: Town) -> Order:
    """Let a creation fail here while its code may live on at PayBy."""
    town.gateway.fails("create", NO_ANSWER, done=True, times=FOREVER)
    town.gateway.fails("get", NO_ANSWER, times=FOREVER)
    town.gateway.fails("cancel", NO_ANSWER, times=FOREVER)
    order = await town.created()
    assert order.status is Status.FAILED
    assert town.gateway.live(order.merchant_order_no)
    return order


async def test_before_a_second_try_the_code_of_the_first_is_closed_at_payby(town):
    first = await unclear(town)
    town.gateway.forget()
    second = await town.creation_of(await wished_again(town, first))
    assert second.status is Status.OPEN
    assert not town.gateway.live(first.merchant_order_no)
    assert (await town.orders.get(first.merchant_order_no)).is_closed
    calls = [call for call, _ in town.gateway.calls]
    assert calls[-2:] == ["cancel", "create"]


async def test_while_the_first_code_cannot_be_closed_no_second_one_is_made(town):
    first = await unclear(town)
    second = await town.creation_of(await wished_again(town, first))
    assert second.status is Status.FAILED
    assert second.merchant_order_no not in town.gateway.orders


async def test_the_watch_closes_a_code_that_nobody_was_shown(town):
    order = await unclear(town)
    town.gateway.forget()
    await town.topups.attend(order.merchant_order_no)
    assert not town.gateway.live(order.merchant_order_no)


async def test_support_hears_of_a_code_that_may_live_on(town):
    order = await unclear(town)
    assert town.support.kinds(order) == [CaseKind.CANCEL_FAILING]


async def test_what_payby_does_not_know_may_still_be_on_its_way_to_it(town):
    town.gateway.fails("create", AWAY, times=FOREVER)
    order = await town.created()
    assert not order.is_closed
    town.clock.pass_by(timedelta(minutes=16))
    await town.topups.attend(order.merchant_order_no)
    assert (await town.orders.get(order.merchant_order_no)).is_closed


async def test_support_hears_that_payby_refuses_our_keys_or_clock(town):
    wrong_clock = GatewayRefusesUs("REQUESTTIME_TOO_EARLY", "400")
    town.gateway.fails("create", wrong_clock, times=FOREVER)
    order = await town.created()
    assert order.status is Status.FAILED
    assert town.support.kinds(order) == [CaseKind.REFUSED_BY_PAYBY]


async def test_a_creation_taken_up_again_after_it_failed_makes_nothing(town):
    """A crash may come between telling of the failure and the end of the job."""
    town.gateway.fails("create", AWAY, times=FOREVER)
    order = await town.created()
    number = order.merchant_order_no
    town.gateway.forget()
    await engine.start(f"{number}:create:again", town.topups.create, number)
    await done(f"{number}:create:again")
    assert number not in town.gateway.orders
    assert town.notifier.events(order) == [Event.DELAYED, Event.FAILED]


async def test_a_creation_taken_up_again_after_it_succeeded_changes_nothing(town):
    order = await town.created()
    number = order.merchant_order_no
    before = town.gateway.orders[number]
    await engine.start(f"{number}:create:again", town.topups.create, number)
    await done(f"{number}:create:again")
    assert await town.orders.get(number) == order
    assert town.gateway.orders[number] == before
    assert town.notifier.events(order) == [Event.READY]


async def test_a_refusal_proves_nothing_about_the_request_before_it(town):
    """The first one may be on its way to PayBy still, when the second is refused."""
    town.gateway.fails("create", NO_ANSWER, done=True)
    town.gateway.fails("get", GatewayRejected("NOT_EXIST", "62004"))
    town.gateway.fails("create", REFUSED)
    order = await town.created()
    assert order.status is Status.FAILED
    assert not town.gateway.live(order.merchant_order_no)


async def test_all_codes_of_failed_tries_are_closed_before_the_next_one(town):
    first = await unclear(town)
    for _ in range(6):  # no code is made, nor does PayBy say so
        town.clock.pass_by(timedelta(minutes=2))
        await town.creation_of(await wished_again(town, first))
    assert town.gateway.live(first.merchant_order_no)
    town.gateway.forget()
    last = await town.creation_of(await wished_again(town, first))
    assert last.status is Status.OPEN
    assert not town.gateway.live(first.merchant_order_no)
