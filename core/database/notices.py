"""The notices we received, as they came, with what we made of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.orders import HappeningRow
from core.database.tables.payby import NoticeRow
from core.ports import Clock, KeptNotice, Verdict

_LONGEST_KIND, _LONGEST_NUMBER = 32, 64


class SqlNotices:
    """The Notices port on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, notice: KeptNotice) -> bool:
        """Store a notice that is not heeded yet; false when it was there already."""
        row = NoticeRow(
            digest=notice.digest,
            received_at=self._clock.now(),
            is_heeded=False,
            kind="",
            merchant_order_no="",
            verdict="",
            body=notice.body,
        )
        try:
            await self._database.write(lambda session: session.add(row))
        except IntegrityError:
            return False
        return True

    async def unheeded(self, kept_before: datetime, limit: int) -> Sequence[KeptNotice]:
        """Return the oldest notices that were kept before a time and never heeded."""
        oldest_first = (
            select(NoticeRow)
            .where(col(NoticeRow.is_heeded).is_(False))
            .where(NoticeRow.received_at < kept_before)
            .order_by(col(NoticeRow.received_at))
            .limit(limit)
        )
        return await self._database.read(
            lambda session: [
                KeptNotice(row.digest, row.body) for row in session.exec(oldest_first)
            ]
        )

    async def heeded(self, digest: str, verdict: Verdict) -> None:
        """Keep the verdict, with the notice and in its order's timeline."""
        number = verdict.merchant_order_no[:_LONGEST_NUMBER]
        line = HappeningRow(
            merchant_order_no=number,
            at=self._clock.now(),
            kind="notice",
            facts={"verdict": verdict.sentence},
        )

        def close(session: Session) -> None:
            row = session.get_one(NoticeRow, digest)
            row.is_heeded = True
            row.kind = verdict.kind[:_LONGEST_KIND]
            row.merchant_order_no = number
            row.verdict = verdict.sentence
            if number:
                session.add(line)

        await self._database.write(close)
