"""Who does what only one worker may do at a time, and which workers live."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from core.database.engine import Database
from core.database.tables.workers import LeaseRow
from core.ports import Clock


class SqlLeases:
    """Leases on SQLite or PostgreSQL; one that is not renewed ends by itself."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(self, name: str, holder: str, span: timedelta) -> bool:
        """Take or renew a lease; false while somebody else holds it."""
        now = self._clock.now()

        def work(session: Session) -> bool:
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None:
                session.add(LeaseRow(name=name, holder=holder, until=now + span))
                return True
            if row.holder != holder and row.until > now:
                return False
            row.holder, row.until = holder, now + span
            return True

        try:
            return await self._database.write(work)
        except IntegrityError:  # somebody else was the first ever to take it
            return False

    async def let_go(self, name: str, holder: str) -> None:
        """End a lease early, if this holder has it."""
        own = delete(LeaseRow).where(
            col(LeaseRow.name) == name, col(LeaseRow.holder) == holder
        )
        await self._database.write(lambda session: session.exec(own))

    async def ends(self, prefix: str) -> Sequence[tuple[str, datetime]]:
        """Return the names of leases with that prefix, and when each ends."""
        found = select(LeaseRow.name, LeaseRow.until).where(
            col(LeaseRow.name).startswith(prefix)
        )
        return await self._database.read(lambda session: session.exec(found).all())
