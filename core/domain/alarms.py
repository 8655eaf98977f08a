"""What people should look at before it costs money: what it is, and when it is told."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

UNCREDITED_FOR: Final = timedelta(minutes=5)
"""A payment is credited in a second; after five minutes repeats have not helped."""
BACKLOG_FOR: Final = timedelta(minutes=1)
"""A payer at the till waits that long for an answer, and no longer."""
RESTING_FOR: Final = timedelta(minutes=5)
"""Short troubles of PayBy's pass by themselves; payers notice one of five minutes."""
STILL_TRIED: Final = timedelta(minutes=3)
"""PayBy's list is asked for every two minutes: a worker whose last trouble is older
has not asked since, and does not know whether PayBy is back."""
CLOCK_FAULT: Final = timedelta(minutes=1)
"""PayBy refuses requests at 15 minutes, and times in the books are wrong before."""
NOTICES_TAKE: Final = timedelta(minutes=5)
"""PayBy sends a notice at once, and again after two minutes."""
SILENT_FOR: Final = 3
"""So many in a row without a notice are no chance: PayBy loses one at times."""
BAD_SIGNATURES: Final = 10
BURST: Final = timedelta(minutes=1)
"""Ten in a minute: strangers who look for doors knock once or twice."""
STORE_REPORTS: Final = 3
QUIET_FOR: Final = timedelta(hours=1)
"""The same thing is not told again sooner."""
CALM_AFTER: Final = RESTING_FOR + timedelta(minutes=1)
"""What was not seen for so long is over: longer than anything must last to be seen, so
that no restart of ours looks like an end."""
_MOST_OF_A_KIND = 3


class AlarmKind(StrEnum):
    """What is wrong."""

    UNCREDITED = "uncredited"  # paid, not credited, and no case tells of it
    NOTICES_SILENT = "notices_silent"  # payments are found by asking only
    BAD_SIGNATURES = "bad_signatures"  # many posts that are not from whom they claim
    BACKLOG = "backlog"  # something waits in a queue for too long
    CLOCK = "clock"  # ours is not PayBy's
    PAYBY_AWAY = "payby_away"  # it gives no answer, for long
    STORE_REPORTED = "store_reported"  # payers could not pay there


Thing = tuple[AlarmKind, str]
"""What an alarm is about: its kind, and which order, queue, store, worker or door."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that is wrong at this moment."""

    kind: AlarmKind
    about: str = ""
    """Which one of its kind; empty where there is but one, or for many at once."""
    facts: dict[str, str] = field(default_factory=dict)
    mark: str = ""
    """What must have changed for it to be told again; empty: that it lasts will do."""

    @property
    def thing(self) -> Thing:
        """Return what it is about."""
        return self.kind, self.about


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is kept of a thing that is wrong, or was. Times are UTC."""

    kind: AlarmKind
    about: str
    facts: dict[str, str]
    since: datetime
    """When it was first seen this time."""
    seen_at: datetime
    """When it was last seen."""
    told_at: datetime | None = None
    """When it was last told, ever."""
    tellings: int = 0
    """How often it was told, ever."""
    mark: str = ""
    """Its mark when it was last told."""
    is_on: bool = False
    """Whether it was told, and not yet that it is over."""

    @property
    def thing(self) -> Thing:
        """Return what it is about."""
        return self.kind, self.about

    def should_be_told(self, trouble: Trouble, now: datetime) -> bool:
        """Tell whether people should hear of it (again) now."""
        if self.told_at is None:
            return True
        is_news = not trouble.mark or trouble.mark != self.mark
        return is_news and now - self.told_at >= QUIET_FOR


def gathered(troubles: Collection[Trouble]) -> Sequence[Trouble]:
    """Make one of many of a kind: one fault at the root shows in all of them.

    What comes first in its kind stands for the others.
    """

    def of_kind() -> Iterator[Trouble]:
        ordered = sorted(troubles, key=lambda each: each.kind)
        for kind, group in groupby(ordered, key=lambda each: each.kind):
            some = list(group)
            if len(some) <= _MOST_OF_A_KIND:
                yield from some
                continue
            facts = {"count": str(len(some)), "first": some[0].about}
            yield Trouble(kind=kind, facts=facts)

    return list(of_kind())
