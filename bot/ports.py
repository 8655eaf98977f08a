"""What the conversation asks of the core, a sentence per promise."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from core.domain.accounts import Account
from core.domain.links import CodeFault, Payer
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.stores import Trouble
from core.domain.talks import Talk
from core.domain.terms import Limits


class TopUps(Protocol):
    """The life of a top-up, as far as a payer can touch it."""

    limits: Limits
    """How little and how much one order may be."""

    async def find_account(self, account_id: str) -> Account:
        """Return an open account. Raises AccountNotCreditable."""
        ...

    def check_amount(self, amount: Money) -> None:
        """Raise AmountOutOfLimits unless one order may be that much."""
        ...

    async def check_limits(
        self,
        conversation_id: str,
        account_id: str,
        amount: Money,
        *,
        instead_of: str = "",
    ) -> None:
        """Raise OverLimit if payer, chat or account may not have that much now.

        A code that is to be given up for it does not count. Raises Frozen when payer
        or account is stopped.
        """
        ...

    async def demand_not_frozen(self, order: Order) -> None:
        """Raise Frozen if the order's payer or account is stopped."""
        ...

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        """Begin the top-up that was confirmed; the code follows as a push.

        The same draft again returns the same order. Raises AccountNotCreditable,
        AmountOutOfLimits, OverLimit, Frozen, CodeIsLive when the payer has a waiting
        order for that account, or GatewayResting when PayBy does not answer; then
        nothing exists.
        """
        ...

    async def cancel(
        self, merchant_order_no: str, *, even_at_the_till: bool = False
    ) -> Order:
        """Call an unpaid order off: at PayBy first, then here; return how it stands.

        It comes back paid when PayBy says so, settled as usual. Raises AtTheTill when
        a cashier has the code on the POS, and GatewayError when PayBy gives no answer:
        the code may still be paid then.
        """
        ...

    def longer_end(self, order: Order) -> datetime | None:
        """Tell until when one tap would extend the code; None when it cannot."""
        ...

    async def extend(self, merchant_order_no: str) -> Order:
        """Let the same code live on. Raises CannotExtend or GatewayError."""
        ...

    async def check(self, merchant_order_no: str) -> Order:
        """Ask PayBy now, settle if paid, return the order. Raises GatewayError."""
        ...


class Orders(Protocol):
    """The orders of a chat's payer, whichever of their chats they were made in."""

    async def of_draft(self, draft_id: str) -> Order | None:
        """Return the order that a confirmation has made, in whichever chat."""
        ...

    async def live(self, conversation_id: str, account_id: str) -> Order | None:
        """Return the payer's waiting order for that account; there is at most one."""
        ...

    async def of_conversation(
        self, conversation_id: str, limit: int
    ) -> Sequence[Order]:
        """Return the orders of a chat's payer, newest first."""
        ...


class Accounts(Protocol):
    """What the online accounts hold."""

    async def balance(self, account_id: str) -> Money:
        """Return what the account holds now."""
        ...


class Store(Protocol):
    """A shop where a code can be paid."""

    @property
    def id(self) -> str:
        """What PayBy calls it."""
        ...

    @property
    def name(self) -> str:
        """What the sign says."""
        ...

    @property
    def name_ar(self) -> str:
        """The same in Arabic, or empty."""
        ...

    @property
    def address(self) -> str:
        """Street and area."""
        ...

    @property
    def address_ar(self) -> str:
        """The same in Arabic, or empty."""
        ...

    @property
    def latitude(self) -> float:
        """Degrees north."""
        ...

    @property
    def longitude(self) -> float:
        """Degrees east."""
        ...


class Found(Protocol):
    """A store with what a payer on the way wants to know."""

    @property
    def store(self) -> Store:
        """The store."""
        ...

    @property
    def distance_m(self) -> float | None:
        """How far it is; None when only an area is known."""
        ...

    @property
    def open_now(self) -> bool:
        """Whether it is open."""
        ...

    @property
    def changes_at(self) -> datetime | None:
        """When it closes, or opens if it is closed; None when it never does."""
        ...


class Stores(Protocol):
    """The stores that take part."""

    def by_id(self, store_id: str) -> Store | None:
        """Return the store that PayBy calls so; None when we do not list it."""
        ...

    def nearest(
        self,
        latitude: float,
        longitude: float,
        at: datetime,
        count: int,
        *,
        avoid: Collection[str] = (),
    ) -> Sequence[Found]:
        """Return the stores to walk to, best first, without those to avoid."""
        ...

    def in_area(
        self, text: str, at: datetime, count: int, *, avoid: Collection[str] = ()
    ) -> Sequence[Found]:
        """Return the stores of a typed area; none when it knows no such area."""
        ...

    async def report(
        self, store_id: str, merchant_order_no: str, trouble: Trouble
    ) -> None:
        """Keep that the store could not take that order, and rank it down at once.

        An order's second report of a store changes nothing.
        """
        ...


class Links(Protocol):
    """Which chats belong to one payer."""

    async def give(self, conversation_id: str, digest: str) -> None:
        """Keep a new code of a chat, of which only this is known; its old one ends."""
        ...

    async def join(self, digest: str, conversation_id: str) -> Payer | CodeFault:
        """Use a code up: join the chat that sent it with the one that was given it.

        A second call of the chat that has used it returns the same payer.
        """
        ...

    async def payer(self, conversation_id: str) -> Payer | None:
        """Return the payer of several chats; None when there is only this one."""
        ...

    async def leave(self, conversation_id: str) -> None:
        """Take a chat out."""
        ...


class People(Protocol):
    """The people of support, for who wants to talk to one."""

    async def ask(self, conversation_id: str, merchant_order_no: str) -> Talk:
        """Open a payer's case, about an order if any, and let support know.

        A case in which the payer talks already goes on.
        """
        ...


class LinkNews(Protocol):
    """How a payer's other chats hear that they were joined or parted."""

    async def joined(self, payer: Payer, conversation_id: str, digest: str) -> None:
        """Tell the others, once, that this chat has joined them by that code."""
        ...

    async def leaving(self, payer: Payer, conversation_id: str) -> None:
        """Tell the others, once, that this chat leaves them."""
        ...
