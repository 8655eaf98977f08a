"""Figures about many orders at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, func, select

from core.database.engine import Database
from core.database.tables.messages import UNDELIVERED, MessageRow
from core.database.tables.orders import OrderRow
from core.database.tables.payby import NoticeRow
from core.database.tables.refunds import RefundRow
from core.domain.orders import Status


@dataclass(frozen=True)
class Payments:
    """How many payments there were, and how many of them no notice told us of."""

    count: int
    unannounced: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How much there is of what should move on, and since when."""

    orders: Mapping[str, int]
    """How many orders there are in each status that occurs."""
    uncredited_since: datetime | None
    """When the oldest order was paid that is not credited; None when all are."""
    undelivered: Mapping[str, int]
    """How many messages are not sent, by how they stand."""
    unheeded: int
    """How many notices are kept and not heeded yet."""
    unheeded_since: datetime | None
    """When the oldest of them came."""
    refunds: Mapping[str, int]
    """How many refunds there are in each status that occurs."""


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

    async def standing(self) -> Standing:
        """Count what should move on; cheap also with a hundred thousand open orders."""
        is_paid = OrderRow.status == Status.PAID
        waiting = col(NoticeRow.is_heeded).is_(False)
        uncredited = select(func.min(OrderRow.paid_at)).where(is_paid)
        unheeded = select(func.count(), func.min(NoticeRow.received_at)).where(waiting)

        def look(session: Session) -> Standing:
            count, since = session.exec(unheeded).one()
            return Standing(
                orders=_by(session, OrderRow.status),
                uncredited_since=session.exec(uncredited).one(),
                undelivered=_by(session, MessageRow.state, UNDELIVERED),
                unheeded=count,
                unheeded_since=since,
                refunds=_by(session, RefundRow.status),
            )

        return await self._database.read(look)


def _by(
    session: Session,
    column: Any,  # noqa: ANN401  (any column)
    where: ColumnElement[bool] | None = None,
) -> dict[str, int]:
    question = select(column, func.count()).group_by(column)
    if where is not None:
        question = question.where(where)
    return dict(session.exec(question).all())
