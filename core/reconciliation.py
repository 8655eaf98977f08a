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
from core.domain.books import Books, Difference, compare
from core.domain.cases import CaseKind
from core.domain.differences import (
    Fate,
    Known,
    is_known_elsewhere,
    is_only_late,
    is_settled,
    on_another_day,
)
from core.domain.errors import GatewayRejected
from core.domain.gulf import GULF
from core.domain.reports import Report, Totals, totals_of
from core.domain.statements import There, sort_out
from core.payby.codec import WireError
from core.payby.statement import Statement, read_statement
from core.ports import Clock

log = structlog.get_logger()

_NONE_OF_THE_DAY = "62013"
_MOST_CASES = 100
"""More at once means that something else is wrong, and would bury support."""

Fetch = Callable[[date], Awaitable[bytes]]
"""Fetches PayBy's statement of a day. Raises GatewayError."""
Book = Callable[[str], Awaitable[Fate]]
"""Asks PayBy about an order of ours and books what it says; WAITING: not known yet."""


class NoStatement(Exception):
    """There is no statement to compare with, or none to trust; the text says why."""


@dataclass(frozen=True)
class _Comparison:
    differences: Sequence[Difference]
    elsewhere: Sequence[Difference]
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class ReconciliationParts:
    """What the comparing works with."""

    fetch: Fetch
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

    async def run(self, day: date, *, may_be_empty: bool = False) -> Report:
        """Compare the day, Gulf time, and see to what differs.

        `may_be_empty`: a day of which PayBy has no statement is one without payments.
        Raises NoStatement or GatewayError, and then nothing was done.
        """
        statement = await self._statement(day, may_be_empty=may_be_empty)
        there = await asyncio.to_thread(sort_out, statement.rows, statement.settlements)
        unsettled = await self._differences.unsettled()
        books = await self._open(day, there, unsettled)
        comparison = await asyncio.to_thread(_compared, statement, books)
        kept = await self._differences.keep(day, comparison.differences)
        await self._differences.keep(day, comparison.elsewhere, Fate.SETTLED)
        moved = await self._move(day, books, kept, unsettled)
        return Report(day=day, totals=comparison.totals, differences=tuple(moved))

    async def _statement(self, day: date, *, may_be_empty: bool) -> Statement:
        try:
            packed = await self._parts.fetch(day)
            statement = await asyncio.to_thread(read_statement, packed)
        except GatewayRejected as refusal:
            if may_be_empty and refusal.code == _NONE_OF_THE_DAY:
                return Statement((), (), ())
            raise NoStatement(f"PayBy has no statement of {day}: {refusal}") from None
        except WireError as error:
            why = f"PayBy's statement of {day} cannot be read: {error}"
            raise NoStatement(why) from None
        if fault := statement.fault(self._parts.mid, day):
            raise NoStatement(f"PayBy's statement of {day} is not whole: {fault}")
        for unread in statement.unread:
            log.warning("settlements_not_read", day=f"{day}", why=unread)
        return statement

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
        self, day: date, books: Books, kept: Sequence[Known], unsettled: Sequence[Known]
    ) -> Sequence[Known]:
        """Settle, put off or make cases of these; return this day's and what moved."""
        found = {each.key for each in kept}
        older = [each for each in unsettled if each.key not in found]
        now = [
            *[await self._see_to(each, day, books) for each in kept],
            *[await self._look_again(each, day, books) for each in older],
        ]
        now = await self._with_cases(day, now, books)
        before = {each.key: each for each in (*kept, *unsettled)}
        moved = [each for each in now if before[each.key] != each]
        await self._differences.move(moved)
        keys = {each.key for each in moved}
        return [
            each
            for each in now
            if each.key in keys or (each.key in found and each.fate is not Fate.SETTLED)
        ]

    async def _look_again(self, known: Known, day: date, books: Books) -> Known:
        """See to what this comparing did not find."""
        if known.day == day or is_settled(known, books):
            return replace(known, fate=Fate.SETTLED)
        return await self._see_to(known, day, books)

    async def _see_to(self, known: Known, day: date, books: Books) -> Known:
        if known.fate is Fate.CASE or is_known_elsewhere(known):
            return known
        if known.difference.kind is CaseKind.PAID_THERE_ONLY:
            fate = await self._parts.book(known.difference.merchant_order_no)
            return replace(known, fate=fate)
        late = is_only_late(known, day, books.here, self._parts.clock.now())
        return replace(known, fate=Fate.WAITING if late else Fate.CASE)

    async def _with_cases(
        self, day: date, all_now: Sequence[Known], books: Books
    ) -> list[Known]:
        """Open the case of each that is one; too many at once wait for another day."""
        made: list[Known] = []
        opened = 0
        for each in all_now:
            if each.fate is not Fate.CASE or each.case_number is not None:
                made.append(each)
            elif opened < _MOST_CASES:
                opened += 1
                made.append(await self._case(day, each, books))
            else:
                made.append(replace(each, fate=Fate.WAITING))
        return made

    async def _case(self, day: date, known: Known, books: Books) -> Known:
        difference = known.difference
        order = books.here.orders.get(difference.merchant_order_no)
        case = await self._parts.cases.open(
            difference.kind,
            difference.merchant_order_no,
            order.conversation_id if order else "",
            _facts(known, day),
        )
        return replace(known, case_number=case.number)


def _facts(known: Known, day: date) -> dict[str, str]:
    difference = known.difference
    return {
        "number": difference.number,
        "statement_of": f"{known.day}",
        "compared_until": f"{day}",
        "payby_says": difference.there or "nothing",
        "our_books_say": difference.here or "nothing",
    }


def _compared(statement: Statement, books: Books) -> _Comparison:
    """Compare; of what was settled that day, the payment may be of an earlier one."""
    of_today = replace(books, there=sort_out(statement.rows))
    return _Comparison(compare(books), on_another_day(of_today), totals_of(of_today))
