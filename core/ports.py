"""What the core asks of the outside world, a sentence per promise.

Each port has one real adapter and, where tests need one, a fake that passes the
same contract tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.domain.accounts import Account
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """What PayBy is asked to make a code for."""

    merchant_order_no: str
    amount: Money
    subject: str
    """What is bought, at most 64 characters."""
    expires_at: datetime


class PaymentGateway(Protocol):
    """PayBy, as the story of a top-up needs it.

    Every call raises GatewayUnavailable (not done), OutcomeUnknown (maybe done) or
    GatewayRejected (final).
    """

    async def create_order(self, new: NewOrder) -> GatewayOrder:
        """Make the code; the same NewOrder again returns the same code."""
        ...

    async def get_order(self, merchant_order_no: str) -> GatewayOrder:
        """Tell the order as it is now; rejects a number it does not know."""
        ...

    async def cancel_order(self, merchant_order_no: str) -> GatewayOrder:
        """Close an unpaid order for good; rejects one that is paid."""
        ...

    async def was_scanned(self, token_url: str) -> bool:
        """Tell whether a cashier has the code on the POS."""
        ...


@dataclass(frozen=True)
class Settled:
    """What settle did: `first` is true for the one call that booked it."""

    order: Order
    first: bool


@dataclass(frozen=True)
class Happening:
    """One line of an order's timeline; `facts` never hold secrets."""

    at: datetime
    kind: str
    """What happened, in a word: asked, answered, notice, settled, message …"""
    facts: dict[str, str] = field(default_factory=dict)


class Orders(Protocol):
    """Our orders, their bookings and their timelines, durable."""

    async def add(self, order: Order) -> Order:
        """Keep a new order; for a draft that made one already, return that one."""
        ...

    async def get(self, merchant_order_no: str) -> Order:
        """Return the order. Raises OrderNotFound."""
        ...

    async def of_conversation(
        self, conversation_id: str, limit: int
    ) -> Sequence[Order]:
        """Return a chat's orders, newest first."""
        ...

    async def opened(
        self,
        merchant_order_no: str,
        payby_order_no: str,
        token_url: str,
        expires_at: datetime,
    ) -> Order:
        """Keep the code PayBy made; a second time, or once ended, changes nothing."""
        ...

    async def ended(self, merchant_order_no: str, status: Status) -> Order:
        """Move a waiting order to FAILED, EXPIRED or CANCELLED; else change nothing."""
        ...

    async def settle(self, merchant_order_no: str, payment: GatewayOrder) -> Settled:
        """Book the payment, once: order and ledger in one transaction.

        Of any number of calls, at once or after a crash, exactly one is `first`.
        """
        ...

    async def credited(self, merchant_order_no: str) -> Order:
        """Say that the paid order's account has been credited; again is harmless."""
        ...

    async def note(
        self, merchant_order_no: str, kind: str, facts: dict[str, str]
    ) -> None:
        """Append a line to the order's timeline."""
        ...

    async def timeline(self, merchant_order_no: str) -> Sequence[Happening]:
        """Return what happened to the order, oldest first."""
        ...


class Accounts(Protocol):
    """The merchant's online accounts."""

    async def find(self, account_id: str) -> Account | None:
        """Return the account, open or closed; None when there is none."""
        ...

    async def balance(self, account_id: str) -> Money:
        """Return what the account holds now."""
        ...

    async def credit(self, order: Order) -> None:
        """Add the order's amount to its account, once per order, however often asked.

        Raises AccountNotCreditable when the account is gone or closed.
        """
        ...


@dataclass(frozen=True)
class Verdict:
    """What we made of a notice."""

    kind: str
    """acquireOrder, refundOrder, …: PayBy's word for what it tells of."""
    merchant_order_no: str
    """The order it is about, if it names one."""
    sentence: str


@dataclass(frozen=True)
class KeptNotice:
    """An authentic notice, as it came."""

    digest: str
    """SHA-256 of the body, in hex: the same bytes are the same notice."""
    body: str


class Notices(Protocol):
    """Every authentic notice, of kinds we know and kinds we do not, durable."""

    async def keep(self, notice: KeptNotice) -> bool:
        """Store a notice that is not heeded yet; false when it was there already."""
        ...

    async def unheeded(self, kept_before: datetime, limit: int) -> Sequence[KeptNotice]:
        """Return the oldest notices that were kept before a time and never heeded."""
        ...

    async def heeded(self, digest: str, verdict: Verdict) -> None:
        """Keep the verdict, with the notice and in its order's timeline."""
        ...


class Notifier(Protocol):
    """How a payer hears of an order."""

    async def tell(self, order: Order, event: Event) -> None:
        """See to it, durably and once per order and event, that the payer is told."""
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Return the time, in UTC, aware."""
        ...
