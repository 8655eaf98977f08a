"""Brings our orders to where PayBy says they are, in whatever order its words come."""

from datetime import datetime, timedelta

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import (
    AccountNotCreditable,
    Frozen,
    GatewayError,
    GatewayRejected,
    IllegalMove,
    NothingToCredit,
    OutcomeUnknown,
)
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus, contradiction
from core.giving_back import GivingBack
from core.parts import Parts

log = structlog.get_logger()

NUMBER_UNKNOWN = "62004"
_ENDED_AT_PAYBY = "62002"
_LATE_REQUEST = timedelta(minutes=15)
"""PayBy takes no request that is older, so what it does not know by then never was."""


class Settlement:
    """Settles, ends and closes orders; each as often as asked, with one effect."""

    def __init__(self, parts: Parts) -> None:
        self._terms = parts.terms
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._accounts = parts.accounts
        self._notifier = parts.notifier
        self._support = parts.support
        self._clock = parts.clock
        self._giving_back = GivingBack(parts)

    async def ask(self, order: Order, *, found_by: str) -> Order:
        """Ask PayBy how the order stands and act on it. Raises GatewayError.

        A code that nobody should pay any more, and that can be paid, is closed there.
        """
        try:
            seen = await self._gateway.get_order(order.merchant_order_no)
        except GatewayRejected as refusal:
            if refusal.code != NUMBER_UNKNOWN or order.is_paid:
                raise
            return await self._is_unknown(order)
        order = await self.apply(order, seen, found_by=found_by)
        if seen.status is GatewayStatus.CREATED and order.is_over:
            await self.make_sure_it_is_closed(order)
        return order

    async def apply(self, order: Order, seen: GatewayOrder, *, found_by: str) -> Order:
        """Move our order to where PayBy says it is, if it is the same order."""
        if fault := contradiction(order, seen, self._terms.payee_mid):
            await self.contradicted(order, fault)
            return order
        if seen.is_paid:
            return await self.settle(order, seen, found_by=found_by)
        if seen.revoked or seen.status is GatewayStatus.FAILURE:
            return await self._is_over(order, seen)
        if seen.status is GatewayStatus.CREATED and order.status is Status.OPEN:
            return await self._follow_the_end(order, seen)
        return order

    async def settle(
        self, order: Order, payment: GatewayOrder, *, found_by: str
    ) -> Order:
        """Book, credit and tell: each once, however often and at once this runs."""
        number = order.merchant_order_no
        settled = await self._orders.settle(number, payment, found_by)
        if settled.first and not order.is_waiting:
            log.warning("late_money", order=number, ended_as=order.status)
        if settled.order.status is Status.PAID and not settled.first:
            return await self._credit_held(settled.order)
        return await self.credit(settled.order)

    async def _credit_held(self, order: Order) -> Order:
        """Credit money that has waited, unless it went back at PayBy meanwhile.

        A refund that was begun there shows in no order: PayBy's list tells of it, as
        far as PayBy lets us read it.
        """
        account = await self._accounts.find(order.account_id)
        if account is None or not account.is_open:
            return await self.credit(order)
        waited = self._clock.now() - (order.paid_at or order.created_at)
        try:
            await self._giving_back.look_for_others(max(waited, timedelta(days=1)))
        except GatewayRejected as refusal:
            log.warning("refunds_not_listed", why=str(refusal))
        except GatewayError as trouble:
            number = order.merchant_order_no
            log.warning("held_on", order=number, why=str(trouble))
            return order
        return await self.credit(await self._orders.get(order.merchant_order_no))

    async def credit(self, order: Order) -> Order:
        """Credit the account of a paid order and tell, or hold the money and promise.

        What is held is tried again and again: an account may be opened again. What is
        on its way back is not credited.
        """
        number = order.merchant_order_no
        try:
            await self._accounts.credit(order)
        except (AccountNotCreditable, Frozen) as why:
            await self._notifier.tell(order, Event.HELD)
            await self._support.open_case(
                CaseKind.HELD, number, {"account": order.account_id, "why": str(why)}
            )
            return order
        except NothingToCredit:
            return order
        credited = await self._orders.credited(number)
        await self._notifier.tell(credited, Event.CREDITED)
        return credited

    async def end(
        self,
        order: Order,
        status: Status,
        event: Event | None,
        *,
        is_closed: bool,
        paid_at: datetime | None = None,
    ) -> Order:
        """End an order here and say so; one that has moved on stays as it is.

        Without an event its payer has called it off, and knows. With a time of
        payment: it was paid, and PayBy gave the money back.
        """
        number = order.merchant_order_no
        try:
            ended = await self._orders.ended(
                number,
                status,
                is_closed=is_closed,
                paid_at=paid_at,
                called_off=event is None,
            )
        except IllegalMove:  # it got its code in this very moment
            return await self._orders.get(number)
        if ended.status is status and event:
            await self._notifier.tell(ended, event)
        else:
            await self._notifier.refresh(ended)
        return ended

    async def close(self, order: Order, status: Status, event: Event | None) -> Order:
        """Call a waiting order off: at PayBy first, then here.

        It comes back paid when PayBy says so. Without an event its payer has called it
        off, and knows. Raises GatewayError when PayBy does not say: then it may still
        be paid, and stays as it is.
        """
        is_closed = await self.close_there(order)
        order = await self._orders.get(order.merchant_order_no)
        if not order.is_waiting:
            return order
        return await self.end(order, status, event, is_closed=is_closed)

    async def close_there(self, order: Order) -> bool:
        """Call an order off at PayBy; settle it if PayBy says that it was paid.

        Return whether that holds for ever: a number that PayBy does not know may
        still be on its way there. Raises GatewayError when PayBy does not say.
        """
        number = order.merchant_order_no
        try:
            seen = await self._gateway.cancel_order(number)
        except GatewayRejected as refusal:
            if refusal.code == NUMBER_UNKNOWN:
                return self._clock.now() - order.created_at > _LATE_REQUEST
            if refusal.code != _ENDED_AT_PAYBY:
                seen = await self._gateway.get_order(number)
                await self._demand_its_end(order, seen, refusal)
            return True
        if seen.status is not GatewayStatus.FAILURE:
            message = f"PayBy cancelled the order and calls it {seen.status}."
            strange = OutcomeUnknown(message, "STRANGE", number)
            await self._demand_its_end(order, seen, strange)
        return True

    async def _demand_its_end(
        self, order: Order, seen: GatewayOrder, trouble: GatewayError
    ) -> None:
        """Act on what PayBy says. Raises the trouble if nothing has ended the order."""
        order = await self.apply(order, seen, found_by="cancelling")
        if not order.is_paid and not order.is_closed:
            raise trouble

    async def make_sure_it_is_closed(self, order: Order) -> None:
        """See to it that an ended order cannot be paid, unless it was.

        Raises GatewayError when PayBy does not say.
        """
        if await self.close_there(order):
            await self._orders.closed(order.merchant_order_no)

    async def contradicted(self, order: Order, fault: str) -> None:
        """Show support that PayBy's word does not fit our order."""
        number = order.merchant_order_no
        log.error("order_contradicted", order=number, fault=fault)
        await self._orders.note(number, "conflict", {"fault": fault})
        await self._support.open_case(CaseKind.CONTRADICTION, number, {"fault": fault})

    async def _is_unknown(self, order: Order) -> Order:
        """PayBy does not know the number, so nobody can pay it."""
        if order.status is Status.OPEN:
            await self.contradicted(order, "PayBy does not know it any more")
        return order

    async def _is_over(self, order: Order, seen: GatewayOrder) -> Order:
        """PayBy says that nobody will pay, or has given the money back."""
        number = order.merchant_order_no
        if order.is_paid and seen.revoked:
            await self._giving_back.revoked(order)
            return await self._orders.get(number)
        if order.is_paid or seen.paid_at:
            kind = CaseKind.REVOKED if seen.revoked else CaseKind.CONTRADICTION
            facts = {"payby_says": seen.status, "revoked": str(seen.revoked).lower()}
            await self._support.open_case(kind, number, facts)
        if order.is_paid:
            return order
        if not order.is_waiting:
            return await self._orders.closed(number)
        paid_at = seen.paid_at if seen.revoked else None
        if paid_at:
            status, event = Status.CANCELLED, Event.CANCELLED
        elif order.status is Status.CREATING:
            status, event = Status.FAILED, Event.FAILED
        elif self._clock.now() >= order.expires_at:
            status, event = Status.EXPIRED, Event.EXPIRED
        else:
            status, event = Status.CANCELLED, Event.CANCELLED
        return await self.end(order, status, event, is_closed=True, paid_at=paid_at)

    async def _follow_the_end(self, order: Order, seen: GatewayOrder) -> Order:
        """Take over the end that PayBy has for the code, if it is another."""
        if seen.expires_at is None or seen.expires_at == order.expires_at:
            return order
        order = await self._orders.extended(order.merchant_order_no, seen.expires_at)
        await self._notifier.refresh(order)
        return order
