"""Figures of one day in the Gulf."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlmodel import Session, col, func, select

from core.database.engine import Database
from core.database.tables.orders import OrderRow
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.orders import Status

_LONGEST_LIFE = timedelta(days=17)  # of a code, at PayBy, and a day at each end


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on a day."""

    created: int
    paid: int
    sum_paid: Money
    expired: int
    """How many codes ended unpaid."""
    time_to_pay: timedelta | None
    """The median, from the code's making; None when nothing was paid."""
    created_by_hour: Mapping[int, int]
    """How many were made in each hour of the day, 0 to 23."""
    paid_by_hour: Mapping[int, int]
    """How many were paid in each hour of the day, 0 to 23."""


class SqlDayFigures:
    """Counts on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, day: date) -> Day:
        """Count what was made, paid and not paid that day."""
        start = datetime.combine(day, time(), GULF)
        end = start + timedelta(days=1)
        made_at, number = col(OrderRow.created_at), col(OrderRow.merchant_order_no)
        count = func.count()
        created = select(OrderRow.created_at).where(
            number >= f"T{day - timedelta(days=1):%y%m%d}",
            made_at >= start,
            made_at < end,
        )
        expired = select(count).where(
            number >= f"T{day - _LONGEST_LIFE:%y%m%d}",
            OrderRow.status == Status.EXPIRED,
            col(OrderRow.expires_at) >= start,
            col(OrderRow.expires_at) < end,
        )
        paid = select(OrderRow.created_at, OrderRow.paid_at, OrderRow.amount_fils)
        paid = paid.where(col(OrderRow.paid_at) >= start, col(OrderRow.paid_at) < end)

        def look(session: Session) -> Day:
            rows = session.exec(paid).all()
            spans = [(at - made).total_seconds() for made, at, _ in rows if at]
            times_made = session.exec(created).all()
            hours = (at.astimezone(GULF).hour for _, at, _ in rows if at)
            return Day(
                created=len(times_made),
                paid=len(rows),
                sum_paid=Money(sum(fils for *_, fils in rows)),
                expired=session.exec(expired).one(),
                time_to_pay=timedelta(seconds=median(spans)) if spans else None,
                created_by_hour=Counter(at.astimezone(GULF).hour for at in times_made),
                paid_by_hour=Counter(hours),
            )

        return await self._database.read(look)
