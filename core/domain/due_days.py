"""Which days should be compared with PayBy's statement by now. Days are Gulf time."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from core.domain.gulf import GULF

READY_AFTER: Final = timedelta(hours=2)
"""From the day's end; PayBy writes its statement on the next morning."""
PATIENCE: Final = timedelta(hours=12)
"""So long after a day's end its statement may be missing before anybody is told."""
AGAIN_AFTER: Final = timedelta(minutes=30)
"""Between tries to compare a day."""
OVERDUE_AFTER: Final = PATIENCE + 2 * AGAIN_AFTER
"""By then a day was tried after its statement might be missing no more."""
_MOST_DAYS = timedelta(days=14)


def newest_day(now: datetime, after: timedelta) -> date:
    """Return the last day that has been over for so long."""
    return (now - after).astimezone(GULF).date() - timedelta(days=1)


def oldest_day(now: datetime, after: timedelta) -> date:
    """Return the first day that is thought of then."""
    return newest_day(now, after) - _MOST_DAYS


def uncompared(
    compared: Collection[date], now: datetime, after: timedelta
) -> Sequence[date]:
    """Return the days that have been over for so long and are not compared.

    The oldest first; where none ever was compared, only the last.
    """
    newest = newest_day(now, after)
    oldest = min(compared, default=newest)
    days = [oldest + timedelta(days=n) for n in range((newest - oldest).days + 1)]
    return [day for day in days if day not in compared]
