"""Keeps the engine's house: jobs of dead workers are taken over, old ones forgotten.

Every worker says at each turn, by a lease, that it lives. One whose lease stays as it
is is dead, whatever the clocks of the machines say: what it was doing would wait for
its return, and the chat concerned would be silent.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import structlog

from core import engine
from core.background import beside, over_and_over
from core.database.leases import SqlLeases
from core.ports import Clock

log = structlog.get_logger()

_EVERY_S = 10.0
_DUTY = "upkeep"
_WORKER = "worker:"
_LEASE = timedelta(minutes=1)
_SURE_AFTER = 7
"""So many times in turn a lease must have been seen unchanged: that is a minute."""
_FORGET_EVERY = timedelta(hours=1)
_REMEMBERED = timedelta(days=30)
"""Telegram brings an update again for a day at most; tap or text cannot come later."""


class Upkeep:
    """Done by one worker at a time, the first that comes."""

    def __init__(self, leases: SqlLeases, clock: Clock, worker: str) -> None:
        self._leases = leases
        self._clock = clock
        self._worker = worker
        self._forget_at = clock.now()
        self._seen: dict[tuple[str, datetime], int] = {}

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Keep house until the block ends."""
        return beside(over_and_over(self.turn, name=_DUTY, every_s=_EVERY_S))

    async def turn(self) -> None:
        """Say that we live; if it is ours to do, see to the dead and to old jobs."""
        await self._leases.take(f"{_WORKER}{self._worker}", self._worker, _LEASE)
        if not await self._leases.take(_DUTY, self._worker, _LEASE):
            return
        await self._take_over_from_the_dead()
        now = self._clock.now()
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_EVERY
            await engine.forget_finished(now - _REMEMBERED)
            await engine.forget_looks()

    async def _take_over_from_the_dead(self) -> None:
        ends = await self._leases.ends(_WORKER)
        self._seen = {each: self._seen.get(each, 0) + 1 for each in ends}
        dead = [lease for (lease, _), n in self._seen.items() if n >= _SURE_AFTER]
        for lease in dead:
            worker = lease.removeprefix(_WORKER)
            jobs = await engine.take_over(worker)
            await self._leases.let_go(lease, worker)
            log.warning("worker_is_dead", worker=worker, jobs_taken_over=jobs)
