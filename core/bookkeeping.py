"""Keeps the books: each night the day that is over is compared with PayBy's statement.

One worker at a time does it. A day without a statement, or one that PayBy has not
answered for, is tried again until it is done; what was compared stands in a row, so
neither a restart nor another worker leaves a day out.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.background import beside, over_and_over
from core.database.differences import SqlDifferences
from core.database.leases import SqlLeases
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate
from core.domain.due_days import (
    AGAIN_AFTER,
    PATIENCE,
    READY_AFTER,
    oldest_day,
    uncompared,
)
from core.domain.errors import GatewayError, GatewayRejected
from core.domain.gulf import GULF
from core.domain.refunds import Refund, Way
from core.domain.reports import Report, facts_of
from core.giving_back import GivingBack
from core.parts import Parts
from core.payby.whole import NoStatement
from core.reconciliation import Reconciliation
from core.settlement import Settlement

log = structlog.get_logger()

DUTY = "books"
LEASE = timedelta(minutes=30)
_TURN_EVERY_S = 60.0
_BY_OUR_BOOKS = "our books, which have it by now"

Tell = Callable[[Report], Awaitable[None]]
"""Tells support, once per day, what came of it."""


class Booking:
    """Books what only the statement has: as PayBy says when asked, and once."""

    def __init__(self, parts: Parts) -> None:
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._settlement = Settlement(parts)
        self._giving_back = GivingBack(parts)

    async def book(self, difference: Difference) -> Fate:
        """Ask PayBy and act on its word as usual; return how the difference stands.

        Raises GatewayError when PayBy does not say.
        """
        order = await self._orders.get(difference.merchant_order_no)
        try:
            order = await self._settlement.ask(order, found_by="statement")
            if difference.kind is CaseKind.PAID_THERE_ONLY:
                is_booked = order.is_paid or order.is_given_back
                return Fate.SETTLED if is_booked else Fate.CASE
            return await self._book_refund(difference)
        except GatewayRejected:
            return Fate.CASE

    async def _book_refund(self, difference: Difference) -> Fate:
        number, order_no = difference.number, difference.merchant_order_no
        if number != order_no:  # else the order was undone, which it has told itself
            seen = await self._gateway.get_refund(number, about=order_no)
            await self._giving_back.consider(seen)
        refunds = await self._refunds.of_order(order_no)
        meant = [each for each in refunds if _is_meant(each, difference)]
        if any(each.is_done for each in meant):
            return Fate.SETTLED
        under_way = any(each.is_under_way for each in meant)
        return Fate.WAITING if under_way else Fate.CASE


def _is_meant(refund: Refund, difference: Difference) -> bool:
    """Tell whether it is this refund; one of an undone order has a number there."""
    numbers = {refund.refund_no, refund.payby_refund_no}
    is_undone = refund.way is Way.REVOKE
    return difference.number in numbers or is_undone


class Bookkeeping:
    """The one who compares the books, every night."""

    def __init__(
        self,
        parts: Parts,
        reconciliation: Reconciliation,
        differences: SqlDifferences,
        tell: Tell,
        *,
        leases: SqlLeases,
        worker: str,
    ) -> None:
        self._support = parts.support
        self._clock = parts.clock
        self._reconciliation = reconciliation
        self._differences = differences
        self._tell = tell
        self._leases = leases
        self._worker = worker
        self._not_before: dict[date, datetime] = {}

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Keep the books until the block ends."""
        every_s = _TURN_EVERY_S
        return beside(
            over_and_over(self.turn, name=DUTY, every_s=every_s, first_after_s=every_s)
        )

    async def turn(self) -> None:
        """Compare every day that is due, the oldest first, if it is ours to do.

        And, whoever compares: what was booked meanwhile is no case any more.
        """
        await self._reconciliation.cases.close_agreed(_BY_OUR_BOOKS)
        now = self._clock.now()
        due = [day for day in await self._due() if self._may_try(day, now)]
        if not due or not await self._leases.take(DUTY, self._worker, LEASE):
            return
        try:
            for day in due:
                await self._compare(day)
        finally:
            with suppress(SQLAlchemyError):
                await self._leases.let_go(DUTY, self._worker)

    async def _due(self) -> Sequence[date]:
        """Return the days to compare: those that are over; at first only the last."""
        now = self._clock.now()
        first = oldest_day(now, READY_AFTER)
        compared = await self._differences.compared_since(first)
        return uncompared(compared, now, READY_AFTER)

    def _may_try(self, day: date, now: datetime) -> bool:
        return now >= self._not_before.get(day, now)

    async def _compare(self, day: date) -> None:
        now = self._clock.now()
        self._not_before[day] = now + AGAIN_AFTER
        is_late = (
            now > datetime.combine(day, time(), GULF) + timedelta(days=1) + PATIENCE
        )
        try:
            report = await self._reconciliation.run(day, may_be_empty=is_late)
        except (NoStatement, GatewayError) as trouble:
            log.warning("not_reconciled_yet", day=f"{day}", why=str(trouble))
            if is_late:
                facts = {"why": str(trouble)}
                await self._support.open_case(
                    CaseKind.STATEMENT_MISSING, f"{day}", facts
                )
            return
        _log(report)
        if not report.is_finished:
            return
        if report.differences:
            await self._tell(report)
        await self._differences.compared(day, facts_of(report))
        self._not_before.pop(day)


def _log(report: Report) -> None:
    log.info("reconciled", **facts_of(report))
    for known in report.of_fate(Fate.CASE):
        difference = known.difference
        log.error(
            "books_differ",
            case=known.case_number,
            kind=difference.kind,
            order=difference.merchant_order_no,
            number=difference.number,
        )
