"""The cases of differences between books: opened, opened again, and closed.

Nobody has to close a case about which the books agree by now, be it by a later
statement or since it was booked. What differs once more is opened again.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import structlog

from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.domain.books import BookedOrder, Books, Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known, case_facts, is_settled
from core.domain.errors import GatewayError
from core.domain.payments import GatewayOrder
from core.domain.statements import There
from core.ports import Clock

log = structlog.get_logger()

_MOST_CASES = 100
"""More at once means that something else is wrong, and would bury support."""

GetOrder = Callable[[str], Awaitable[GatewayOrder]]
"""Asks PayBy about a number of whatever order. Raises GatewayError."""


@dataclass(frozen=True, kw_only=True)
class DifferenceCases:
    """Lets support know what differs, as long as it does."""

    cases: SqlCases
    differences: SqlDifferences
    books: SqlBooks
    get_order: GetOrder
    clock: Clock

    async def open(
        self,
        all_now: Sequence[Known],
        were_cases: Collection[tuple[str, CaseKind]],
        orders: Mapping[str, BookedOrder],
        day: date,
    ) -> list[Known]:
        """Open the case of each that is one, after the comparing of that day.

        Too many at once wait for another day.
        """
        made: list[Known] = []
        opened = 0
        for each in all_now:
            if each.fate is not Fate.CASE or each.key in were_cases:
                made.append(each)
            elif each.case_number is not None:
                await self.cases.reopen(each.case_number)
                made.append(each)
            elif opened < _MOST_CASES:
                opened += 1
                made.append(await self._opened(each, orders, day))
            else:
                made.append(replace(each, fate=Fate.WAITING))
        return made

    async def close_agreed(self, by: str) -> None:
        """Close the cases about which the books agree; `by` says what shows it."""
        numbers = [case.number for case in await self.cases.all_open()]
        known = await self.differences.of_cases(numbers)
        agreed = await self._agreed(known)
        differ = {each.case_number for each in known if each.key not in agreed}
        settled = {each.case_number for each in known} - differ
        for number in numbers:
            if number in settled:
                log.info("case_closed", number=number, by=by)
                await self.cases.close(number, by)

    async def statement_is_there(self, day: date) -> None:
        """Close the case of a day whose statement was missing."""
        kind, by = CaseKind.STATEMENT_MISSING, "the statement, which is there by now"
        await self.cases.close_about(kind, f"{day}", by)

    async def _agreed(self, known: Sequence[Known]) -> frozenset[tuple[str, CaseKind]]:
        """Return which of these are settled, or in our books by now."""
        orders = {each.difference.merchant_order_no for each in known}
        if not orders:
            return frozenset()
        now = self.clock.now()
        here = await self.books.of(now, now, orders=orders, refunded=orders)
        books = Books(There(), here)
        return frozenset(
            each.key
            for each in known
            if each.fate is Fate.SETTLED or is_settled(each, books)
        )

    async def _opened(
        self, known: Known, orders: Mapping[str, BookedOrder], day: date
    ) -> Known:
        difference = known.difference
        number, order_no = difference.number, difference.merchant_order_no
        order = orders.get(order_no)
        facts = case_facts(known, day)
        if difference.kind is CaseKind.UNKNOWN_NUMBER:
            facts["payby_answers"] = await self._answer_about(difference)
        case = await self.cases.open(
            difference.kind,
            order_no,
            order.conversation_id if order else "",
            facts,
            refund_no="" if number == order_no else number,
        )
        return replace(known, case_number=case.number)

    async def _answer_about(self, difference: Difference) -> str:
        """Ask PayBy whose it is, for support to know; nothing is booked on it."""
        try:
            seen = await self.get_order(difference.merchant_order_no)
        except GatewayError as trouble:
            return str(trouble)
        return f"{seen.status}, {seen.currency} {seen.amount}"
