"""What a limit on top-ups is about, and what is left of one."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from core.domain.gulf import GULF
from core.domain.money import Money


class Whose(StrEnum):
    """Whose top-ups count together."""

    PAYER = "payer"  # one person, in all chats that they have linked
    CHAT = "chat"
    ACCOUNT = "account"  # an online account, whoever pays


class Span(StrEnum):
    """For how long they count."""

    DAY = "day"
    MONTH = "month"

    def start(self, at: datetime) -> datetime:
        """Return when the day or month began."""
        day = at.astimezone(GULF).date()
        first = day if self is Span.DAY else day.replace(day=1)
        return datetime.combine(first, time(), GULF)

    def end(self, at: datetime) -> datetime:
        """Return when the next one begins."""
        longer = timedelta(days=1 if self is Span.DAY else 31)
        return self.start(self.start(at) + longer)


class Rule(StrEnum):
    """Which limit a wish would break."""

    PAYER_DAY = "payer_day"
    PAYER_MONTH = "payer_month"
    CHAT_DAY = "chat_day"
    CHAT_MONTH = "chat_month"
    ACCOUNT_DAY = "account_day"
    ACCOUNT_MONTH = "account_month"
    FIRST = "first"  # somebody new
    OPEN_CODES = "open_codes"
    PACE = "pace"

    @classmethod
    def of(cls, whose: Whose, span: Span) -> "Rule":
        """Return the rule about the sum of these top-ups over that time."""
        return cls(f"{whose}_{span}")


@dataclass(frozen=True)
class Breach:
    """The limit that a wish would break, and what is possible all the same."""

    rule: Rule
    room: Money
    """How much is still possible now."""
    again_at: datetime | None
    """When more is possible; None where that depends on the payer."""
    with_unpaid: bool
    """Whether codes that are not paid yet take up some of it."""
