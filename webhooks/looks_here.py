"""What only this process can see to be wrong: PayBy as it answers us, clock, doors."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from core.domain.alarms import (
    BURST,
    CLOCK_FAULT,
    RESTING_FOR,
    STILL_TRIED,
    AlarmKind,
    Trouble,
)
from core.domain.gulf import GULF
from core.payby.breaker import Away
from core.ports import Clock
from webhooks.refusals import Refusals

_CLOCK_EVERY_S = 300.0  # clocks drift slowly, and each look is a question to PayBy

ClockAhead = Callable[[], Awaitable[timedelta | None]]
"""Tells how far our clock is ahead of PayBy's; None when PayBy does not answer."""


class Guarded(Protocol):
    """PayBy, left alone while it gives no answer."""

    @property
    def away(self) -> Away | None:
        """Return since when PayBy gives no answer; None while it does."""
        ...


class LooksHere:
    """Looks at one process, and its machine's clock."""

    def __init__(
        self,
        *,
        gateway: Guarded,
        clock_ahead: ClockAhead,
        refusals: Refusals,
        clock: Clock,
        worker: str,
    ) -> None:
        self._gateway = gateway
        self._clock_ahead = clock_ahead
        self._refusals = refusals
        self._clock = clock
        self._worker = worker
        self._ahead: timedelta | None = None
        self._ask_at_s = 0.0

    async def troubles(self) -> list[Trouble]:
        """Return what is wrong here now."""
        return [*self._payby_away(), *await self._wrong_clock(), *self._bursts()]

    def _payby_away(self) -> list[Trouble]:
        away, now = self._gateway.away, self._clock.now()
        if away is None or away.tried_at < now - STILL_TRIED:
            return []
        if away.since > now - RESTING_FOR:
            return []
        facts = {"since": f"{away.since.astimezone(GULF):%H:%M}", "why": away.said}
        return [Trouble(kind=AlarmKind.PAYBY_AWAY, facts=facts)]

    async def _wrong_clock(self) -> list[Trouble]:
        if time.monotonic() >= self._ask_at_s and self._gateway.away is None:
            self._ask_at_s = time.monotonic() + _CLOCK_EVERY_S
            ahead = await self._clock_ahead()
            self._ahead = self._ahead if ahead is None else ahead
        if self._ahead is None or abs(self._ahead) < CLOCK_FAULT:
            return []
        facts = {"seconds_ahead": f"{self._ahead.total_seconds():+.0f}"}
        kind, about = AlarmKind.CLOCK, self._worker
        return [Trouble(kind=kind, about=about, facts=facts)]

    def _bursts(self) -> list[Trouble]:
        return [
            Trouble(kind=AlarmKind.BAD_SIGNATURES, about=door)
            for door in self._refusals.burst(BURST)
        ]
