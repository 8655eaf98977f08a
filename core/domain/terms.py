"""What the merchant settled once, for every order."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from core.domain.money import Money


@dataclass(frozen=True)
class Limits:
    """How little and how much one order may be."""

    minimum: Money
    maximum: Money


def _minutes(*counts: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=count) for count in counts)


def _shortened(waits: Any, speed: int) -> dict[str, Any]:  # noqa: ANN401  (Pace, Lifetime)
    """Return every time span of a set of waits, so many times shorter."""
    shorter: dict[str, Any] = {}
    for name, value in vars(waits).items():
        if isinstance(value, timedelta):
            shorter[name] = value / speed
        elif isinstance(value, tuple):
            shorter[name] = tuple(span / speed for span in value)
    return shorter


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How patiently PayBy is asked; its integration review sets the defaults."""

    ask_again: timedelta = timedelta(seconds=3)
    """Between questions after an unclear creation (cases 2 to 4: every 2 to 6 s)."""
    creation_patience: timedelta = timedelta(seconds=90)
    """So long it is asked, then the creation is called off (within 20 to 120 s)."""
    cancel_again: timedelta = timedelta(seconds=4)
    """Between tries to cancel (case 5: every 3 to 10 s)."""
    most_cancels: int = 3
    """So many tries to cancel, then a person must look (case 6)."""
    closing_patience: timedelta = timedelta(minutes=10)
    """So long after a code's end its closing may fail, then a person must look."""
    after_the_end: timedelta = timedelta(minutes=1)
    """How long after a code's end PayBy is asked how it ended."""
    creation_looks: tuple[timedelta, ...] = _minutes(3, 5, 15, 60)
    """Between looks at an order whose creation has not come to an end."""
    open_looks: tuple[timedelta, ...] = _minutes(1, 2, 4, 8, 15, 30, 60, 120, 240)
    """Between questions about a code that can be paid; the last one repeats."""
    over_looks: tuple[timedelta, ...] = _minutes(1, 2, 5, 15, 60, 240)
    """Between tries to find out how a code ended, and to close it at PayBy."""
    after_no_answer: timedelta = timedelta(minutes=2)
    """How soon PayBy is asked again that has not answered, at the latest."""
    ended_looks: tuple[timedelta, ...] = _minutes(60, 360, 720, 1440)
    """Between questions about a code that PayBy has closed."""
    late_money: timedelta = timedelta(hours=25)
    """How long after its end an order is asked after: PayBy's last notice of a payment
    comes 24 h 22 min after it."""
    credit_looks: tuple[timedelta, ...] = _minutes(1, 5, 15, 60)
    """Between tries to credit an account that could not be credited."""
    list_every: timedelta = timedelta(minutes=2)
    """Between questions for PayBy's list of what was paid."""
    told_looks: tuple[timedelta, ...] = _minutes(2, 10, 60, 360, 1440)
    """Between looks whether a paid order's payer has been told."""
    refund_looks: tuple[timedelta, ...] = _minutes(
        0.05, 0.05, 0.1, 0.5, 1, 5, 15, 60, 240
    )
    """Between questions about a refund that PayBy has not ended; the last repeats."""
    refund_sent: timedelta = timedelta(minutes=1)
    """So long a refund is left to the call that has begun it."""
    refund_patience: timedelta = timedelta(minutes=10)
    """So long PayBy may leave a refund unconfirmed, then a person must look."""
    refund_longest: timedelta = timedelta(days=3)
    """So long a refund that PayBy has taken may last, then a person must look."""
    refund_list_every: timedelta = timedelta(minutes=10)
    """Between questions for PayBy's list of refunds, also of those begun there."""
    first_rest: timedelta = timedelta(seconds=2)
    """So long PayBy is left alone when it is in trouble, and then twice as long …"""
    longest_rest: timedelta = timedelta(minutes=1)
    """… but never longer."""

    def faster(self, speed: int) -> "Pace":
        """Return the pace of a rehearsal, in which time runs so many times faster."""
        return replace(self, **_shortened(self, speed))


@dataclass(frozen=True, kw_only=True)
class Lifetime:
    """How long a code can be paid."""

    first: timedelta = timedelta(hours=24)
    """From its making; PayBy allows 48 hours."""
    extension: timedelta = timedelta(hours=24)
    """What one tap adds."""
    longest: timedelta = timedelta(hours=72)
    """From its making, with all that was added; PayBy allows 15 days."""
    reminder: timedelta = timedelta(hours=2)
    """How long before the end the payer is reminded; zero for never."""

    def faster(self, speed: int) -> "Lifetime":
        """Return the lifetime of a rehearsal, in which time runs so much faster."""
        return replace(self, **_shortened(self, speed))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The merchant's terms."""

    subject: str
    """What is bought, as PayBy and the POS show it."""
    payee_mid: str
    """Who is paid: the merchant's number at PayBy."""
    limits: Limits
    lifetime: Lifetime = field(default_factory=Lifetime)
    pace: Pace = field(default_factory=Pace)
    refunds_below_zero: bool = False
    """Whether a refund may take more from an account than it holds."""
