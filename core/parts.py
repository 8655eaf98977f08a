"""What the story of a top-up works with."""

from dataclasses import dataclass

from core.domain.terms import Terms
from core.ports import (
    Accounts,
    Clock,
    Notifier,
    Orders,
    RefundBook,
    RefundNews,
    RestingGateway,
    Support,
)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The merchant's terms, and the ways out into the world."""

    terms: Terms
    gateway: RestingGateway
    orders: Orders
    refunds: RefundBook
    accounts: Accounts
    notifier: Notifier
    refund_news: RefundNews
    support: Support
    clock: Clock
