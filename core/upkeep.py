"""Keeps the engine's house: jobs of dead workers are taken over, old ones forgotten.

Every worker says by a lease that it lives. One whose lease has run out is dead, and
what it was doing would wait for its return, and the chat concerned would be silent.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from core import engine
from core.database.leases import SqlLeases
from core.ports import Clock

log = structlog.get_logger()

_EVERY_S = 10.0
_DUTY = "upkeep"
_WORKER = "worker:"
_LEASE = timedelta(minutes=1)
_SURE_AFTER = timedelta(minutes=2)
"""So long we must have been well ourselves: after an outage all leases have run out."""
_FORGET_EVERY = timedelta(hours=1)
_REMEMBERED = timedelta(days=30)
"""Telegram brings an update again for a day at most; tap or text cannot come later."""


class Upkeep:
    """Done by one worker at a time, the first that comes."""

    def __init__(self, leases: SqlLeases, clock: Clock, worker: str) -> None:
        self._leases = leases
        self._clock = clock
        self._worker = worker
        self._well_since = self._forget_at = clock.now()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep house until the block ends."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    async def _keep(self) -> None:
        while True:
            try:
                await self.turn()
            except Exception:
                log.exception("upkeep_interrupted")
                self._well_since = self._clock.now()
            await asyncio.sleep(_EVERY_S)

    async def turn(self) -> None:
        """Say that we live; if it is ours to do, see to the dead and to old jobs."""
        await self._leases.take(f"{_WORKER}{self._worker}", self._worker, _LEASE)
        if not await self._leases.take(_DUTY, self._worker, _LEASE):
            return
        now = self._clock.now()
        if now - self._well_since >= _SURE_AFTER:
            await self._take_over_from_the_dead()
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_EVERY
            await engine.forget_finished(now - _REMEMBERED)
            await engine.forget_looks()

    async def _take_over_from_the_dead(self) -> None:
        for lease in await self._leases.run_out(_WORKER):
            worker = lease.removeprefix(_WORKER)
            jobs = await engine.take_over(worker)
            await self._leases.let_go(lease, worker)
            log.warning("worker_is_dead", worker=worker, jobs_taken_over=jobs)
