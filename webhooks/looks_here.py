"""What only this process can see to be wrong: PayBy as it answers us, clock, doors."""

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
from core.payby.exchange import Exchange
from core.ports import Clock
from webhooks.refusals import Refusals


class Guarded(Protocol):
    """PayBy, left alone while it gives no answer."""

    @property
    def away(self) -> Away | None:
        """Return since when PayBy gives no answer; None while it does."""
        ...


class Answers:
    """What PayBy's newest answer has told beside what it was asked."""

    clock_ahead: timedelta | None = None
    """How far our clock is ahead of PayBy's; None while it has not answered us."""

    def heed(self, exchange: Exchange) -> None:
        """Keep what an exchange tells; one without an answer tells nothing."""
        if exchange.clock_ahead is not None:
            self.clock_ahead = exchange.clock_ahead


class LooksHere:
    """Looks at one process, and its machine's clock."""

    def __init__(
        self,
        *,
        gateway: Guarded,
        answers: Answers,
        refusals: Refusals,
        clock: Clock,
        worker: str,
    ) -> None:
        self._gateway = gateway
        self._answers = answers
        self._refusals = refusals
        self._clock = clock
        self._worker = worker

    async def troubles(self) -> list[Trouble]:
        """Return what is wrong here now."""
        return [*self._payby_away(), *self._wrong_clock(), *self._bursts()]

    def _payby_away(self) -> list[Trouble]:
        away, now = self._gateway.away, self._clock.now()
        if away is None or away.tried_at < now - STILL_TRIED:
            return []
        if away.since > now - RESTING_FOR:
            return []
        facts = {"since": f"{away.since.astimezone(GULF):%H:%M}", "why": away.said}
        return [Trouble(kind=AlarmKind.PAYBY_AWAY, facts=facts)]

    def _wrong_clock(self) -> list[Trouble]:
        ahead = self._answers.clock_ahead
        if ahead is None or abs(ahead) < CLOCK_FAULT:
            return []
        facts = {"seconds_ahead": f"{ahead.total_seconds():+.0f}"}
        kind, about = AlarmKind.CLOCK, self._worker
        return [Trouble(kind=kind, about=about, facts=facts)]

    def _bursts(self) -> list[Trouble]:
        return [
            Trouble(kind=AlarmKind.BAD_SIGNATURES, about=door)
            for door in self._refusals.burst(BURST)
        ]
