"""What the story of a top-up works with."""

from dataclasses import dataclass

from core.domain.terms import Terms
from core.ports import Accounts, Clock, Notifier, Orders, RestingGateway, Support


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The merchant's terms, and the ways out into the world."""

    terms: Terms
    gateway: RestingGateway
    orders: Orders
    accounts: Accounts
    notifier: Notifier
    support: Support
    clock: Clock
