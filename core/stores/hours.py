"""Opening hours, in Gulf time, by OpenStreetMap's rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from opening_hours import (  # type: ignore[attr-defined]  # its stubs forget one
    OpeningHours,
    ParserError,
)

from core.domain.gulf import GULF

_LOOK_AHEAD_DAYS = 14


@dataclass(frozen=True)
class Opening:
    """Whether a store is open, and until when that holds."""

    open_now: bool
    changes_at: datetime | None
    """When it closes, or opens if it is closed; None when not within two weeks."""


def opening(hours: str, at: datetime) -> Opening:
    """Look the hours up at a time. Raises ValueError for hours nobody can read."""
    rules = _rules(hours)
    local = at.astimezone(GULF)
    open_now = rules.is_open(local)
    end = local + timedelta(days=_LOOK_AHEAD_DAYS)
    changes_at = rules.next_change(local)
    while changes_at and changes_at < end:
        if rules.is_open(changes_at) is not open_now:
            return Opening(open_now, changes_at)
        changes_at = rules.next_change(changes_at)  # only a remark has changed
    return Opening(open_now, None)


@lru_cache(maxsize=10_000)
def _rules(hours: str) -> OpeningHours:
    if not hours.strip():
        raise ValueError("opening hours are missing; write 24/7 for always open")
    try:
        return OpeningHours(hours, timezone=GULF, max_interval_days=_LOOK_AHEAD_DAYS)
    except ParserError as error:
        raise ValueError(f"opening hours {hours!r} cannot be read") from error
