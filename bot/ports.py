"""What the conversation asks of the core, a sentence per promise."""

from typing import Protocol

from core.domain.accounts import Account
from core.domain.money import Money
from core.domain.orders import Order


class Limits(Protocol):
    """The least and the most that one order may be."""

    @property
    def minimum(self) -> Money:
        """The least."""
        ...

    @property
    def maximum(self) -> Money:
        """The most."""
        ...


class TopUps(Protocol):
    """The life of a top-up, as far as a payer can touch it."""

    @property
    def limits(self) -> Limits:
        """What one order may be."""
        ...

    async def find_account(self, account_id: str) -> Account:
        """Return an open account. Raises AccountNotCreditable."""
        ...

    def check_amount(self, amount: Money) -> None:
        """Raise AmountOutOfLimits unless one order may be that much."""
        ...

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        """Begin the top-up that was confirmed; the code follows as a push.

        The same draft again returns the same order. Raises AccountNotCreditable or
        AmountOutOfLimits.
        """
        ...

    async def check(self, merchant_order_no: str) -> Order:
        """Ask PayBy now, settle if paid, return the order. Raises GatewayError."""
        ...
