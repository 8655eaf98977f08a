"""When orders are looked at, though nothing happens to them; see core.watch."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import chain

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import Select

from core.database.tables.orders import OrderRow
from core.domain.orders import Status

_UNPAID = {Status.OPEN, Status.EXPIRED, Status.CANCELLED, Status.FAILED}
_HURRY = timedelta(days=40 * 365)
"""A hurried look stands so long before the time at which it was asked for: it comes
before all others, and one can still tell when that was."""


def due_orders(
    session: Session, statuses: Collection[Status], now: datetime, limit: int
) -> list[str]:
    """Return the numbers of orders to look at, the most overdue first."""
    due = [session.exec(_due(each, now, limit)).all() for each in statuses]
    in_turn = sorted(chain.from_iterable(due))[:limit]
    return [number for _, number in in_turn]


def _due(status: Status, now: datetime, limit: int) -> Select[datetime | None, str]:
    """Ask for one status, so that the index leads to the due rows and no others."""
    look_at = col(OrderRow.look_at)
    return (
        select(look_at, OrderRow.merchant_order_no)
        .where(OrderRow.status == status, look_at <= now)
        .order_by(look_at)
        .limit(limit)
    )


def hurry(session: Session, numbers: Collection[str], now: datetime) -> int:
    """Let the unpaid among these be looked at before others; return how many.

    Filters here: asked for both, SQLite goes through every open order.
    """
    number = col(OrderRow.merchant_order_no)
    known = select(OrderRow.merchant_order_no, OrderRow.status)
    found = session.exec(known.where(number.in_(numbers)))
    unpaid = [each for each, status in found if status in _UNPAID]
    session.exec(
        update(OrderRow).where(number.in_(unpaid)).values(look_at=now - _HURRY)
    )
    return len(unpaid)


def is_hurried_after(look_at: datetime | None, at: datetime) -> bool:
    """Tell whether a look was asked for after that time, and has not been."""
    return look_at is not None and at < look_at + _HURRY < at + _HURRY / 2
