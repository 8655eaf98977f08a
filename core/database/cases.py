"""What support has to look at, in the database."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.cases import CaseRow
from core.domain.cases import Case, CaseKind
from core.ports import Clock

_OPEN = select(CaseRow).where(col(CaseRow.closed_at).is_(None))
_CLOSED_BY = "closed_by"


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
        """Return the newest open cases, newest first."""
        newest_first = _OPEN.order_by(col(CaseRow.number).desc()).limit(limit)
        return await self._database.read(
            lambda session: [row.to_case() for row in session.exec(newest_first)]
        )

    async def all_open(self) -> Sequence[Case]:
        """Return the open cases, the oldest first."""
        oldest_first = _OPEN.order_by(col(CaseRow.opened_at), col(CaseRow.number))
        return await self._database.read(
            lambda session: [row.to_case() for row in session.exec(oldest_first)]
        )

    async def find(self, number: int) -> Case | None:
        """Return a case by its number; None when there is none of that number."""

        def look(session: Session) -> Case | None:
            row = session.get(CaseRow, number)
            return row.to_case() if row else None

        return await self._database.read(look)

    async def close(self, number: int, by: str = "") -> None:
        """Close a case; one that is closed stays as it is.

        `by` says what has closed it, where no person did.
        """

        def work(session: Session) -> None:
            row = session.get_one(CaseRow, number, with_for_update=True)
            if row.closed_at is None:
                row.closed_at = self._clock.now()
                row.facts = {**row.facts, _CLOSED_BY: by} if by else row.facts

        await self._database.write(work)

    async def close_about(
        self, kind: CaseKind, merchant_order_no: str, by: str
    ) -> None:
        """Close the case of that kind if there is one; see `close`."""
        about = select(CaseRow.number).where(
            CaseRow.merchant_order_no == merchant_order_no, CaseRow.kind == kind
        )
        for number in await self._database.read(
            lambda session: session.exec(about).all()
        ):
            await self.close(number or 0, by)

    async def reopen(self, number: int) -> None:
        """Open a case again; one that is open stays as it is."""

        def work(session: Session) -> None:
            row = session.get_one(CaseRow, number, with_for_update=True)
            row.closed_at = None
            facts = row.facts.items()
            row.facts = {name: fact for name, fact in facts if name != _CLOSED_BY}

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
