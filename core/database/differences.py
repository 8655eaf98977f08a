"""The differences between books that were found, and the days that were compared."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.payby import DifferenceRow, ReconciledDayRow
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known
from core.ports import Clock

_OPEN = (Fate.WAITING, Fate.CASE)
_AT_ONCE = 500  # numbers in a question


class SqlDifferences:
    """Differences on SQLite or PostgreSQL, each kind once per number.

    One worker at a time writes here: who compares holds a lease.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def unsettled(self) -> Sequence[Known]:
        """Return what waits or is a case, oldest first."""
        question = (
            select(DifferenceRow)
            .where(col(DifferenceRow.fate).in_(_OPEN))
            .order_by(col(DifferenceRow.id))
        )
        return await self._database.read(
            lambda session: [_known(row) for row in session.exec(question)]
        )

    async def of_orders(self, numbers: Collection[str]) -> Sequence[Known]:
        """Return all that was ever found about these orders."""
        of_order = col(DifferenceRow.merchant_order_no)

        def look(session: Session) -> list[Known]:
            return [
                _known(row)
                for some in _batches(numbers)
                for row in session.exec(select(DifferenceRow).where(of_order.in_(some)))
            ]

        return await self._database.read(look)

    async def of_cases(self, numbers: Collection[int]) -> Sequence[Known]:
        """Return what these cases are about, however it stands."""
        about = select(DifferenceRow).where(col(DifferenceRow.case_number).in_(numbers))
        return await self._database.read(
            lambda session: [_known(row) for row in session.exec(about)]
        )

    async def keep(
        self, day: date, found: Iterable[Difference], fate: Fate = Fate.WAITING
    ) -> Sequence[Known]:
        """Keep what is new with that fate; return all of it, as it stands."""
        wanted = {(each.number, each.kind): each for each in found}

        def work(session: Session) -> list[Known]:
            known = _rows(session, {number for number, _ in wanted})
            for key, each in wanted.items():
                if key not in known:
                    known[key] = self._new(day, each, fate)
                    session.add(known[key])
            return [_known(known[key]) for key in wanted]

        return await self._database.write(work)

    async def move(self, moved: Iterable[Known]) -> None:
        """Keep the fates and case numbers of these."""
        new = {each.key: each for each in moved}

        def work(session: Session) -> None:
            rows = _rows(session, {number for number, _ in new})
            for key, each in new.items():
                rows[key].fate = each.fate
                rows[key].case_number = each.case_number
                rows[key].moved_at = self._clock.now()

        await self._database.write(work)

    async def compared(self, day: date, facts: dict[str, str]) -> None:
        """Keep that a day was compared to the end; again replaces its facts."""
        row = ReconciledDayRow(day=day, at=self._clock.now(), facts=facts)
        await self._database.write(lambda session: session.merge(row))

    async def compared_since(self, day: date) -> frozenset[date]:
        """Return the days from that one on that were compared to the end."""
        compared = col(ReconciledDayRow.day)
        days = select(compared).where(compared >= day)
        return await self._database.read(
            lambda session: frozenset(session.exec(days).all())
        )

    def _new(self, day: date, difference: Difference, fate: Fate) -> DifferenceRow:
        now = self._clock.now()
        return DifferenceRow(
            **vars(difference), day=day, fate=fate, found_at=now, moved_at=now
        )


def _rows(
    session: Session, numbers: Collection[str]
) -> dict[tuple[str, CaseKind], DifferenceRow]:
    found: dict[tuple[str, CaseKind], DifferenceRow] = {}
    for some in _batches(numbers):
        question = select(DifferenceRow).where(col(DifferenceRow.number).in_(some))
        found |= {
            (row.number, CaseKind(row.kind)): row for row in session.exec(question)
        }
    return found


def _batches(numbers: Collection[str]) -> Iterator[list[str]]:
    in_turn = sorted(numbers)
    for first in range(0, len(in_turn), _AT_ONCE):
        yield in_turn[first : first + _AT_ONCE]


def _known(row: DifferenceRow) -> Known:
    return Known(
        difference=Difference(
            kind=CaseKind(row.kind),
            number=row.number,
            merchant_order_no=row.merchant_order_no,
            there=row.there,
            here=row.here,
        ),
        day=row.day,
        fate=Fate(row.fate),
        case_number=row.case_number,
    )
