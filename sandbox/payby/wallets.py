"""Wallets: the balance of a member of PayBy, a store or the merchant."""

from dataclasses import dataclass
from decimal import Decimal


class BalanceTooLow(Exception):
    """The wallet lacks the amount; nothing was taken."""


@dataclass
class Wallet:
    """A member's balance in AED."""

    mid: str
    """Member id, 12 digits."""

    mobile_mask: str
    """All that PayBy shows of the member's phone number."""

    balance: Decimal

    def debit(self, amount: Decimal) -> None:
        """Take an amount out; raises BalanceTooLow."""
        if amount > self.balance:
            raise BalanceTooLow
        self.balance -= amount

    def credit(self, amount: Decimal) -> None:
        """Put an amount in."""
        self.balance += amount
