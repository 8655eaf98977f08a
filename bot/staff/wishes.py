"""Reads what staff type behind a command: amounts, reasons, days."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.staff.texts import clean
from core.domain.acts import Act
from core.domain.money import Money

_NUMBER = re.compile(r"[-+−]?[\d.,٫٬]")
_LONGEST_REASON = 64  # PayBy takes no more


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was asked for behind the order's number."""

    amount: Money | None
    reason: str


def read_wish(act: Act, argument: str) -> Said:
    """Read what stands behind the order's number: an amount, if any, and a reason.

    Raises BadAmount: what begins like a number is never taken for a reason, as all of
    the money would go back instead of a part.
    """
    text = " ".join(argument.split(maxsplit=1)[1:])
    amount = None
    if act is Act.REFUND and _NUMBER.match(text):
        first, *rest = text.split(maxsplit=1)
        amount, text = Money.parse(first), " ".join(rest)
    reason = clean(text.removeprefix("because "), _LONGEST_REASON)
    return Said(amount=amount, reason=reason)


def read_day(text: str, today: date) -> date | None:
    """Read a day: today, yesterday, 24.11, 24.11.2026, 2026-11-24; None for no day."""
    text = text.strip().casefold()
    if text in {"today", "yesterday"}:
        return today - timedelta(days=text == "yesterday")
    parts = text.replace("/", ".").split(".")
    try:
        if len(parts) == 1:
            return date.fromisoformat(text)
        day, month, *rest = map(int, parts)
        return date(rest[0] if rest else today.year, month, day)
    except ValueError:
        return None
