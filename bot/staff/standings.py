"""How an order stands, and what can be done to it now, for every part of the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Outgoing
from bot.pushes import event_of
from bot.staff.ports import Refunds, TopUps
from core.database.messages import Delivery
from core.database.order_files import OrderFile, Sent, SqlOrderFiles
from core.database.order_search import SqlOrderSearch
from core.domain.acts import Act, Standing
from core.domain.audit import AuditEntry
from core.domain.errors import Frozen
from core.domain.orders import Event, Order, Status
from core.ports import Clock

STATE_EVENT: dict[Status, Event] = {
    Status.OPEN: Event.READY,
    Status.PAID: Event.HELD,
    Status.CREDITED: Event.CREDITED,
    Status.FAILED: Event.FAILED,
    Status.EXPIRED: Event.EXPIRED,
    Status.CANCELLED: Event.CANCELLED,
}
"""What the payer of an order in that status should have heard."""
UNCLEAR = "unclear"
"""What the audit says of an act about whose outcome PayBy did not tell."""
_LOST = {Delivery.REFUSED, Delivery.UNREACHABLE, Delivery.UNKNOWN}
_LEFT_LYING = timedelta(minutes=10)
_MOST_ALIKE = 5


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An order as staff look at it now."""

    file: OrderFile
    standing: Standing

    @property
    def order(self) -> Order:
        """The order."""
        return self.file.order


class Standings:
    """Looks orders up."""

    def __init__(
        self,
        *,
        search: SqlOrderSearch,
        files: SqlOrderFiles,
        topups: TopUps,
        refunds: Refunds,
        clock: Clock,
    ) -> None:
        self._search = search
        self._files = files
        self._topups = topups
        self._refunds = refunds
        self._clock = clock

    async def named(self, typed: str) -> Seen | Outgoing:
        """Return the order with that number or end of one, or the message of none."""
        number = typed.strip().upper()
        if not number:
            return Outgoing("Which order? Type its number behind the command.")
        found = await self._search.numbered(number, _MOST_ALIKE)
        if len(found) == 1:
            return await self.of(found[0].merchant_order_no)
        if not found:
            return Outgoing("There is no order with that number. Try /find.")
        alike = "\n".join(order.merchant_order_no for order in found)
        return Outgoing(f"Several orders end so. Which one?\n{alike}")

    async def of(self, merchant_order_no: str) -> Seen:
        """Return how an order stands now. Raises OrderNotFound."""
        file = await self._files.get(merchant_order_no)
        now = self._clock.now()
        standing = Standing(
            order=file.order,
            now=now,
            money=await self._refunds.preview(merchant_order_no),
            longer_end=self._topups.longer_end(file.order),
            is_told=_is_told(file, now),
            is_frozen=await self._is_frozen(file.order),
            is_cancel_unclear=_is_cancel_unclear(file.last_act),
            retried_as=file.retried_as,
        )
        return Seen(file=file, standing=standing)

    async def _is_frozen(self, order: Order) -> bool:
        try:
            await self._topups.demand_not_frozen(order)
        except Frozen:
            return True
        return False


def _is_cancel_unclear(act: AuditEntry | None) -> bool:
    return act is not None and act.act == Act.CANCEL and UNCLEAR in act.after


def _is_told(file: OrderFile, now: datetime) -> bool:
    """Tell whether the newest messages of how the order stands have not failed."""
    event = STATE_EVENT.get(file.order.status)
    own = [sent for sent in file.messages if event and event_of(sent.id) is event]
    return not own or any(not _is_lost(sent, now) for sent in own)


def _is_lost(sent: Sent, now: datetime) -> bool:
    state = Delivery(sent.state)
    if state in {Delivery.WAITING, Delivery.SENDING}:
        return sent.at < now - _LEFT_LYING
    return state in _LOST
