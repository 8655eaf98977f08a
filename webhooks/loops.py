"""Whether the loops still turn that look after orders, notices and jobs."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.notices import SqlNotices
from core.ports import Clock
from webhooks.findings import Finding

_PATIENCE_S = 4
_LATE = timedelta(minutes=1)
_WATCH, _WORKER = "watch", "worker:"
"""The leases of the watch (core.watch) and of each worker's upkeep (core.upkeep)."""
_REMEDY = "see the log, and start this process again"


class Loops:
    """Sees by the traces that loops leave in the database whether they turn."""

    def __init__(self, database: Database, clock: Clock, worker: str) -> None:
        self._leases = SqlLeases(database, clock)
        self._notices = SqlNotices(database, clock)
        self._clock = clock
        self._worker = worker

    async def look(self) -> Finding:
        """Tell which loop has stood still for a minute."""
        late = self._clock.now() - _LATE
        try:
            async with asyncio.timeout(_PATIENCE_S):
                stopped = await self._stopped(late)
        except (SQLAlchemyError, TimeoutError) as error:
            return Finding(ok=False, says=f"cannot be seen: {type(error).__name__}")
        if stopped:
            return Finding(ok=False, says=stopped, remedy=_REMEDY)
        return Finding(ok=True, says="orders, notices and jobs are looked after")

    async def _stopped(self, late: datetime) -> str:
        """Say what has stopped; empty when nothing has.

        A lease that has run out for a minute is nobody's, other clocks allowed for.
        """
        ends = dict(await self._leases.ends(_WATCH))
        if ends.get(_WATCH, late) <= late:
            return "nobody looks after orders"
        ends = dict(await self._leases.ends(f"{_WORKER}{self._worker}"))
        if ends.get(f"{_WORKER}{self._worker}", late) <= late:
            return "this worker's upkeep stands still"
        if await self._notices.unheeded(late, 1):
            return "notices are kept, and nothing is done about them"
        return ""
