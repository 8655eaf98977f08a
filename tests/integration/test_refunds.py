"""Money goes back once, comes to an end, and is where the books say it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.cases import CaseKind
from core.domain.errors import (
    GatewayRefusesUs,
    GatewayRejected,
    GatewayUnavailable,
    NotRefundable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.orders import Event
from core.domain.payments import GatewayRefundStatus
from core.domain.refunds import Obstacle, RefundStatus
from core.refunds import Refunds
from core.settlement import Settlement
from tests.integration.conftest import Town
from tests.integration.refunding import (
    books,
    looked_after,
    notice,
    paid,
    refund,
    spend,
)
from tests.integration.test_notices import take

ASKED, PROCESSING = RefundStatus.ASKED, RefundStatus.PROCESSING
DONE, FAILED = RefundStatus.DONE, RefundStatus.FAILED
ON_THE_ACCOUNT = {"payby": 5000, "account": -5000}
SET_ASIDE = {"payby": 5000, "aside": -5000}
REJECTED = GatewayRejected("REFUND_REJECTED", "62045")
LOST = OutcomeUnknown("No answer.", "TIMEOUT")
AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")


def sent(town: Town) -> list[str]:
    """The refunds that PayBy was asked to make, in turn."""
    return [number for call, number in town.gateway.calls if call == "refund"]


async def test_money_is_set_aside_before_it_goes_back_and_leaves_the_books_after(town):
    order = await paid(town)
    assert await books(town, order) == ON_THE_ACCOUNT
    given = await refund(town, order, 5000)
    assert given.status is PROCESSING
    assert await books(town, order) == SET_ASIDE
    assert await town.accounts.balance(order.account_id) == Money(0)
    done = town.gateway.give(given.refund_no)
    assert await take(town, notice(done)) == "given back"
    assert await books(town, order) == {}
    order = await town.orders.get(order.merchant_order_no)
    assert (order.refunded, order.is_refunded) == (Money(5000), True)
    assert town.refund_news.steps(given) == [ASKED, DONE]
    lines = [kind for kind in await town.kinds(order) if kind.startswith("refund")]
    assert lines == ["refund_asked", "refund_processing", "refund_done"]


async def test_a_refund_whose_notice_is_lost_is_asked_after_to_its_end(town):
    order = await paid(town)
    given = await refund(town, order, 5000)
    settled = GatewayRefundStatus.REFUNDED_SETTLED
    town.gateway.give(given.refund_no, status=settled)
    assert (await looked_after(town, given)).status is PROCESSING
    assert await books(town, order) == SET_ASIDE
    town.gateway.give(given.refund_no)
    town.clock.pass_by(timedelta(hours=5))
    await town.topups.refunds.care.follow()
    assert (await town.refunds.get(given.refund_no)).status is DONE
    assert await books(town, order) == {}


async def test_its_looks_come_at_growing_intervals_and_end_once_the_payer_is_told(town):
    given = await refund(town, await paid(town), 5000)
    waits = []
    for _ in range(8):
        before = town.clock.now()
        again = await town.refunds.looked(given.refund_no, is_done=False)
        waits.append(again - before)
        town.clock.time = again
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=5)
    assert waits[-1] > timedelta(hours=1)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    await looked_after(town, given)
    town.clock.pass_by(timedelta(days=9))
    assert given.refund_no not in await town.refunds.due(9999)


async def test_parts_add_up_and_never_exceed_what_was_paid(town):
    order = await paid(town)
    for fils, left in ((2000, 5000), (1999, 3000)):
        given = await refund(town, order, fils, left=left)
        town.gateway.give(given.refund_no)
        assert (await looked_after(town, given)).status is DONE
    assert await books(town, order) == {"payby": 1001, "account": -1001}
    with pytest.raises(NotRefundable) as caught:
        await refund(town, order, 1002, left=1001)
    assert caught.value.obstacle == Obstacle.TOO_MUCH
    given = await refund(town, order, 1001, left=1001)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    with pytest.raises(NotRefundable) as caught:
        await refund(town, order, 1, left=0)
    assert caught.value.obstacle == Obstacle.NOTHING_LEFT
    assert len(sent(town)) == 3


async def test_the_same_wish_twice_is_one_refund(town):
    order = await paid(town)
    first = await refund(town, order, 2000, wish=f"same-{order.merchant_order_no}")
    again = await refund(town, order, 2000, wish=f"same-{order.merchant_order_no}")
    assert again.refund_no == first.refund_no
    assert sent(town) == [first.refund_no]


async def test_of_two_people_who_mean_the_same_refund_one_is_too_late(town):
    order = await paid(town)
    wishes = [refund(town, order, 2000) for _ in range(5)]
    ends = await asyncio.gather(*wishes, return_exceptions=True)
    late = [end for end in ends if isinstance(end, NotRefundable)]
    assert {end.obstacle for end in late} == {Obstacle.UNDER_WAY}
    assert (len(late), len(sent(town))) == (4, 1)
    [given] = await town.refunds.of_order(order.merchant_order_no)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    with pytest.raises(NotRefundable) as caught:
        await refund(town, order, 2000, left=5000)
    assert caught.value.obstacle == Obstacle.CHANGED


async def test_what_is_spent_cannot_go_back_and_payby_is_never_asked(town):
    order = await paid(town)
    await spend(town, order, 3001)
    possible = await town.topups.refunds.preview(order.merchant_order_no)
    assert (possible.left, possible.most) == (Money(5000), Money(1999))
    assert (possible.no_refund, possible.no_revoke) == (None, Obstacle.ACCOUNT_SPENT)
    with pytest.raises(NotRefundable) as caught:
        await refund(town, order, 2000)
    assert caught.value.obstacle == Obstacle.ACCOUNT_SPENT
    assert await town.accounts.balance(order.account_id) == Money(1999)
    assert (sent(town), await town.refunds.of_order(order.merchant_order_no)) == (
        [],
        [],
    )
    assert (await refund(town, order, 1999)).status is PROCESSING


async def test_of_an_empty_account_nothing_goes_back(town):
    order = await paid(town)
    await spend(town, order, 5000)
    possible = await town.topups.refunds.preview(order.merchant_order_no)
    assert possible.no_refund == possible.no_revoke == Obstacle.ACCOUNT_SPENT
    for fils in (1, 5000):
        with pytest.raises(NotRefundable) as caught:
            await refund(town, order, fils)
        assert caught.value.obstacle == Obstacle.ACCOUNT_SPENT
    assert await town.refunds.of_order(order.merchant_order_no) == []


async def test_what_is_spent_between_looking_and_taking_is_refused_without_a_word(town):
    order = await paid(town)
    given = await refund(town, order, 1000)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    asked = replace(
        given, refund_no=f"R-{order.merchant_order_no}", status=ASKED, request_id="late"
    )
    asked = await town.refunds.add(replace(asked, amount=Money(4000)), Money(4000))
    await spend(town, order, 1)
    assert (await looked_after(town, asked)).status is RefundStatus.REFUSED
    assert town.refund_news.steps(asked) == []
    assert await town.accounts.balance(order.account_id) == Money(3999)


async def test_a_shop_may_let_accounts_go_below_zero(town):
    order = await paid(town)
    await spend(town, order, 3000)
    parts = replace(
        town.parts, terms=replace(town.parts.terms, refunds_below_zero=True)
    )
    refunds = Refunds(parts, Settlement(parts))
    possible = await refunds.preview(order.merchant_order_no)
    assert possible.most == Money(5000)
    await refunds.refund(
        order.merchant_order_no,
        Money(5000),
        reason="",
        by="agent-1",
        request_id=f"below-{order.merchant_order_no}",
        left=Money(5000),
    )
    assert await town.accounts.balance(order.account_id) == Money(-3000)


async def test_a_refund_that_payby_rejects_returns_what_was_set_aside(town):
    order = await paid(town)
    town.gateway.fails("refund", REJECTED)
    given = await refund(town, order, 5000)
    assert (given.status, given.trouble) == (FAILED, "REFUND_REJECTED (code 62045)")
    assert await books(town, order) == ON_THE_ACCOUNT
    assert town.refund_news.steps(given) == [ASKED, FAILED]
    assert town.support.kinds(order) == [CaseKind.REFUND_FAILING]
    assert (await refund(town, order, 5000)).status is PROCESSING


async def test_a_refund_that_payby_takes_and_fails_returns_what_was_set_aside(town):
    order = await paid(town)
    given = await refund(town, order, 2000)
    failed = town.gateway.give(
        given.refund_no, status=GatewayRefundStatus.FAILURE, fail_code="WALLET_FROZEN"
    )
    assert await take(town, notice(failed)) == "PayBy is asked: FAILURE"
    assert given.refund_no in await town.refunds.due(1)
    given = await looked_after(town, given)
    assert (given.status, given.trouble) == (FAILED, "WALLET_FROZEN")
    assert await books(town, order) == ON_THE_ACCOUNT
    assert town.support.kinds(order) == [CaseKind.REFUND_FAILING]


@pytest.mark.parametrize("done", [False, True])
async def test_a_refund_of_unknown_end_stays_aside_and_keeps_its_number(town, done):
    order = await paid(town)
    town.gateway.fails("refund", LOST, done=done)
    town.gateway.fails("get refund", AWAY)
    given = await refund(town, order, 5000)
    assert given.status is ASKED
    assert (await looked_after(town, given)).status is ASKED
    assert await books(town, order) == SET_ASIDE
    town.clock.pass_by(timedelta(minutes=11))
    town.gateway.fails("get refund", AWAY)
    await looked_after(town, given)
    assert town.support.kinds(order) == [CaseKind.REFUND_FAILING]
    assert (await looked_after(town, given)).status is PROCESSING
    assert set(sent(town)) == {given.refund_no}
    town.gateway.give(given.refund_no)
    assert (await looked_after(town, given)).status is DONE
    assert await books(town, order) == {}


async def test_a_rejection_is_not_believed_while_an_earlier_request_may_arrive(town):
    order = await paid(town)
    town.gateway.fails("refund", LOST)
    given = await refund(town, order, 5000)
    town.gateway.fails("refund", REJECTED, times=2)
    assert (await looked_after(town, given)).status is ASKED
    assert await books(town, order) == SET_ASIDE
    town.clock.pass_by(timedelta(minutes=15))
    assert (await looked_after(town, given)).status is FAILED
    assert await books(town, order) == ON_THE_ACCOUNT


async def test_a_refund_that_was_certainly_not_done_may_be_rejected_at_once(town):
    order = await paid(town)
    town.gateway.fails("refund", AWAY)
    given = await refund(town, order, 5000)
    town.gateway.fails("refund", REJECTED)
    assert (await looked_after(town, given)).status is FAILED


async def test_a_refund_waits_for_a_person_where_payby_refuses_our_keys(town):
    order = await paid(town)
    refuses = GatewayRefusesUs("PayBy does not accept our signature.", "403")
    town.gateway.fails("refund", refuses)
    assert (await refund(town, order, 5000)).status is ASKED
    assert town.support.kinds(order) == [CaseKind.REFUSED_BY_PAYBY]


async def test_a_refund_cut_off_right_after_it_was_written_down_goes_on(town):
    order = await paid(town)
    given = await refund(town, order, 1000)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    cut_off = replace(
        given,
        refund_no=f"R-{order.merchant_order_no}",
        request_id=f"cut-{order.merchant_order_no}",
        status=ASKED,
        payby_refund_no="",
        done_at=None,
    )
    cut_off = await town.refunds.add(cut_off, Money(4000))
    assert cut_off.refund_no not in await town.refunds.due(9999)
    town.clock.pass_by(town.parts.terms.pace.refund_sent)
    assert cut_off.refund_no in await town.refunds.due(9999)
    assert (await looked_after(town, cut_off)).status is PROCESSING
    assert town.refund_news.steps(cut_off) == [ASKED]


async def test_a_notice_while_the_refund_is_being_asked_for_is_no_second_one(town):
    order = await paid(town)
    given = await refund(town, order, 5000)
    done = town.gateway.give(given.refund_no)
    again = [
        take(town, notice(done)),
        looked_after(town, given),
        refund(town, order, 5000, wish=given.request_id),
        looked_after(town, given),
    ]
    await asyncio.gather(*again)
    assert await books(town, order) == {}
    assert (await town.orders.get(order.merchant_order_no)).refunded == Money(5000)
    assert town.refund_news.steps(given) == [ASKED, DONE]
    assert await take(town, notice(done, reason="again")) == "given back already"


async def test_the_payments_notice_that_comes_again_meanwhile_credits_nothing(town):
    order = await paid(town)
    given = await refund(town, order, 5000)
    await town.topups.check(order.merchant_order_no)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    await town.topups.check(order.merchant_order_no)
    assert await town.accounts.balance(order.account_id) == Money(0)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": {"amount": 50.01, "currency": "AED"}},
        {"amount": {"amount": 50.00, "currency": "USD"}},
        {"originMerchantOrderNo": "T261124-NBDY2222"},
        {"orderNo": "19140"},
    ],
)
async def test_a_notice_that_does_not_fit_is_asked_about_and_not_booked(town, changed):
    order = await paid(town)
    given = await refund(town, order, 5000)
    done = town.gateway.give(given.refund_no)
    verdict = await take(town, notice(done, **changed))
    assert verdict.startswith("PayBy is asked: ")
    assert await books(town, order) == SET_ASIDE
    assert town.support.kinds(order) == [CaseKind.CONTRADICTION]
    assert (await looked_after(town, given)).status is DONE


async def test_a_refund_that_payby_makes_after_calling_it_failed_is_for_a_person(town):
    order = await paid(town)
    given = await refund(town, order, 5000)
    town.gateway.give(given.refund_no, status=GatewayRefundStatus.FAILURE)
    await looked_after(town, given)
    done = town.gateway.give(given.refund_no)
    assert await take(town, notice(done)) == "given back"
    assert await books(town, order) == {"aside": 5000, "account": -5000}
    assert CaseKind.ACCOUNT_SPENT in town.support.kinds(order)


async def test_a_payer_who_is_not_told_of_the_end_is_shown_to_support(
    town, monkeypatch
):
    order = await paid(town)
    given = await refund(town, order, 5000)
    town.gateway.give(given.refund_no)
    await looked_after(town, given)

    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(town.refund_news, "has_told", never)
    for _ in town.parts.terms.pace.told_looks:
        await looked_after(town, given)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]
