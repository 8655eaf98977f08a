"""Orders that are undone, from here or at PayBy's portal, and money that was held."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.domain.cases import CaseKind
from core.domain.errors import GatewayRejected, NotRefundable, OutcomeUnknown
from core.domain.money import Money
from core.domain.orders import Event, Status
from core.domain.payments import GatewayRefundStatus
from core.domain.refunds import Obstacle, RefundStatus
from core.giving_back import GivingBack
from core.refund_care import RefundCare
from tests.fakes import MemorySupport
from tests.integration.conftest import Town
from tests.integration.refunding import (
    books,
    held,
    looked_after,
    notice,
    open_again,
    paid,
    refund,
    revoke,
    spend,
)
from tests.integration.test_notices import take

ASKED, DONE, FAILED = RefundStatus.ASKED, RefundStatus.DONE, RefundStatus.FAILED
ON_THE_ACCOUNT = {"payby": 5000, "account": -5000}
LOST = OutcomeUnknown("No answer.", "TIMEOUT")


def revoked(town: Town) -> list[str]:
    """The orders that PayBy was asked to undo, in turn."""
    return [number for call, number in town.gateway.calls if call == "revoke"]


async def list_read(town: Town) -> None:
    """Let the turn of PayBy's list of refunds come."""
    await RefundCare(town.parts).follow()


async def test_a_paid_order_is_undone_and_its_payer_told(town):
    order = await paid(town)
    undone = await revoke(town, order)
    assert undone.refund
    assert undone.refund.status is DONE
    assert undone.order.is_refunded
    assert await books(town, order) == {}
    assert town.refund_news.steps(undone.refund) == [ASKED, DONE]
    assert town.support.kinds(order) == []


async def test_the_same_wish_twice_undoes_an_order_once(town):
    order = await paid(town)
    wish = f"undo-{order.merchant_order_no}"
    first, again = [await revoke(town, order, wish=wish) for _ in range(2)]
    assert first.refund == again.refund
    assert revoked(town) == [order.merchant_order_no]


async def test_an_unpaid_order_is_closed_and_no_money_moves(town):
    order = await town.created()
    undone = await revoke(town, order)
    assert (undone.order.status, undone.order.is_closed) == (Status.CANCELLED, True)
    assert undone.refund is None
    assert await books(town, order) == {}
    assert town.notifier.events(order) == [Event.READY, Event.CANCELLED]
    assert (await revoke(town, order)).order == undone.order
    assert revoked(town) == [order.merchant_order_no]


async def test_an_order_that_was_paid_meanwhile_is_not_undone_unseen(town):
    order = await town.created()
    town.gateway.pay(order.merchant_order_no)
    with pytest.raises(NotRefundable) as caught:
        await revoke(town, order)
    assert caught.value.obstacle == Obstacle.CHANGED
    assert await books(town, order) == ON_THE_ACCOUNT
    assert revoked(town) == []


async def test_an_order_paid_in_the_very_moment_it_is_undone_is_never_credited(town):
    order = await town.created()

    def pay(merchant_order_no: str) -> None:
        town.gateway.pay(merchant_order_no)
        town.gateway.change(merchant_order_no, revoked=True)

    rejected = GatewayRejected("ACQUIRE_ORDER_REVOKED", "62040")
    town.gateway.fails("revoke", rejected, done=True, then=pay)
    undone = await revoke(town, order)
    assert undone.order.is_given_back
    assert await books(town, order) == {}
    assert town.support.kinds(order) == [CaseKind.REVOKED]


@pytest.mark.parametrize("done", [False, True])
async def test_an_unpaid_order_of_unknown_end_is_asked_after_at_once(town, done):
    order = await town.created()
    town.gateway.fails("revoke", LOST, done=done)
    with pytest.raises(OutcomeUnknown):
        await revoke(town, order)
    assert order.merchant_order_no in await town.orders.due([Status.OPEN], 1)
    await town.topups.attend(order.merchant_order_no)
    order = await town.orders.get(order.merchant_order_no)
    assert (order.status is Status.CANCELLED) is done


@pytest.mark.parametrize("done", [False, True])
async def test_a_paid_order_of_unknown_end_is_asked_after_until_it_is_undone(
    town, done
):
    order = await paid(town)
    town.gateway.fails("revoke", LOST, done=done)
    undone = await revoke(town, order)
    assert undone.refund
    assert undone.refund.status is ASKED
    assert await books(town, order) == {"payby": 5000, "aside": -5000}
    assert (await looked_after(town, undone.refund)).status is DONE
    assert await books(town, order) == {}
    assert len(revoked(town)) == (1 if done else 2)


async def test_what_payby_does_not_undo_returns_to_the_account(town):
    order = await paid(town)
    town.gateway.fails("revoke", GatewayRejected("REVOKE_REJECTED", "62046"))
    undone = await revoke(town, order)
    assert undone.refund
    assert undone.refund.status is FAILED
    assert await books(town, order) == ON_THE_ACCOUNT
    assert town.support.kinds(order) == [CaseKind.REFUND_FAILING]


async def test_an_order_is_undone_whole_or_not_at_all(town):
    order = await paid(town)
    part = await refund(town, order, 1)
    town.gateway.give(part.refund_no)
    await looked_after(town, part)
    with pytest.raises(NotRefundable) as caught:
        await revoke(town, order)
    assert caught.value.obstacle == Obstacle.GIVEN_IN_PART


async def test_a_code_in_the_making_is_not_undone(town):
    town.gateway.fails("create", LOST, times=99)
    town.gateway.fails("get", LOST, times=99)
    order = await town.confirmed()
    with pytest.raises(NotRefundable) as caught:
        await revoke(town, order)
    assert caught.value.obstacle == Obstacle.BEING_MADE
    town.gateway.forget()
    await town.creation_of(order)


async def test_an_order_undone_at_the_portal_leaves_the_account_and_the_books(town):
    order = await paid(town)
    town.gateway.change(order.merchant_order_no, revoked=True)
    for _ in range(2):
        await town.topups.check(order.merchant_order_no)
    assert await books(town, order) == {}
    [found] = await town.topups.refunds.of_order(order.merchant_order_no)
    assert (found.is_ours, found.amount, found.status) == (False, Money(5000), DONE)
    assert town.refund_news.steps(found) == [DONE]
    assert town.support.kinds(order) == [CaseKind.REVOKED]


async def test_the_portals_refund_of_an_undone_order_is_no_second_one(town):
    order = await paid(town)
    undone = await revoke(town, order)
    twin = town.gateway.begin_refund("RV1", order.merchant_order_no, Decimal(50))
    verdict = await take(town, notice(town.gateway.give("RV1")))
    assert verdict == "the money of the order that was undone"
    assert await town.refunds.of_order(order.merchant_order_no) == [undone.refund]
    assert twin.amount == order.amount.aed


async def test_an_order_undone_after_its_refund_was_seen_is_no_second_one(town):
    order = await paid(town)
    town.gateway.begin_refund("RV2", order.merchant_order_no, Decimal(50))
    await take(town, notice(town.gateway.give("RV2")))
    town.gateway.change(order.merchant_order_no, revoked=True)
    await town.topups.check(order.merchant_order_no)
    assert await books(town, order) == {}
    assert len(await town.refunds.of_order(order.merchant_order_no)) == 1


async def test_a_refund_begun_at_the_portal_is_taken_into_the_books(town):
    order = await paid(town)
    town.gateway.begin_refund("PORTAL-1", order.merchant_order_no, Decimal("19.99"))
    done = town.gateway.give("PORTAL-1")
    assert await take(town, notice(done)) == "begun at PayBy, done"
    assert await books(town, order) == {"payby": 3001, "account": -3001}
    assert (await town.orders.get(order.merchant_order_no)).refunded == Money(1999)
    assert town.support.kinds(order) == [CaseKind.REFUNDED_ELSEWHERE]
    possible = await town.topups.refunds.preview(order.merchant_order_no)
    assert possible.left == Money(3001)


async def test_each_refund_begun_at_the_portal_is_a_case_of_its_own(town):
    order = await paid(town)
    for number in ("PORTAL-A", "PORTAL-B"):
        town.gateway.begin_refund(number, order.merchant_order_no, Decimal(10))
        done = town.gateway.give(number)
        for again in ("first", "again"):
            await take(town, notice(done, reason=again))
    about = [
        facts["refund"]
        for number, kind, facts in town.support.cases
        if (number, kind) == (order.merchant_order_no, CaseKind.REFUNDED_ELSEWHERE)
    ]
    assert about == ["PORTAL-A", "PORTAL-B"]
    assert await books(town, order) == {"payby": 3000, "account": -3000}


class FallsOver(MemorySupport):
    """Support whose first case is cut off, as by a kill."""

    is_up = False

    async def open_case(self, *about: Any, **which: Any) -> int:
        if not self.is_up:
            self.is_up = True
            raise MemoryError
        return await super().open_case(*about, **which)


async def test_a_crash_hides_no_refund_begun_at_the_portal_from_support(town):
    order = await paid(town)
    town.gateway.begin_refund("PORTAL-C", order.merchant_order_no, Decimal(20))
    seen = town.gateway.give("PORTAL-C")
    support = FallsOver()
    giving_back = GivingBack(replace(town.parts, support=support))
    with pytest.raises(MemoryError):
        await giving_back.consider(seen)
    assert await giving_back.consider(seen) == "begun at PayBy, done"
    assert support.kinds(order) == [CaseKind.REFUNDED_ELSEWHERE]
    assert await books(town, order) == {"payby": 3000, "account": -3000}


async def test_a_refund_begun_at_the_portal_without_a_notice_is_found_in_its_list(town):
    order = await paid(town)
    town.gateway.begin_refund("PORTAL-2", order.merchant_order_no, Decimal(20))
    town.gateway.give("PORTAL-2")
    await list_read(town)
    [found] = await town.refunds.of_order(order.merchant_order_no)
    assert (found.refund_no, found.status) == ("PORTAL-2", DONE)


async def test_a_refund_under_way_at_the_portal_is_followed_to_its_end(town):
    order = await paid(town)
    begun = town.gateway.begin_refund("PORTAL-3", order.merchant_order_no, Decimal(20))
    assert await take(town, notice(begun)) == "begun at PayBy, processing"
    assert await books(town, order) == {"payby": 5000, "account": -3000, "aside": -2000}
    [found] = await town.refunds.of_order(order.merchant_order_no)
    town.gateway.give("PORTAL-3", status=GatewayRefundStatus.FAILURE)
    assert (await looked_after(town, found)).status is FAILED
    assert await books(town, order) == ON_THE_ACCOUNT


async def test_what_the_portal_gave_back_of_spent_money_is_booked_and_shown(town):
    order = await paid(town)
    await spend(town, order, 4000)
    town.gateway.begin_refund("PORTAL-4", order.merchant_order_no, Decimal(50))
    await take(town, notice(town.gateway.give("PORTAL-4")))
    assert await town.accounts.balance(order.account_id) == Money(1000)
    assert await books(town, order) == {"aside": 5000, "account": -5000}
    kinds = set(town.support.kinds(order))
    assert kinds == {CaseKind.ACCOUNT_SPENT, CaseKind.REFUNDED_ELSEWHERE}


@pytest.mark.parametrize("currency", ["USD", "AED"])
async def test_a_strange_refund_is_shown_and_not_booked(town, currency):
    order = await paid(town)
    number = f"PORTAL-5-{currency}"
    amount = Decimal("10.001") if currency == "AED" else Decimal(10)
    town.gateway.begin_refund(number, order.merchant_order_no, amount)
    seen = town.gateway.give(number, currency=currency)
    assert (await take(town, notice(seen))).startswith("not booked: a refund of 10")
    assert town.support.kinds(order) == [CaseKind.CONTRADICTION]
    assert await books(town, order) == ON_THE_ACCOUNT
    del town.gateway.given[number]


async def test_a_refund_of_no_order_of_ours_is_a_strangers(town):
    town.gateway.begin_refund("PORTAL-6", "T261124-NBDY3333", Decimal(10))
    verdict = await take(town, notice(town.gateway.give("PORTAL-6")))
    assert verdict == "of no order of ours"
    stranger = ("T261124-NBDY3333", CaseKind.STRANGER, {"refund": "PORTAL-6"})
    assert stranger in town.support.cases


async def test_a_refund_of_an_order_that_is_not_paid_here_waits_for_the_payment(town):
    order = await town.created()
    town.gateway.pay(order.merchant_order_no)
    town.gateway.begin_refund("PORTAL-7", order.merchant_order_no, Decimal(50))
    verdict = await take(town, notice(town.gateway.give("PORTAL-7")))
    assert verdict == "PayBy is asked first: it is not paid here"
    await town.topups.attend(order.merchant_order_no)
    await list_read(town)
    assert await books(town, order) == {}


async def test_held_money_that_went_back_at_the_portal_is_never_credited(town):
    order = await held(town)
    town.gateway.begin_refund("PORTAL-8", order.merchant_order_no, Decimal(50))
    town.gateway.give("PORTAL-8")
    await open_again(town, order)
    for _ in range(2):
        await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == {}
    order = await town.orders.get(order.merchant_order_no)
    assert (order.status, order.is_refunded) == (Status.PAID, True)
    assert town.notifier.events(order) == [Event.READY, Event.HELD]


async def test_held_money_is_held_on_while_payby_does_not_say_what_went_back(town):
    order = await held(town)
    await open_again(town, order)
    town.gateway.fails("refunds", LOST)
    await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == {"payby": 5000, "unallocated": -5000}
    await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == ON_THE_ACCOUNT


async def test_held_money_is_credited_where_payby_lists_no_refunds_for_us(town):
    order = await held(town)
    await open_again(town, order)
    town.gateway.fails("refunds", GatewayRejected("PRODUCT_IS_NOT_APPLIED", "62026"))
    await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == ON_THE_ACCOUNT


async def test_held_money_goes_back_without_having_been_on_the_account(town):
    order = await held(town)
    given = await refund(town, order, 5000)
    await open_again(town, order)
    await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == {"payby": 5000, "aside": -5000}
    town.gateway.give(given.refund_no)
    await looked_after(town, given)
    assert await books(town, order) == {}
    await town.topups.attend(order.merchant_order_no)
    assert order.merchant_order_no not in await town.orders.due([Status.PAID], 9999)


async def test_of_held_money_that_goes_back_in_part_the_rest_is_credited(town):
    order = await held(town)
    given = await refund(town, order, 2000)
    await open_again(town, order)
    await town.topups.attend(order.merchant_order_no)
    assert await books(town, order) == {"payby": 5000, "aside": -2000, "account": -3000}
    town.gateway.give(given.refund_no, status=GatewayRefundStatus.FAILURE)
    await looked_after(town, given)
    assert await books(town, order) == ON_THE_ACCOUNT
