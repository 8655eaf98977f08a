"""A circuit breaker: leaves PayBy alone while it is in trouble.

What PayBy cannot do now is said at once, and its return is not met by everybody at the
same moment: one call, the probe, goes ahead and finds out.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core.domain.errors import (
    GatewayError,
    GatewayRefusesUs,
    GatewayRejected,
    GatewayResting,
)
from core.domain.terms import Pace
from core.ports import Clock

MOST_TROUBLES = 5  # in a row
SHORTEST_SHARE = 0.5  # of a rest, so that workers do not all come back at once

log = structlog.get_logger()


@dataclass(eq=False)
class _Free:
    """A time in which every call goes through."""

    troubles: int = 0
    """How many calls in a row have failed."""


@dataclass(eq=False, kw_only=True)
class _Rest:
    """A time in which no call goes through, and after it only the probe."""

    since: datetime
    """When the first of these rests began."""
    begins: datetime
    ends: datetime
    length: timedelta
    """Before a random part was taken off."""
    said: str
    """What PayBy last said, or what went wrong on the way."""
    probed: bool = False
    """Whether the probe is on its way."""

    def turns_away(self, now: datetime) -> bool:
        """Tell whether a call has to wait; a clock set back makes none wait longer."""
        return self.probed or self.begins <= now < self.ends


@dataclass(frozen=True, kw_only=True)
class Away:
    """A time in which PayBy gave no answer."""

    since: datetime
    tried_at: datetime
    """When it was asked last, in vain."""
    said: str
    """What PayBy last said, or what went wrong on the way."""


class Breaker:
    """Lets calls through, or none for a while after five troubles in a row.

    Trouble is what was not done or may have been. A refusal is an answer, and so is
    one that PayBy signed and we cannot read. Rests grow from two seconds to a minute,
    until a probe is answered. PayBy refusing our set-up brings the first rest at once.
    """

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._pace = pace
        self._time: _Free | _Rest = _Free()

    @property
    def is_resting(self) -> bool:
        """Whether a call made now would be turned away."""
        time = self._time
        return isinstance(time, _Rest) and time.turns_away(self._clock.now())

    @property
    def why(self) -> str:
        """Say since when calls are held back and why; empty while they are not."""
        if isinstance(self._time, _Free):
            return ""
        since = f"{self._time.since:%Y-%m-%d %H:%M:%S} UTC"
        return f"PayBy is left alone since {since}. Last trouble: {self._time.said}"

    @property
    def away(self) -> Away | None:
        """Return since when PayBy gives no answer; None while it does."""
        time = self._time
        if isinstance(time, _Free):
            return None
        return Away(since=time.since, tried_at=time.begins, said=time.said)

    @contextmanager
    def guarding(self, order_no: str = "") -> Iterator[None]:
        """Let a call go ahead and learn from how it ends. Raises GatewayResting."""
        time = self._time
        if isinstance(time, _Rest):
            if time.turns_away(self._clock.now()):
                raise GatewayResting(self.why, "RESTING", order_no)
            time.probed = True
        try:
            yield
        except GatewayError as error:
            self._learn(time, None if _is_answer(error) else error)
            raise
        else:
            self._learn(time, None)
        finally:
            if isinstance(time, _Rest):
                time.probed = False  # a probe that was cancelled may be repeated

    def _learn(self, time: _Free | _Rest, trouble: GatewayError | None) -> None:
        if time is not self._time:
            return  # the call is from before: it tells nothing of now
        if isinstance(time, _Free):
            self._count(time, trouble)
        elif trouble is not None:
            length = min(time.length * 2, self._pace.longest_rest)
            self._time = _rest(time.since, self._clock.now(), length, trouble)
        else:
            away = self._clock.now() - time.since
            log.info("payby_back", away_s=round(away.total_seconds(), 1))
            self._time = _Free()

    def _count(self, time: _Free, trouble: GatewayError | None) -> None:
        if trouble is None:
            time.troubles = 0
            return
        time.troubles += 1
        if time.troubles < MOST_TROUBLES and not isinstance(trouble, GatewayRefusesUs):
            return
        now = self._clock.now()
        self._time = rest = _rest(now, now, self._pace.first_rest, trouble)
        seconds = round((rest.ends - now).total_seconds(), 1)
        log.warning("payby_resting", rest_s=seconds, why=rest.said)


def _rest(
    since: datetime, now: datetime, length: timedelta, trouble: GatewayError
) -> _Rest:
    share = random.uniform(SHORTEST_SHARE, 1)  # noqa: S311  (spreads, hides nothing)
    return _Rest(
        since=since,
        begins=now,
        ends=now + length * share,
        length=length,
        said=trouble.message,
    )


def _is_answer(error: GatewayError) -> bool:
    """Tell whether PayBy has answered, whatever it said."""
    return isinstance(error, GatewayRejected) or error.code == "UNREADABLE"
