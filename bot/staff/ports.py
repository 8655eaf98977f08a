"""What the desk asks of the core and of the outbox, a sentence per promise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import bot.ports
from bot.ports import Store
from core.database.messages import Delivery
from core.domain.money import Money
from core.domain.orders import Event, Order
from core.domain.refunds import Possible, Refund
from core.refunds import Undone


class TopUps(Protocol):
    """The life of a top-up, as far as support can touch it."""

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        """Begin a top-up for a payer; the same draft again returns the same order.

        Raises a TopUpError that says why not, and then nothing exists.
        """
        ...

    async def check(self, merchant_order_no: str) -> Order:
        """Ask PayBy now, settle if paid, return the order. Raises GatewayError."""
        ...

    async def attend(self, merchant_order_no: str) -> None:
        """Do whatever is missing. Raises GatewayResting."""
        ...

    async def cancel(self, merchant_order_no: str, *, by_payer: bool) -> Order:
        """Call an unpaid order off; it may come back paid.

        A payer who has not called it off is told. Raises AtTheTill or GatewayError.
        """
        ...

    async def demand_not_frozen(self, order: Order) -> None:
        """Raise Frozen if the order's payer or account is stopped."""
        ...

    def longer_end(self, order: Order) -> datetime | None:
        """Tell until when one step would extend the code; None when it cannot."""
        ...

    async def extend(self, merchant_order_no: str) -> Order:
        """Let the same code live on. Raises CannotExtend or GatewayError."""
        ...


class Refunds(Protocol):
    """Money on its way back."""

    async def preview(self, merchant_order_no: str) -> Possible:
        """Tell what can be given back of an order now. Raises OrderNotFound."""
        ...

    async def refund(
        self,
        merchant_order_no: str,
        amount: Money,
        *,
        reason: str,
        by: str,
        request_id: str,
        left: Money,
    ) -> Refund:
        """Give back a sum; the same request again is one. Raises NotRefundable."""
        ...

    async def revoke(
        self, merchant_order_no: str, *, reason: str, by: str, request_id: str
    ) -> Undone:
        """Undo an order; the same request again is one.

        Raises NotRefundable or GatewayError.
        """
        ...

    async def attend(self, refund_no: str) -> None:
        """Do whatever is missing of a refund, under the same number."""
        ...


class Stores(bot.ports.Stores, Protocol):
    """The stores that take part, those that are shown to no payer too."""

    async def named(self, text: str, count: int) -> Sequence[Store]:
        """Return up to `count` stores whose name says so, whole or in part."""
        ...


class Pushes(Protocol):
    """The way to an order's payer."""

    async def tell(self, order: Order, event: Event) -> None:
        """See to it, durably and once per order and event, that the payer is told."""
        ...

    async def show_again(self, order: Order, event: Event, name: str) -> Delivery:
        """Show once more how the order stands, under a name like number:event:again."""
        ...
