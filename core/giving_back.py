"""Takes into our books what PayBy gives back, also what nobody asked for here.

Each of this may be done again and changes nothing then: a notice, a question and a
list may all bring the same news, in whatever order.
"""

from datetime import timedelta

from core.domain.cases import CaseKind
from core.domain.errors import (
    OrderNotFound,
    RefundNotFound,
)
from core.domain.gulf import GULF
from core.domain.money import NOTHING, BadAmount, Money
from core.domain.orders import Order
from core.domain.payments import GatewayRefund, GatewayRefundStatus
from core.domain.refunds import Refund, RefundStatus, Way, left_of
from core.parts import Parts
from core.refund_ending import RefundEnding

OF_NOBODY = "of no order of ours"
_IN_VAIN = {RefundStatus.FAILED, RefundStatus.REFUSED}


class GivingBack:
    """Finds whose refund it is that PayBy tells of, and sees to it."""

    def __init__(self, parts: Parts) -> None:
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._support = parts.support
        self._clock = parts.clock
        self._ending = RefundEnding(parts)
        self._foreign: set[str] = set()
        """PayBy's numbers of refunds that are known to be of no order of ours."""

    async def found(self, order: Order, seen: GatewayRefund) -> str:
        """Take a refund into the books that somebody began at PayBy; say what it is.

        An order that was undone has a refund at PayBy too, which is no second one.
        """
        try:
            amount = Money.from_aed(seen.amount)
        except BadAmount:
            amount = NOTHING
        if seen.currency != "AED" or amount <= NOTHING:
            return await self._is_strange(order, seen)
        known = await self._refunds.of_order(order.merchant_order_no)
        undone = [each for each in known if _undoes(each)]
        if undone and amount == undone[0].amount:
            return "the money of the order that was undone"
        refund = await self._take_in(
            order,
            amount,
            Way.REFUND,
            CaseKind.REFUNDED_ELSEWHERE,
            refund_no=seen.refund_merchant_order_no,
            payby_refund_no=seen.payby_order_no,
        )
        refund = await self._ending.apply(refund, seen)
        return f"begun at PayBy, {refund.status}"

    async def revoked(self, order: Order) -> None:
        """Book that PayBy has undone a paid order, whoever asked for it."""
        number = order.merchant_order_no
        known = await self._refunds.of_order(number)
        undone = [each for each in known if _undoes(each)]
        if not undone:
            begun_there = [each for each in known if not each.is_ours]
            left = left_of(order, begun_there)
            if left <= NOTHING:
                return
            refund_no = f"{number}-revoked"
            undone = [
                await self._take_in(
                    order, left, Way.REVOKE, CaseKind.REVOKED, refund_no=refund_no
                )
            ]
        if not undone[-1].is_done:
            await self._ending.done(undone[-1])

    async def look_for_others(self, days: timedelta = timedelta(days=1)) -> None:
        """Read PayBy's list for refunds that were begun there. Raises GatewayError.

        Of those that are known here, only what PayBy's word would change is heeded.
        """
        today = self._clock.now().astimezone(GULF).date()
        for seen in await self._gateway.refunds(today - days, today):
            await self.consider(seen)

    async def consider(self, seen: GatewayRefund) -> str:
        """Book a refund as PayBy tells it, known here or not; say what came of it."""
        try:
            refund = await self._refunds.get(seen.refund_merchant_order_no)
        except RefundNotFound:
            return await self._consider_stranger(seen)
        if not refund.is_done:
            refund = await self._ending.apply(refund, seen)
        return refund.status

    async def _consider_stranger(self, seen: GatewayRefund) -> str:
        """Find out whose refund it is that nobody asked for here."""
        if seen.payby_order_no in self._foreign:
            return OF_NOBODY
        if not seen.origin_merchant_order_no:
            seen = await self._gateway.get_refund(payby_order_no=seen.payby_order_no)
        try:
            order = await self._orders.get(seen.origin_merchant_order_no)
        except OrderNotFound:
            self._foreign.add(seen.payby_order_no)
            return OF_NOBODY
        if order.is_given_back:
            return "given back before it was booked"
        if not order.is_paid:
            await self._orders.look_now([order.merchant_order_no])
            return "PayBy is asked first: it is not paid here"
        if seen.status in {GatewayRefundStatus.FAILURE, GatewayRefundStatus.UNKNOWN}:
            return f"nothing to book: {seen.status}"
        return await self.found(order, seen)

    async def _take_in(
        self,
        order: Order,
        amount: Money,
        way: Way,
        kind: CaseKind,
        *,
        refund_no: str,
        payby_refund_no: str = "",
    ) -> Refund:
        """Let support know, keep what was begun at PayBy, and take the account's money.

        In this order: what is kept is not begun again after a crash. It is under way
        until PayBy has said that it is done.
        """
        refund = Refund(
            refund_no=refund_no,
            request_id=f"payby:{refund_no}",
            merchant_order_no=order.merchant_order_no,
            amount=amount,
            way=way,
            status=RefundStatus.PROCESSING,
            reason="",
            asked_by="",
            asked_at=self._clock.now(),
            payby_refund_no=payby_refund_no,
        )
        await self._ending.raise_case(kind, refund)
        refund = await self._refunds.found(refund)
        await self._ending.take_back(order, refund)
        return refund

    async def _is_strange(self, order: Order, seen: GatewayRefund) -> str:
        fault = f"a refund of {seen.amount} {seen.currency}"
        refund_no, number = seen.refund_merchant_order_no, order.merchant_order_no
        facts = {"refund": refund_no, "fault": fault}
        await self._support.open_case(
            CaseKind.CONTRADICTION, number, facts, refund_no=refund_no
        )
        return f"not booked: {fault}"


def _undoes(refund: Refund) -> bool:
    return refund.way is Way.REVOKE and refund.status not in _IN_VAIN
