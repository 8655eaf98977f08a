"""All that is kept about one store, as support looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.orders import OrderRow
from core.database.tables.stores import HiddenStoreRow, StoreReportRow
from core.domain.orders import Order
from core.ports import Clock

_LATELY = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Report:
    """A payer's word that the store could not take a payment."""

    at: datetime
    merchant_order_no: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StoreFile:
    """What is known of a store beside what it says of itself."""

    hidden_by: str
    """Who hid it from payers; empty while it is shown."""
    reports: Sequence[Report]
    """The newest, newest first."""
    payments: Sequence[Order]
    """The newest of a month, newest first."""


class SqlStoreFiles:
    """Store files on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, store_id: str, limit: int) -> StoreFile:
        """Return a store's file, with so many reports and payments at most."""
        reports = (
            select(StoreReportRow)
            .where(StoreReportRow.store_id == store_id)
            .order_by(col(StoreReportRow.at).desc())
            .limit(limit)
        )
        payments = (
            select(OrderRow)
            .where(OrderRow.store_id == store_id)
            .where(col(OrderRow.paid_at) > self._clock.now() - _LATELY)
            .order_by(col(OrderRow.paid_at).desc())
            .limit(limit)
        )

        def look(session: Session) -> StoreFile:
            hidden = session.get(HiddenStoreRow, store_id)
            return StoreFile(
                hidden_by=hidden.hidden_by if hidden else "",
                reports=[_report(row) for row in session.exec(reports)],
                payments=[row.to_order() for row in session.exec(payments)],
            )

        return await self._database.read(look)

    async def hide(self, store_id: str, by: str) -> None:
        """Show the store to no payer; again changes nothing."""
        row = HiddenStoreRow(
            store_id=store_id, hidden_by=by, hidden_at=self._clock.now()
        )

        def hide(session: Session) -> None:
            if session.get(HiddenStoreRow, store_id) is None:
                session.add(row)

        await self._database.write(hide)

    async def show(self, store_id: str) -> None:
        """Show the store to payers; again changes nothing."""

        def show(session: Session) -> None:
            if row := session.get(HiddenStoreRow, store_id):
                session.delete(row)

        await self._database.write(show)


def _report(row: StoreReportRow) -> Report:
    return Report(at=row.at, merchant_order_no=row.merchant_order_no, reason=row.reason)
