"""Figures about many orders at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, exists, func, select

from core.database.engine import Database
from core.database.tables import NoticeRow, OrderRow


@dataclass(frozen=True)
class Payments:
    """How many payments there were, and how many of them no notice told us of."""

    count: int
    unannounced: int


class SqlFigures:
    """Counts, on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def payments(self, start: datetime, end: datetime) -> Payments:
        """Count what was paid from a time on, and before another."""
        announced = exists().where(
            col(NoticeRow.merchant_order_no) == OrderRow.merchant_order_no
        )
        count = func.count()
        question = select(count, count.filter(~announced)).where(
            col(OrderRow.paid_at) >= start, col(OrderRow.paid_at) < end
        )

        def look(session: Session) -> Payments:
            return Payments(*session.exec(question).one())

        return await self._database.read(look)
