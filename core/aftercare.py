"""What is done for an order to which nothing happens, whenever it is looked at.

Whatever may have been missed is found out and made good under the same ids as always:
an end, a payment without a notice, a credit, a message.
"""

from collections.abc import Awaitable, Callable

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import GatewayError, GatewayResting
from core.domain.orders import Event, Order, Status
from core.domain.watching import is_time_to_remind
from core.parts import Parts
from core.settlement import Settlement

log = structlog.get_logger()

_TOLD: dict[Status, Event] = {
    Status.OPEN: Event.READY,
    Status.CREDITED: Event.CREDITED,
    Status.EXPIRED: Event.EXPIRED,
    Status.FAILED: Event.FAILED,
    Status.CANCELLED: Event.CANCELLED,
}
"""What the payer of an order in that state has been told, or will be."""


class Aftercare:
    """Looks after one order at a time; again is harmless."""

    def __init__(
        self,
        parts: Parts,
        settlement: Settlement,
        create_again: Callable[[Order], Awaitable[None]],
    ) -> None:
        self._pace = parts.terms.pace
        self._lifetime = parts.terms.lifetime
        self._orders = parts.orders
        self._notifier = parts.notifier
        self._support = parts.support
        self._clock = parts.clock
        self._settlement = settlement
        self._create_again = create_again

    async def attend(self, merchant_order_no: str) -> None:
        """Look after an order to which nothing happens: whatever is missing is done.

        Raises GatewayResting when PayBy would have to be asked, and then the order
        waits for its turn.
        """
        since = self._clock.now()
        order = await self._orders.get(merchant_order_no)
        if order.status is Status.CREATING:
            await self._create_again(order)
        at_latest = None
        if order.status not in {Status.CREATING, Status.CREDITED}:
            if not await self._ask_after(order):
                at_latest = since + self._pace.after_no_answer
            order = await self._orders.get(merchant_order_no)
        is_told = await self._make_sure_it_is_told(order)
        is_done = order.status is Status.CREDITED and is_told
        again = await self._orders.looked(
            merchant_order_no, since=since, is_done=is_done, at_latest=at_latest
        )
        if order.status is Status.CREDITED and not is_done and again is None:
            facts = {"event": str(Event.CREDITED)}
            await self._support.open_case(CaseKind.NOT_TOLD, merchant_order_no, facts)

    async def _ask_after(self, order: Order) -> bool:
        """Ask PayBy; a code whose time is over is closed there, then here.

        Held money is credited only if PayBy has not given it back meanwhile. Return
        whether PayBy has answered.
        """
        number = order.merchant_order_no
        try:
            if order.is_over and not order.is_closed:
                await self._settlement.make_sure_it_is_closed(order)
            else:
                order = await self._settlement.ask(order, found_by="asking")
            if order.status is Status.OPEN and self._clock.now() >= order.expires_at:
                await self._settlement.close(order, Status.EXPIRED, Event.EXPIRED)
        except GatewayResting:
            raise
        except GatewayError as trouble:
            log.warning("look_failed", order=number, why=str(trouble))
            await self._alert_when_overdue(order, trouble)
            return False
        return True

    async def _alert_when_overdue(self, order: Order, trouble: GatewayError) -> None:
        """Let a person look when PayBy does not say for long how a code ended."""
        if order.is_paid or order.is_closed:
            return
        patience = self._pace.closing_patience
        if self._clock.now() > order.expires_at + patience:
            facts = {"payby_says": str(trouble)}
            await self._support.open_case(
                CaseKind.CANCEL_FAILING, order.merchant_order_no, facts
            )

    async def _make_sure_it_is_told(self, order: Order) -> bool:
        """Tell what the payer should have heard by now; whether that has ended."""
        if is_time_to_remind(order, self._lifetime, self._clock.now()):
            await self._tell_once(order, Event.REMINDER)
        if not order.is_waiting:
            await self._notifier.refresh(order)
        event = _news_of(order)
        return event is None or await self._tell_once(order, event)

    async def _tell_once(self, order: Order, event: Event) -> bool:
        if await self._notifier.has_told(order, event):
            return True
        await self._notifier.tell(order, event)
        return False


def _news_of(order: Order) -> Event | None:
    """Return what the payer should have heard; a payer who called it off knows."""
    if order.status is Status.CANCELLED and order.called_off:
        return None
    return _TOLD.get(order.status)
