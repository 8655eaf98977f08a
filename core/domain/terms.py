"""What the merchant settled once, for every order."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.money import Money


@dataclass(frozen=True)
class Limits:
    """How little and how much one order may be."""

    minimum: Money
    maximum: Money


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
