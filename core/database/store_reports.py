"""What payers reported of stores that could not take a payment, in the database."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from core.database.engine import Database
from core.database.tables.stores import StoreReportRow
from core.ports import Clock


class SqlStoreReports:
    """Reports on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, store_id: str, merchant_order_no: str, reason: str) -> None:
        """Keep a report; an order's second one about a store changes nothing."""
        row = StoreReportRow(
            store_id=store_id,
            merchant_order_no=merchant_order_no,
            reason=reason,
            at=self._clock.now(),
        )
        try:
            await self._database.write(lambda session: session.add(row))
        except IntegrityError:
            return

    async def reported(self, within: timedelta) -> Sequence[str]:
        """Return the stores reported in that time, once per report."""
        recent = select(StoreReportRow.store_id).where(
            col(StoreReportRow.at) > self._clock.now() - within
        )
        return await self._database.read(lambda session: session.exec(recent).all())
