"""Follows refunds to their end: by PayBy's notices, by questions, and by its list.

What a refund waits for stands in its row. The watch lets each be looked after when it
is due, so a restart or another worker goes on where the last one stopped.
"""

import asyncio
from contextlib import suppress

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import GatewayError, NotRefundable, RefundNotFound
from core.domain.payments import (
    GatewayRefund,
    GatewayRefundStatus,
    refund_contradiction,
)
from core.domain.refunds import Refund, RefundStatus
from core.giving_back import OF_NOBODY, GivingBack
from core.parts import Parts
from core.ports import Changed
from core.refund_ending import RefundEnding
from core.refunding import Refunding

log = structlog.get_logger()

_AT_ONCE = 5


class RefundCare:
    """Looks after every refund that has not ended, or whose payer does not know."""

    def __init__(self, parts: Parts) -> None:
        self._pace = parts.terms.pace
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._support = parts.support
        self._clock = parts.clock
        self._ending = RefundEnding(parts)
        self._giving_back = GivingBack(parts)
        self._refunding = Refunding(parts)
        self._list_at = parts.clock.now()

    async def heed(self, seen: GatewayRefund) -> str:
        """Take a notice of a refund as evidence, and say what came of it.

        That money has gone back is believed; whatever else it says is asked at PayBy.
        """
        number = seen.refund_merchant_order_no
        try:
            refund = await self._refunds.get(number)
        except RefundNotFound:
            return await self._heed_stranger(seen)
        if refund.is_done:
            return "given back already"
        fault = refund_contradiction(refund, seen)
        if seen.status is GatewayRefundStatus.SUCCESS and not fault:
            await self._ending.apply(refund, seen)
            return "given back"
        if fault:
            await self._ending.contradicted(refund, fault)
        await self._refunds.look_now(number)
        return f"PayBy is asked: {fault or seen.status}"

    async def _heed_stranger(self, seen: GatewayRefund) -> str:
        try:
            says = await self._giving_back.consider(seen)
        except GatewayError as trouble:  # its list is read soon, and tells of it
            return f"PayBy cannot be asked whose it is: {trouble}"
        if says == OF_NOBODY:
            facts = {"refund": seen.refund_merchant_order_no}
            number = seen.origin_merchant_order_no or seen.refund_merchant_order_no
            await self._support.open_case(CaseKind.STRANGER, number, facts)
        return says

    async def follow(self) -> None:
        """Look after the refunds that are due, and after those begun at PayBy."""
        if self._gateway.is_resting:
            return
        due = await self._refunds.due(_AT_ONCE)
        await asyncio.gather(*(self._look_after(refund_no) for refund_no in due))
        now = self._clock.now()
        if now < self._list_at or self._gateway.is_resting:
            return
        self._list_at = now + self._pace.refund_list_every
        try:
            await self._giving_back.look_for_others()
        except GatewayError as trouble:
            log.warning("refunds_not_read", why=str(trouble))

    async def _look_after(self, refund_no: str) -> None:
        try:
            await self.attend(refund_no)
        except Exception:
            log.exception("refund_look_interrupted", refund=refund_no)
            await self._refunds.looked(refund_no, is_done=False)

    async def attend(self, refund_no: str) -> None:
        """Look after a refund: whatever is missing is done, under the same number."""
        refund = await self._refunds.get(refund_no)
        if refund.is_under_way:
            with suppress(NotRefundable):
                refund = await self._refunding.go_on(refund)
            await self._alert_when_overdue(refund)
            await self._refunds.looked(refund_no, is_done=False)
            return
        order = await self._orders.get(refund.merchant_order_no)
        is_told = await self._ending.finish(Changed(order, refund, refund.status))
        again = await self._refunds.looked(refund_no, is_done=is_told)
        if again is None and not is_told:
            facts = {"event": f"refund {refund.status}"}
            number = refund.merchant_order_no
            await self._support.open_case(
                CaseKind.NOT_TOLD, number, facts, refund_no=refund_no
            )

    async def _alert_when_overdue(self, refund: Refund) -> None:
        """Let a person look when PayBy is slow beyond measure, or does not say."""
        patience = {
            RefundStatus.ASKED: self._pace.refund_patience,
            RefundStatus.PROCESSING: self._pace.refund_longest,
        }.get(refund.status)
        if patience and self._clock.now() > refund.asked_at + patience:
            await self._ending.raise_case(
                CaseKind.REFUND_FAILING, refund, payby_says="nothing final yet"
            )
