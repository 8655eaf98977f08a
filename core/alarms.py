"""Sees what is wrong before it costs money, and lets people hear of it.

Each worker looks at what only it can see: PayBy as it answers here, the clock, the
doors. One of them at a time also looks at the books, the queues, and what is over.
When a thing was told stands in a row, and a message about it has an id of its own: so
a restart, or many workers, tell nothing twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from core.backlog import Backlog
from core.database.alarm_looks import SqlLooks
from core.database.alarms import SqlAlarms
from core.database.leases import SqlLeases
from core.domain.alarms import BACKLOG_FOR, Alarm, AlarmKind, Trouble, gathered
from core.domain.gulf import GULF
from core.ports import Clock

log = structlog.get_logger()

DUTY: Final = "alarms"

LookHere = Callable[[], Awaitable[Sequence[Trouble]]]
"""Finds what is wrong in this process or machine."""
Tell = Callable[[Alarm], Awaitable[None]]
"""Brings an alarm, or that it is over, to people: once per telling of it."""


@dataclass(frozen=True, kw_only=True)
class AlarmParts:
    """What alarms are made of."""

    alarms: SqlAlarms
    looks: SqlLooks
    backlog: Backlog
    look_here: LookHere
    tell: Tell
    tell_over: Tell
    leases: SqlLeases
    clock: Clock


class Alarms:
    """Looks again and again, in every worker."""

    def __init__(self, parts: AlarmParts, worker: str, every: timedelta) -> None:
        """`every` is the time from one turn to the next."""
        self._parts = parts
        self._worker = worker
        self._lease = 2 * every

    async def turn(self) -> None:
        """Look once, and tell what should be told."""
        parts = self._parts
        await self._report(await parts.look_here())
        if not await parts.leases.take(DUTY, self._worker, self._lease):
            return
        now = parts.clock.now()
        found = await parts.looks.troubles(now)
        waiting = await parts.backlog.oldest()
        found += [
            _late(queue, at) for queue, at in waiting.items() if _is_late(at, now)
        ]
        await self._report(found)
        for alarm in await parts.alarms.calm():
            log.info("alarm_over", kind=alarm.kind, about=alarm.about)
            await parts.tell_over(alarm)
            await parts.alarms.over(alarm)

    async def _report(self, found: Sequence[Trouble]) -> None:
        """Keep what was found, and tell of it what should be told.

        All that is wrong is kept as seen, so that nothing of it is called over. What
        is told first and kept then is told once all the same: its id is the same.
        """
        parts, now = self._parts, self._parts.clock.now()
        to_tell = gathered(found)
        await parts.alarms.see([each for each in found if each not in to_tell])
        known = await parts.alarms.see(to_tell)
        for trouble, alarm in zip(to_tell, known, strict=True):
            if alarm.should_be_told(trouble, now):
                log.error("alarm", kind=alarm.kind, about=alarm.about, **alarm.facts)
                await parts.tell(alarm)
                await parts.alarms.told(alarm, trouble.mark)


def _is_late(oldest: datetime, now: datetime) -> bool:
    return oldest < now - BACKLOG_FOR


def _late(queue: str, oldest: datetime) -> Trouble:
    facts = {"since": f"{oldest.astimezone(GULF):%H:%M}"}
    return Trouble(kind=AlarmKind.BACKLOG, about=queue, facts=facts)
