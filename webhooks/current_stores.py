"""The stores as last imported, without a restart."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.database.stores import SqlStores
from core.domain.stores import Store
from core.stores import Found, StoreIndex

log = structlog.get_logger()

_LOOK_EVERY_S = 15.0


class CurrentStores:
    """The bot's Stores: an index in memory that follows the database."""

    def __init__(self, stores: SqlStores) -> None:
        self._stores = stores
        self._edition = ""
        self._index = StoreIndex([])

    def by_id(self, store_id: str) -> Store | None:
        """Return the store that PayBy calls so; None when we do not list it."""
        return self._index.by_id(store_id)

    def nearest(
        self, latitude: float, longitude: float, at: datetime, count: int
    ) -> Sequence[Found]:
        """Return the stores to walk to, best first."""
        return self._index.nearest(latitude, longitude, at, count)

    def in_area(self, text: str, at: datetime, count: int) -> Sequence[Found]:
        """Return the stores of a typed area; none when it knows no such area."""
        return self._index.in_area(text, at, count)

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Read the stores, and again whenever a new file was imported."""
        await self._refresh()
        task = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
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
