"""What the merchant settled once, for every order."""

from dataclasses import dataclass, field
from datetime import timedelta

from core.domain.money import Money


@dataclass(frozen=True)
class Limits:
    """How little and how much one order may be."""

    minimum: Money
    maximum: Money


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How patiently PayBy is asked; its integration review sets the defaults."""

    ask_again: timedelta = timedelta(seconds=3)
    """Between questions after an unclear creation (cases 2 to 4: every 2 to 6 s)."""
    most_asks: int = 30
    """So many questions, then the creation is called off (within 20 to 120 s)."""
    cancel_again: timedelta = timedelta(seconds=4)
    """Between tries to cancel (case 5: every 3 to 10 s)."""
    most_cancels: int = 3
    """So many tries to cancel, then a person must look (case 6)."""
    after_the_end: timedelta = timedelta(minutes=1)
    """How long after a code's end PayBy is asked how it ended."""
    looks: tuple[timedelta, ...] = tuple(
        timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 240)
    )
    """How long to wait after each question that PayBy did not answer."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The merchant's terms."""

    subject: str
    """What is bought, as PayBy and the POS show it."""
    payee_mid: str
    """Who is paid: the merchant's number at PayBy."""
    lifetime: timedelta
    """How long a code can be paid."""
    limits: Limits
    pace: Pace = field(default_factory=Pace)
