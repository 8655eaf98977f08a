"""What was wrong and when people were told, in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.workers import AlarmRow
from core.domain.alarms import CALM_AFTER, Alarm, AlarmKind, Trouble
from core.ports import Clock


class SqlAlarms:
    """Alarms on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def see(self, troubles: Collection[Trouble]) -> Sequence[Alarm]:
        """Keep that this is wrong now; return what is known of each, in that order."""
        now = self._clock.now()

        def work(session: Session) -> list[Alarm]:
            return [_alarm(_seen(session, each, now)) for each in troubles]

        if not troubles:
            return []
        try:
            return await self._database.write(work)
        except IntegrityError:  # somebody else was the first ever to see it
            return await self._database.write(work)

    async def told(self, alarm: Alarm, mark: str) -> None:
        """Keep that people hear of it now; of one telling, a second time is nothing."""
        now = self._clock.now()

        def work(session: Session) -> None:
            row = session.get_one(AlarmRow, alarm.thing, with_for_update=True)
            if row.tellings == alarm.tellings:
                row.tellings, row.told_at = row.tellings + 1, now
                row.mark, row.is_on = mark, True

        await self._database.write(work)

    async def calm(self) -> Sequence[Alarm]:
        """Return what was told and has not been seen any more for a while."""
        return await self._find(AlarmRow.seen_at <= self._clock.now() - CALM_AFTER)

    async def standing(self) -> Sequence[Alarm]:
        """Return what was told and is not over, oldest first."""
        return await self._find()

    async def over(self, alarm: Alarm) -> None:
        """Keep that people hear of its end."""

        def work(session: Session) -> None:
            session.get_one(AlarmRow, alarm.thing, with_for_update=True).is_on = False

        await self._database.write(work)

    async def _find(self, *which: bool) -> Sequence[Alarm]:
        question = (
            select(AlarmRow)
            .where(col(AlarmRow.is_on).is_(True), *which)
            .order_by(col(AlarmRow.since))
        )
        return await self._database.read(
            lambda session: [_alarm(row) for row in session.exec(question)]
        )


def _seen(session: Session, trouble: Trouble, now: datetime) -> AlarmRow:
    row = session.get(AlarmRow, trouble.thing, with_for_update=True)
    if row is None:
        row = AlarmRow(
            kind=trouble.kind,
            about=trouble.about,
            facts=trouble.facts,
            since=now,
            seen_at=now,
        )
        session.add(row)
    if row.seen_at <= now - CALM_AFTER and not row.is_on:
        row.since = now
    row.seen_at, row.facts = now, trouble.facts
    session.flush()
    return row


def _alarm(row: AlarmRow) -> Alarm:
    known = row.model_dump(exclude={"kind"})
    return Alarm(kind=AlarmKind(row.kind), **known)
