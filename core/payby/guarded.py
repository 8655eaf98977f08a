"""PayBy behind a circuit breaker."""

from collections.abc import Sequence
from datetime import date, datetime

from core.domain.payments import GatewayOrder, GatewayRefund
from core.domain.terms import Pace
from core.payby.breaker import Away, Breaker
from core.ports import Clock, NewOrder, NewRefund, PaymentGateway


class GuardedGateway:
    """Another PaymentGateway, left alone while it is in trouble.

    Every call may raise GatewayResting: certainly not done, since nothing was sent.
    """

    def __init__(self, gateway: PaymentGateway, clock: Clock, pace: Pace) -> None:
        self._gateway = gateway
        self._breaker = Breaker(clock, pace)

    @property
    def is_resting(self) -> bool:
        """Whether a call made now would be turned away."""
        return self._breaker.is_resting

    @property
    def why(self) -> str:
        """Say since when calls are held back and why; empty while they are not."""
        return self._breaker.why

    @property
    def away(self) -> Away | None:
        """Return since when PayBy gives no answer; None while it does."""
        return self._breaker.away

    async def create_order(self, new: NewOrder) -> GatewayOrder:
        """Make the code; the same NewOrder again returns the same code."""
        with self._breaker.guarding(new.merchant_order_no):
            return await self._gateway.create_order(new)

    async def get_order(self, merchant_order_no: str) -> GatewayOrder:
        """Tell the order as it is now; rejects a number it does not know."""
        with self._breaker.guarding(merchant_order_no):
            return await self._gateway.get_order(merchant_order_no)

    async def cancel_order(self, merchant_order_no: str) -> GatewayOrder:
        """Close an unpaid order for good; rejects one that is paid."""
        with self._breaker.guarding(merchant_order_no):
            return await self._gateway.cancel_order(merchant_order_no)

    async def change_expiry(
        self, merchant_order_no: str, expires_at: datetime
    ) -> GatewayOrder:
        """Let an unpaid order end at another time; rejects one paid or ended."""
        with self._breaker.guarding(merchant_order_no):
            return await self._gateway.change_expiry(merchant_order_no, expires_at)

    async def paid_orders(self, start: date, end: date) -> Sequence[GatewayOrder]:
        """Return what PayBy's list has of the paid orders of these days, Gulf time."""
        with self._breaker.guarding():
            return await self._gateway.paid_orders(start, end)

    async def was_scanned(self, token_url: str) -> bool:
        """Tell whether a cashier has the code on the POS."""
        with self._breaker.guarding():
            return await self._gateway.was_scanned(token_url)

    async def revoke_order(self, merchant_order_no: str) -> GatewayOrder:
        """Undo an order: unpaid it is closed, paid all of it goes back."""
        with self._breaker.guarding(merchant_order_no):
            return await self._gateway.revoke_order(merchant_order_no)

    async def refund_order(self, new: NewRefund) -> GatewayRefund:
        """Give money back; the same NewRefund again returns the same refund."""
        with self._breaker.guarding(new.merchant_order_no):
            return await self._gateway.refund_order(new)

    async def get_refund(
        self, refund_no: str = "", *, payby_order_no: str = "", about: str = ""
    ) -> GatewayRefund:
        """Tell the refund of that number as it is now."""
        with self._breaker.guarding(about):
            return await self._gateway.get_refund(
                refund_no, payby_order_no=payby_order_no, about=about
            )

    async def refunds(self, start: date, end: date) -> Sequence[GatewayRefund]:
        """Return PayBy's list of the refunds of these days, Gulf time."""
        with self._breaker.guarding():
            return await self._gateway.refunds(start, end)
