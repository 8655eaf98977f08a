"""What the core asks of the outside world, a sentence per promise.

Each port has one real adapter and, where tests need one, a fake that passes the
same contract tests.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.limits import Breach
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayRefund
from core.domain.refunds import Refund, RefundStatus


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """What PayBy is asked to make a code for."""

    merchant_order_no: str
    amount: Money
    subject: str
    """What is bought, at most 64 characters."""
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewRefund:
    """What PayBy is asked to give back, wholly or in part."""

    refund_merchant_order_no: str
    """Our number of the refund; the same again returns the same refund."""
    merchant_order_no: str = ""
    """Our number of the paid order …"""
    payby_order_no: str = ""
    """… or PayBy's; one of the two."""
    amount: Money
    reason: str
    """At most 64 characters."""
    operator_name: str
    """Which member of support asked for it, at most 200 characters."""


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

    async def change_expiry(
        self, merchant_order_no: str, expires_at: datetime
    ) -> GatewayOrder:
        """Let an unpaid order end at another time; rejects a paid or ended one."""
        ...

    async def was_scanned(self, token_url: str) -> bool:
        """Tell whether a cashier has the code on the POS."""
        ...

    async def paid_orders(self, start: date, end: date) -> Sequence[GatewayOrder]:
        """Return what PayBy's list has of the paid orders of these days, Gulf time.

        A hint: at most the first ten pages of it.
        """
        ...

    async def revoke_order(self, merchant_order_no: str) -> GatewayOrder:
        """Undo an order: unpaid it is closed, paid all of it goes back.

        Rejects one that is undone already (62040), or given back in part.
        """
        ...

    async def refund_order(self, new: NewRefund) -> GatewayRefund:
        """Give money back; the same NewRefund again returns the same refund."""
        ...

    async def get_refund(
        self, refund_no: str = "", *, payby_order_no: str = "", about: str = ""
    ) -> GatewayRefund:
        """Tell the refund of that number, ours or else PayBy's, as it is now.

        Rejects a number it does not know (62007). `about` is our number of the order,
        under which the question is kept.
        """
        ...

    async def refunds(self, start: date, end: date) -> Sequence[GatewayRefund]:
        """Return PayBy's list of the refunds of these days, Gulf time.

        At most the first ten pages of it.
        """
        ...


class RestingGateway(PaymentGateway, Protocol):
    """PayBy, left alone for a while when it gives no answer.

    Every call raises GatewayResting meanwhile.
    """

    @property
    def is_resting(self) -> bool:
        """Whether PayBy is not asked just now."""
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
        """Keep a new order; for a draft that made one already, return that one.

        Raises CodeIsLive when the payer has a waiting order for that account, and
        OverLimit when payer, chat or account may not have that much: of any number
        at once, only so many are kept as fit. Raises Frozen when payer or account is
        stopped.
        """
        ...

    async def demand_not_frozen(self, conversation_id: str, account_id: str) -> None:
        """Raise Frozen if the payer of that chat, or that account, is stopped."""
        ...

    async def breach(
        self,
        conversation_id: str,
        account_id: str,
        amount: Money,
        *,
        instead_of: str = "",
    ) -> Breach | None:
        """Return the limit that such an order would break now; None if it fits.

        A code that is to be given up for it does not count.
        """
        ...

    async def get(self, merchant_order_no: str) -> Order:
        """Return the order. Raises OrderNotFound."""
        ...

    async def of_conversation(
        self, conversation_id: str, limit: int
    ) -> Sequence[Order]:
        """Return the orders of a chat's payer, newest first."""
        ...

    async def of_draft(self, draft_id: str) -> Order | None:
        """Return the order that a confirmation has made, if it has."""
        ...

    async def of_page(self, token: str) -> Order | None:
        """Return the order whose page's address ends in this, if there is one."""
        ...

    async def live(self, conversation_id: str, account_id: str) -> Order | None:
        """Return the payer's waiting order for that account; there is at most one."""
        ...

    async def unclosed(self, conversation_id: str, account_id: str) -> Sequence[Order]:
        """Return ended orders of payer and account that PayBy has not closed yet."""
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

    async def extended(self, merchant_order_no: str, expires_at: datetime) -> Order:
        """Let an open order end at another time; any other stays as it is."""
        ...

    async def ended(
        self,
        merchant_order_no: str,
        status: Status,
        *,
        is_closed: bool,
        paid_at: datetime | None = None,
        called_off: bool = False,
    ) -> Order:
        """Move a waiting order to FAILED, EXPIRED or CANCELLED; else change nothing.

        With a time of payment: it was paid, and PayBy gave the money back. One that
        its payer called off is not told to them in turn.
        """
        ...

    async def closed(self, merchant_order_no: str) -> Order:
        """Keep that PayBy has closed an ended order; else change nothing."""
        ...

    async def settle(
        self, merchant_order_no: str, payment: GatewayOrder, found_by: str
    ) -> Settled:
        """Book the payment, once: order and ledger in one transaction.

        Of any number of calls, at once or after a crash, exactly one is `first`.
        `found_by` says how we learnt of it: "notice", "asking" …
        """
        ...

    async def credited(self, merchant_order_no: str) -> Order:
        """Say that the paid order's account has been credited; again is harmless."""
        ...

    async def due(self, statuses: Collection[Status], limit: int) -> Sequence[str]:
        """Return the numbers of orders to look at now, the most overdue first."""
        ...

    async def looked(
        self,
        merchant_order_no: str,
        *,
        since: datetime,
        is_done: bool,
        at_latest: datetime | None = None,
    ) -> datetime | None:
        """Keep that the order was looked at from that time on; return the next look.

        There is none when all is done. A look that was asked for meanwhile comes soon.
        """
        ...

    async def look_now(self, numbers: Collection[str]) -> int:
        """Let the unpaid among these be looked at before others; return how many."""
        ...

    async def note(
        self, merchant_order_no: str, kind: str, facts: dict[str, str]
    ) -> None:
        """Append a line to the order's timeline."""
        ...

    async def timeline(self, merchant_order_no: str) -> Sequence[Happening]:
        """Return what happened to the order, oldest first."""
        ...


@dataclass(frozen=True)
class Changed:
    """What became of a refund: `before` is how it stood until now."""

    order: Order
    refund: Refund
    before: RefundStatus

    @property
    def is_new(self) -> bool:
        """Whether this very call has changed its status."""
        return self.refund.status is not self.before


class RefundBook(Protocol):
    """All money that goes back or has, durable, with what is booked for it."""

    async def add(self, refund: Refund, left: Money) -> Refund:
        """Keep a new refund; for a wish that made one already, return that one.

        `left` is what its asker has seen to be refundable. Raises NotRefundable.
        """
        ...

    async def found(self, refund: Refund) -> Refund:
        """Keep a refund that was begun at PayBy; one that is known stays as it is."""
        ...

    async def get(self, refund_no: str) -> Refund:
        """Return the refund. Raises RefundNotFound."""
        ...

    async def of_request(self, request_id: str) -> Refund | None:
        """Return the refund that a wish has made, if it has."""
        ...

    async def of_order(self, merchant_order_no: str) -> Sequence[Refund]:
        """Return the refunds of an order, oldest first."""
        ...

    async def sending(self, refund_no: str, at: datetime | None) -> None:
        """Keep when it was sent without our knowing what comes of it; None: never."""
        ...

    async def accepted(self, refund_no: str, payby_refund_no: str) -> Changed:
        """Keep that PayBy has an asked refund; any other stays as it is."""
        ...

    async def done(self, refund_no: str, payby_refund_no: str) -> Changed:
        """Book that PayBy has given the money back: refund, order and ledger, once.

        Raises IllegalMove when more than the whole order would have gone back.
        """
        ...

    async def failed(
        self, refund_no: str, status: RefundStatus, trouble: str
    ) -> Changed:
        """End a refund that is under way as FAILED or REFUSED; else change nothing.

        What PayBy may have heard of is not refused any more.
        """
        ...

    async def due(self, limit: int) -> Sequence[str]:
        """Return the numbers of refunds to look at now, the most overdue first."""
        ...

    async def looked(self, refund_no: str, *, is_done: bool) -> datetime | None:
        """Keep that it was looked at; return the next look, if there is one."""
        ...

    async def look_now(self, refund_no: str) -> None:
        """Let it be looked at before others."""
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

        What was taken back before is left out. Raises AccountNotCreditable when the
        account is gone or closed, Frozen when it or the payer is stopped, and
        NothingToCredit when nothing is left to add.
        """
        ...

    async def take_back(
        self, order: Order, refund: Refund, *, even_below_zero: bool
    ) -> None:
        """Take a refund's sum from the order's account, once per refund.

        Of an order that is not credited yet it is kept back from what will be. Raises
        AccountSpent when there is less, unless the account may go below zero.
        """
        ...

    async def give_again(self, order: Order, refund: Refund) -> None:
        """Undo a taking back, once; of what was not taken back, nothing."""
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
        """See to it, durably and once per order and event, that the payer is told.

        A reminder is told once per end of the code. Messages that show a code which
        was paid or has ended show that as well. Asking again is harmless, and puts
        right a push whose job has died.
        """
        ...

    async def has_told(self, order: Order, event: Event) -> bool:
        """Tell whether that push has come to an end: sent, or held for good reason."""
        ...

    async def refresh(self, order: Order) -> None:
        """Let every message that shows the order's code show how it stands now."""
        ...


class RefundNews(Protocol):
    """How a payer hears of money that goes back."""

    async def tell(self, order: Order, refund: Refund) -> None:
        """See to it, durably and once, that the payer hears how the refund stands."""
        ...

    async def has_told(self, order: Order, refund: Refund) -> bool:
        """Tell whether that has come to an end: sent, or held for good reason."""
        ...


class Support(Protocol):
    """The people who set right what no program can."""

    async def open_case(
        self,
        kind: CaseKind,
        merchant_order_no: str,
        facts: dict[str, str],
        *,
        refund_no: str = "",
    ) -> int:
        """Open a case and let support know; its number.

        An order has each kind once, and so has each of its refunds.
        """
        ...


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Return the time, in UTC, aware."""
        ...
