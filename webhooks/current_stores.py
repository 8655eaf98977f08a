"""The stores as last imported and reported, without a restart."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.background import beside
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.stores import REPORTED_FOR, Store, Trouble
from core.stores import Found, StoreIndex

log = structlog.get_logger()

_LOOK_EVERY_S = 15.0


class CurrentStores:
    """The bot's Stores: an index in memory that follows the database."""

    def __init__(
        self,
        stores: SqlStores,
        reports: SqlStoreReports,
        *,
        look_every_s: float = _LOOK_EVERY_S,
    ) -> None:
        self._stores = stores
        self._reports = reports
        self._look_every_s = look_every_s
        self._edition = ""
        self._index = StoreIndex([])
        self._reported: Counter[str] = Counter()
        self._hidden: frozenset[str] = frozenset()

    def by_id(self, store_id: str) -> Store | None:
        """Return the store that PayBy calls so; None when we do not list it."""
        return self._index.by_id(store_id)

    async def named(self, text: str, count: int) -> Sequence[Store]:
        """Return up to `count` stores whose name says so, hidden ones too."""
        return await asyncio.to_thread(self._index.named, text, count)

    def nearest(
        self,
        latitude: float,
        longitude: float,
        at: datetime,
        count: int,
        *,
        avoid: Collection[str] = (),
    ) -> Sequence[Found]:
        """Return the stores to walk to, best first, without those to avoid."""
        return self._index.nearest(
            latitude,
            longitude,
            at,
            count,
            reported=self._reported,
            avoid=self._hidden.union(avoid),
        )

    def in_area(
        self, text: str, at: datetime, count: int, *, avoid: Collection[str] = ()
    ) -> Sequence[Found]:
        """Return the stores of a typed area; none when it knows no such area."""
        return self._index.in_area(
            text,
            at,
            count,
            reported=self._reported,
            avoid=self._hidden.union(avoid),
        )

    async def report(
        self, store_id: str, merchant_order_no: str, trouble: Trouble
    ) -> None:
        """Keep that the store could not take that order, and rank it down at once.

        An order's second report of a store changes nothing.
        """
        await self._reports.add(store_id, merchant_order_no, trouble)
        await self._read_reports()

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Read the stores and the reports, and again whenever there is news."""
        await self._refresh()
        async with beside(self._follow()):
            yield

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self._refresh()
            except SQLAlchemyError as error:
                log.warning("stores_not_read", why=type(error).__name__)

    async def _refresh(self) -> None:
        edition = await self._stores.edition()
        if edition != self._edition:
            stores = await self._stores.all()
            self._index = await asyncio.to_thread(StoreIndex, stores)
            self._edition = edition
            log.info("stores_read", count=len(stores))
        self._hidden = await self._stores.hidden()
        await self._read_reports()

    async def _read_reports(self) -> None:
        self._reported = Counter(await self._reports.reported(REPORTED_FOR))
