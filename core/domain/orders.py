"""A top-up order: what it knows and which way it may move."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.domain.errors import IllegalMove
from core.domain.money import NOTHING, Money

NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, no 1/I: read aloud


class Status(StrEnum):
    """Where an order stands."""

    CREATING = "creating"  # asked of PayBy, no code yet
    OPEN = "open"  # the code can be paid
    PAID = "paid"  # PayBy has the money, the account is not credited yet
    CREDITED = "credited"  # paid, and the account's balance has grown
    EXPIRED = "expired"  # nobody paid in time
    CANCELLED = "cancelled"  # called off at PayBy before it was paid
    FAILED = "failed"  # no code was ever made


class Event(StrEnum):
    """What happened to an order that its payer should hear of."""

    DELAYED = "delayed"  # PayBy has not confirmed the code yet
    READY = "ready"  # the code can be shown
    FAILED = "failed"  # no code was made
    SCANNED = "scanned"  # a cashier has the code on the POS
    CREDITED = "credited"  # paid, and the account is credited
    HELD = "held"  # paid, but the account cannot be credited yet
    REMINDER = "reminder"  # the code ends soon
    EXPIRED = "expired"  # the code ended unpaid
    CANCELLED = "cancelled"  # the code was called off, and not by its payer


# Money that comes late is never refused: an ended order may still be paid.
LEGAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.CREATING: frozenset(
        {Status.OPEN, Status.PAID, Status.FAILED, Status.CANCELLED}
    ),
    Status.OPEN: frozenset({Status.PAID, Status.EXPIRED, Status.CANCELLED}),
    Status.PAID: frozenset({Status.CREDITED}),
    Status.CREDITED: frozenset(),
    Status.EXPIRED: frozenset({Status.PAID}),
    Status.CANCELLED: frozenset({Status.PAID}),
    Status.FAILED: frozenset({Status.PAID}),
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One top-up, from the payer's confirmation on. Times are UTC."""

    merchant_order_no: str
    """Our number, which PayBy, payer and support all quote."""
    draft_id: str
    """The confirmation it came from: one draft makes at most one order."""
    conversation_id: str
    """The chat that asked for it and hears of it."""
    account_id: str
    """The online account to credit."""
    account_name: str
    """Its masked name, as the payer confirmed it."""
    amount: Money
    status: Status
    created_at: datetime
    expires_at: datetime
    """Until when the code can be paid."""
    payby_order_no: str = ""
    """PayBy's number, once it has answered."""
    token_url: str = ""
    """What the QR code holds, exactly."""
    paid_at: datetime | None = None
    """When the cashier paid, by PayBy's word."""
    store_id: str = ""
    """Where it was paid, when PayBy says so."""
    is_closed: bool = False
    """Whether PayBy has said that its code cannot be paid, now or ever."""
    called_off: bool = False
    """Whether its payer called it off, and so need not be told of its end."""
    page_token: str = ""
    """What the address of its page ends in: whoever knows it may see the order. Empty
    for orders from before there were pages."""
    refunded: Money = NOTHING
    """What PayBy has given back of it since it was booked here."""

    @property
    def is_paid(self) -> bool:
        """Whether the money has arrived, credited or not."""
        return self.status in {Status.PAID, Status.CREDITED}

    @property
    def is_waiting(self) -> bool:
        """Whether the payer can still expect to pay it."""
        return self.status in {Status.CREATING, Status.OPEN}

    @property
    def is_over(self) -> bool:
        """Whether it has ended unpaid, as far as we know."""
        return not self.is_paid and not self.is_waiting

    @property
    def is_given_back(self) -> bool:
        """Whether PayBy gave the money back before it was booked here."""
        return self.status is Status.CANCELLED and self.paid_at is not None

    @property
    def is_refunded(self) -> bool:
        """Whether all of the money has gone back after it was booked here."""
        return self.refunded >= self.amount

    def moved(self, to: Status) -> "Order":
        """Return the order in its next status. Raises IllegalMove."""
        if to not in LEGAL_MOVES[self.status]:
            raise IllegalMove(self.merchant_order_no, self.status, to)
        return replace(self, status=to)

    def opened(
        self, payby_order_no: str, token_url: str, expires_at: datetime
    ) -> "Order":
        """Return the order with the code that PayBy made. Raises IllegalMove."""
        return replace(
            self.moved(Status.OPEN),
            payby_order_no=payby_order_no,
            token_url=token_url,
            expires_at=expires_at,
        )

    def extended(self, expires_at: datetime) -> "Order":
        """Return the order with a later end of the same code."""
        return replace(self, expires_at=expires_at)

    def ended(
        self,
        status: Status,
        *,
        is_closed: bool,
        paid_at: datetime | None = None,
        called_off: bool = False,
    ) -> "Order":
        """Return the order as not to be paid any more. Raises IllegalMove.

        With a time of payment: it was paid, and PayBy gave the money back.
        """
        return replace(
            self.moved(status),
            is_closed=is_closed,
            paid_at=paid_at,
            called_off=called_off,
        )

    def paid(self, payby_order_no: str, at: datetime, store_id: str) -> "Order":
        """Return the order as paid at that time. Raises IllegalMove."""
        return replace(
            self.moved(Status.PAID),
            payby_order_no=payby_order_no,
            paid_at=at,
            store_id=store_id,
        )


def new_page_token() -> str:
    """Make 128 random bits that an address can hold, 22 characters long."""
    return secrets.token_urlsafe(16)


def new_order_no(at: datetime) -> str:
    """Make a number like T261124-7K3QXMPA from the day (UTC) and 40 random bits."""
    random = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"T{at:%y%m%d}-{random}"
