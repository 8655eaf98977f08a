"""Brings a refund to its end, with the account and the books, and tells of it.

Each of this may be done again and changes nothing then.
"""

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import AccountSpent, IllegalMove
from core.domain.orders import Order
from core.domain.payments import (
    GatewayRefund,
    GatewayRefundStatus,
    refund_contradiction,
)
from core.domain.refunds import Refund, RefundStatus
from core.parts import Parts
from core.ports import Changed

log = structlog.get_logger()


class RefundEnding:
    """Does what PayBy's word on a refund calls for."""

    def __init__(self, parts: Parts) -> None:
        self._terms = parts.terms
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._accounts = parts.accounts
        self._news = parts.refund_news
        self._support = parts.support

    async def apply(self, refund: Refund, seen: GatewayRefund) -> Refund:
        """Move our refund to where PayBy says it is, if it is the same refund."""
        if fault := refund_contradiction(refund, seen):
            await self.contradicted(refund, fault)
            return refund
        match seen.status:
            case GatewayRefundStatus.SUCCESS:
                return await self.done(refund, seen.payby_order_no)
            case GatewayRefundStatus.FAILURE:
                return await self.failed(refund, seen.fail_code or seen.status)
            case GatewayRefundStatus.CREATED | GatewayRefundStatus.REFUNDED_SETTLED:
                number = refund.refund_no
                accepted = await self._refunds.accepted(number, seen.payby_order_no)
                return accepted.refund
        return refund

    async def done(self, refund: Refund, payby_refund_no: str = "") -> Refund:
        """Book that the money has gone back, and tell; raise a case if it must."""
        try:
            change = await self._refunds.done(refund.refund_no, payby_refund_no)
        except IllegalMove:
            await self.contradicted(refund, "more would have gone back than was paid")
            return refund
        if change.before in {RefundStatus.FAILED, RefundStatus.REFUSED}:
            await self._is_uncovered(change.refund, f"it was {change.before} before")
        await self.finish(change)
        return change.refund

    async def failed(self, refund: Refund, trouble: str) -> Refund:
        """End a refund that PayBy will not make: what was set aside returns."""
        failed = RefundStatus.FAILED
        change = await self._refunds.failed(refund.refund_no, failed, trouble)
        await self.finish(change)
        return change.refund

    async def finish(self, change: Changed) -> bool:
        """Do what is left to do for a refund that has ended; whether it is told."""
        order, refund = change.order, change.refund
        if refund.status is RefundStatus.FAILED:
            await self._accounts.give_again(order, refund)
            await self.raise_case(
                CaseKind.REFUND_FAILING, refund, payby_says=refund.trouble
            )
        if await self._news.has_told(order, refund):
            return True
        await self._news.tell(order, refund)
        return False

    async def take_back(self, order: Order, refund: Refund) -> None:
        """Take a refund's sum from the account before PayBy hears of it.

        Raises AccountSpent; then nothing goes back. What was begun at PayBy cannot be
        stopped from here: then it is for a person to look at.
        """
        below_zero = self._terms.refunds_below_zero
        try:
            await self._accounts.take_back(order, refund, even_below_zero=below_zero)
        except AccountSpent as spent:
            if refund.is_ours:
                await self._refunds.failed(
                    refund.refund_no, RefundStatus.REFUSED, f"account has {spent.holds}"
                )
                raise
            await self._is_uncovered(refund, f"it holds {spent.holds}")

    async def _is_uncovered(self, refund: Refund, why: str) -> None:
        await self.raise_case(CaseKind.ACCOUNT_SPENT, refund, account=why)

    async def contradicted(self, refund: Refund, fault: str) -> None:
        """Show support that PayBy's word does not fit our refund."""
        number = refund.merchant_order_no
        log.error("refund_contradicted", refund=refund.refund_no, fault=fault)
        facts = {"refund": refund.refund_no, "fault": fault}
        await self._orders.note(number, "conflict", facts)
        await self._support.open_case(
            CaseKind.CONTRADICTION, number, facts, refund_no=refund.refund_no
        )

    async def raise_case(self, kind: CaseKind, refund: Refund, **facts: str) -> None:
        """Let a person look at a refund, which has cases of its own."""
        known = {"refund": refund.refund_no, "amount": str(refund.amount)}
        number = refund.merchant_order_no
        await self._support.open_case(
            kind, number, known | facts, refund_no=refund.refund_no
        )
