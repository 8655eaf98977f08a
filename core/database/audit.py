"""The audit in the database: lines are added, and never changed or taken out.

The tables themselves refuse anything else (see the migration that makes them).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.orders import HappeningRow
from core.database.tables.staff import AuditRow
from core.domain.audit import AuditEntry, AuditLine
from core.ports import Clock

_AT_ONCE = 1000


class SqlAudit:
    """The audit on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, entry: AuditEntry) -> None:
        """Keep an act, and show it in its order's timeline; a second time, nothing."""
        now = self._clock.now()

        def add(session: Session) -> None:
            same = select(AuditRow.id).where(AuditRow.act_id == entry.act_id)
            if session.exec(same).first() is not None:
                return
            session.add(row_of(entry, now))
            if entry.merchant_order_no:
                session.add(_happening(entry, now))

        await self._database.write(add)

    async def newest(self, limit: int, merchant_order_no: str = "") -> list[AuditLine]:
        """Return the newest lines, newest first; of one order, if it is named."""
        lines = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        if merchant_order_no:
            lines = lines.where(AuditRow.merchant_order_no == merchant_order_no)
        return await self._database.read(
            lambda session: [_line(row) for row in session.exec(lines)]
        )

    async def each(
        self, since: datetime, write: Callable[[Sequence[AuditLine]], None]
    ) -> None:
        """Hand over all lines from that time on, oldest first, some at once."""
        last = 0
        while True:
            some = (
                select(AuditRow)
                .where(col(AuditRow.id) > last, AuditRow.at >= since)
                .order_by(col(AuditRow.id))
                .limit(_AT_ONCE)
            )
            rows = await self._database.read(lambda session: session.exec(some).all())  # noqa: B023  (awaited in this turn)
            if not rows:
                return
            write([_line(row) for row in rows])
            last = rows[-1].id or last


def row_of(entry: AuditEntry, at: datetime) -> AuditRow:
    """Make the row of an act."""
    known = {**vars(entry), "before": dict(entry.before), "after": dict(entry.after)}
    return AuditRow(at=at, **known)


def _happening(entry: AuditEntry, at: datetime) -> HappeningRow:
    facts = {"who": entry.who, "act": entry.act}
    if entry.reason:
        facts["reason"] = entry.reason
    return HappeningRow(
        merchant_order_no=entry.merchant_order_no,
        at=at,
        kind="staff",
        facts=facts | dict(entry.after),
    )


def entry_of(row: AuditRow) -> AuditEntry:
    """Return the act that a row keeps."""
    return AuditEntry(**row.model_dump(exclude={"id", "at"}))


def _line(row: AuditRow) -> AuditLine:
    return AuditLine(at=row.at, entry=entry_of(row))
