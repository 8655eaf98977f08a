"""What support has to look at, in the database."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables import CaseRow
from core.domain.cases import Case, CaseKind
from core.ports import Clock


class SqlCases:
    """Cases on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(
        self,
        kind: CaseKind,
        merchant_order_no: str,
        conversation_id: str,
        facts: dict[str, str],
        *,
        refund_no: str = "",
    ) -> Case:
        """Open a case, or return the one of this kind that is there already.

        An order has each kind once, and so has each of its refunds.
        """
        row = CaseRow(
            kind=kind,
            merchant_order_no=merchant_order_no,
            conversation_id=conversation_id,
            facts=facts,
            opened_at=self._clock.now(),
            refund_no=refund_no,
        )

        def add(session: Session) -> Case:
            session.add(row)
            session.flush()
            return row.to_case()

        try:
            return await self._database.write(add)
        except IntegrityError:
            return await self._known(kind, merchant_order_no, refund_no)

    async def get(self, number: int) -> Case:
        """Return a case by its number."""
        return await self._database.read(
            lambda session: session.get_one(CaseRow, number).to_case()
        )

    async def newest(self, limit: int) -> Sequence[Case]:
        """Return the newest cases, newest first."""
        rows = select(CaseRow).order_by(col(CaseRow.number).desc()).limit(limit)
        return await self._database.read(
            lambda session: [row.to_case() for row in session.exec(rows)]
        )

    async def all_open(self) -> Sequence[Case]:
        """Return the cases that nobody has closed, the oldest first."""
        opened = select(CaseRow).where(col(CaseRow.closed_at).is_(None))
        oldest_first = opened.order_by(col(CaseRow.opened_at), col(CaseRow.number))
        return await self._database.read(
            lambda session: [row.to_case() for row in session.exec(oldest_first)]
        )

    async def find(self, number: int) -> Case | None:
        """Return a case by its number; None when there is none of that number."""

        def look(session: Session) -> Case | None:
            row = session.get(CaseRow, number)
            return row.to_case() if row else None

        return await self._database.read(look)

    async def close(self, number: int) -> None:
        """Close a case; one that is closed stays as it is."""

        def work(session: Session) -> None:
            row = session.get_one(CaseRow, number)
            row.closed_at = row.closed_at or self._clock.now()

        await self._database.write(work)

    async def _known(
        self, kind: CaseKind, merchant_order_no: str, refund_no: str
    ) -> Case:
        same = select(CaseRow).where(
            CaseRow.merchant_order_no == merchant_order_no,
            CaseRow.kind == kind,
            CaseRow.refund_no == refund_no,
        )
        return await self._database.read(
            lambda session: session.exec(same).one().to_case()
        )
