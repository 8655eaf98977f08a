"""Brings one refund as far as PayBy lets it, always under the same number.

What may have been sent is asked after first; what PayBy does not know is sent. Nothing
is taken for refused while an earlier request may still be on its way there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import (
    AccountSpent,
    GatewayError,
    GatewayRefusesUs,
    GatewayRejected,
    GatewayUnavailable,
    NotRefundable,
)
from core.domain.orders import Order
from core.domain.refunds import Obstacle, Refund, RefundStatus, Way
from core.parts import Parts
from core.ports import NewRefund
from core.refund_ending import RefundEnding

log = structlog.get_logger()

_REFUND_UNKNOWN = "62007"
_REFUND_NUMBER_TAKEN = "62017"
_REVOKED_ALREADY = "62040"
_LATE_REQUEST = timedelta(minutes=15)
"""PayBy takes no request that is older: what was sent before has arrived, or never
will."""


class Refunding:
    """Sends refunds to PayBy, and asks after those that were sent."""

    def __init__(self, parts: Parts) -> None:
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._news = parts.refund_news
        self._support = parts.support
        self._clock = parts.clock
        self._ending = RefundEnding(parts)

    async def go_on(self, refund: Refund) -> Refund:
        """Bring a refund as far as PayBy lets it. Raises NotRefundable."""
        number = refund.merchant_order_no
        order = await self._orders.get(number)
        try:
            await self._ending.take_back(order, refund)
        except AccountSpent:
            raise NotRefundable(number, Obstacle.ACCOUNT_SPENT) from None
        if refund.is_ours:
            await self._news.tell(order, refund)
        try:
            if refund.way is Way.REVOKE:
                return await self._go_on_revoking(order, refund)
            return await self._go_on_refunding(refund)
        except GatewayError as trouble:
            await self._note_trouble(refund, trouble)
            return await self._refunds.get(refund.refund_no)

    async def _go_on_refunding(self, refund: Refund) -> Refund:
        """Ask what became of it, and send it if PayBy does not have it."""
        if refund.status is RefundStatus.PROCESSING or refund.unsure_at:
            try:
                return await self._ask(refund)
            except GatewayRejected as refusal:
                if refusal.code != _REFUND_UNKNOWN or not refund.is_ours:
                    raise
        return await self._send(refund)

    async def _ask(self, refund: Refund) -> Refund:
        about = refund.merchant_order_no
        if refund.is_ours:
            seen = await self._gateway.get_refund(refund.refund_no, about=about)
        else:
            paybys = refund.payby_refund_no
            seen = await self._gateway.get_refund(payby_order_no=paybys, about=about)
        return await self._ending.apply(refund, seen)

    async def _send(self, refund: Refund) -> Refund:
        """Ask PayBy for the refund; the same number again is the same refund."""
        new = NewRefund(
            refund_merchant_order_no=refund.refund_no,
            merchant_order_no=refund.merchant_order_no,
            amount=refund.amount,
            reason=refund.reason,
            operator_name=refund.asked_by,
        )
        async with self._sending(refund):
            try:
                seen = await self._gateway.refund_order(new)
            except GatewayRejected as refusal:
                if refusal.code == _REFUND_NUMBER_TAKEN:
                    return await self._ask(refund)
                return await self._is_refused(refund, refusal)
            return await self._ending.apply(refund, seen)

    async def _go_on_revoking(self, order: Order, refund: Refund) -> Refund:
        """Ask whether it is undone; what is not may be asked for again."""
        number = order.merchant_order_no
        if refund.status is RefundStatus.PROCESSING or refund.unsure_at:
            if (await self._gateway.get_order(number)).revoked:
                return await self._ending.done(refund)
            if not refund.is_ours:
                return refund
        async with self._sending(refund):
            try:
                seen = await self._gateway.revoke_order(number)
            except GatewayRejected as refusal:
                if refusal.code != _REVOKED_ALREADY:
                    return await self._is_refused(refund, refusal)
                seen = await self._gateway.get_order(number)
            if seen.revoked:
                return await self._ending.done(refund)
            return (await self._refunds.accepted(refund.refund_no, "")).refund

    @asynccontextmanager
    async def _sending(self, refund: Refund) -> AsyncIterator[None]:
        """Keep that it is sent before it is: a crash must not make it look unsent."""
        await self._refunds.sending(refund.refund_no, self._clock.now())
        try:
            yield
        except GatewayUnavailable:
            await self._refunds.sending(refund.refund_no, refund.unsure_at)
            raise

    async def _is_refused(self, refund: Refund, refusal: GatewayRejected) -> Refund:
        """End it, unless an earlier request may still be on its way to PayBy."""
        earlier = refund.unsure_at
        if earlier and self._clock.now() < earlier + _LATE_REQUEST:
            await self._refunds.sending(refund.refund_no, earlier)
            raise refusal
        return await self._ending.failed(refund, str(refusal))

    async def _note_trouble(self, refund: Refund, trouble: GatewayError) -> None:
        log.warning("refund_unclear", refund=refund.refund_no, why=str(trouble))
        if isinstance(trouble, GatewayRefusesUs):
            number = refund.merchant_order_no
            facts = {"why": str(trouble)}
            await self._support.open_case(CaseKind.REFUSED_BY_PAYBY, number, facts)
