"""Compares a day's statement with our books, and sees to every difference.

What PayBy alone calls paid is asked after and booked in the usual way. What is only
late waits for the next day's statement. Each of the rest becomes a case, once, with
what to do about it. The same day again finds the same and opens nothing twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import structlog

from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.difference_cases import DifferenceCases, GetOrder
from core.domain.books import Books, Difference, compare
from core.domain.cases import CaseKind
from core.domain.differences import (
    ALONE_HERE,
    Fate,
    Known,
    is_known_elsewhere,
    is_only_late,
    is_settled,
    on_another_day,
    parted,
)
from core.domain.errors import GatewayError
from core.domain.gulf import GULF
from core.domain.reports import Report, Totals, totals_of
from core.domain.statements import There, sort_out
from core.payby.statement import Statement
from core.payby.whole import Fetch, whole_statement
from core.ports import Clock

log = structlog.get_logger()

_WHAT_PAYBY_CAN_TELL = {CaseKind.PAID_THERE_ONLY, CaseKind.REFUND_MISSING_HERE}

Book = Callable[[Difference], Awaitable[Fate]]
"""Books what PayBy says, when asked, of what only its statement has; returns how the
difference stands. Raises GatewayError when PayBy does not say."""


@dataclass(frozen=True)
class _Comparison:
    differences: Sequence[Difference]
    elsewhere: Sequence[Difference]
    totals: Totals


@dataclass
class _Course:
    """A comparing under way."""

    day: date
    books: Books
    unanswered: int = 0
    """How often PayBy was asked, and did not say."""


@dataclass(frozen=True, kw_only=True)
class ReconciliationParts:
    """What the comparing works with."""

    fetch: Fetch
    get_order: GetOrder
    book: Book
    books: SqlBooks
    differences: SqlDifferences
    cases: SqlCases
    clock: Clock
    mid: str
    """The merchant's number, under which PayBy keeps the statement."""


class Reconciliation:
    """Done by one at a time, who holds the lease for it."""

    def __init__(self, parts: ReconciliationParts) -> None:
        self._parts = parts
        self._differences = parts.differences
        self.cases = DifferenceCases(
            cases=parts.cases,
            differences=parts.differences,
            books=parts.books,
            get_order=parts.get_order,
            clock=parts.clock,
        )

    async def run(self, day: date, *, may_be_empty: bool = False) -> Report:
        """Compare the day, Gulf time, and see to what differs.

        `may_be_empty`: a day of which PayBy has no statement is one without payments.
        Raises NoStatement or GatewayError, and then nothing was done.
        """
        statement = await whole_statement(
            self._parts.fetch, self._parts.mid, day, may_be_empty=may_be_empty
        )
        there = await asyncio.to_thread(sort_out, statement.rows, statement.settlements)
        unsettled = await self._differences.unsettled()
        books = await self._open(day, there, unsettled)
        comparison = await asyncio.to_thread(_compared, statement, books)
        found, were_there = await self._parted(comparison.differences)
        await self._differences.keep(
            day, [*comparison.elsewhere, *were_there], Fate.SETTLED
        )
        kept = await self._differences.keep(day, found)
        course = _Course(day, books)
        moved = await self._move(course, kept, unsettled)
        await self.cases.statement_is_there(day)
        await self.cases.close_agreed(f"the statement of {day}")
        return Report(
            day=day,
            totals=comparison.totals,
            differences=tuple(moved),
            is_finished=not course.unanswered,
        )

    async def _parted(
        self, found: Sequence[Difference]
    ) -> tuple[list[Difference], list[Difference]]:
        alone = {e.merchant_order_no for e in found if e.kind in ALONE_HERE}
        return parted(found, await self._differences.of_orders(alone))

    async def _open(self, day: date, there: There, unsettled: Iterable[Known]) -> Books:
        start = datetime.combine(day, time(), GULF)
        open_orders = {each.difference.merchant_order_no for each in unsettled}
        refunded = {told.row.order_no for told in there.given_back.values()}
        here = await self._parts.books.of(
            start,
            start + timedelta(days=1),
            orders=there.order_numbers() | open_orders,
            refunded=refunded | open_orders,
        )
        return Books(there, here)

    async def _move(
        self, course: _Course, kept: Sequence[Known], unsettled: Sequence[Known]
    ) -> Sequence[Known]:
        """Settle, put off or make cases of these; return this day's and what moved."""
        found = {each.key for each in kept}
        older = [each for each in unsettled if each.key not in found]
        now = [
            *[await self._see_to(each, course) for each in kept],
            *[await self._look_again(each, course) for each in older],
        ]
        before = {each.key: each for each in (*kept, *unsettled)}
        were_cases = {key for key, each in before.items() if each.fate is Fate.CASE}
        orders = course.books.here.orders
        now = await self.cases.open(now, were_cases, orders, course.day)
        moved = [each for each in now if before[each.key] != each]
        await self._differences.move(moved)
        keys = {each.key for each in moved}
        return [
            each
            for each in now
            if each.key in keys or (each.key in found and each.fate is not Fate.SETTLED)
        ]

    async def _look_again(self, known: Known, course: _Course) -> Known:
        """See to what this comparing did not find."""
        if known.day == course.day or is_settled(known, course.books):
            return replace(known, fate=Fate.SETTLED)
        return await self._see_to(known, course)

    async def _see_to(self, known: Known, course: _Course) -> Known:
        if known.fate is Fate.CASE or is_known_elsewhere(known):
            return known
        late = is_only_late(
            known, course.day, course.books.here, self._parts.clock.now()
        )
        fate = Fate.WAITING if late else Fate.CASE
        if known.difference.kind in _WHAT_PAYBY_CAN_TELL:
            fate = await self._booked(known.difference, course, otherwise=fate)
        return replace(known, fate=fate)

    async def _booked(
        self, difference: Difference, course: _Course, *, otherwise: Fate
    ) -> Fate:
        """Have it booked as PayBy says; what is still on its way is late, or not."""
        try:
            fate = await self._parts.book(difference)
        except GatewayError as trouble:
            number = difference.merchant_order_no
            log.warning("not_asked_yet", order=number, why=str(trouble))
            course.unanswered += 1
            return Fate.WAITING
        return otherwise if fate is Fate.WAITING else fate


def _compared(statement: Statement, books: Books) -> _Comparison:
    """Compare; of what was settled that day, the payment may be of an earlier one."""
    of_today = replace(books, there=sort_out(statement.rows))
    return _Comparison(compare(books), on_another_day(of_today), totals_of(of_today))
