"""The stores in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlmodel import delete, select

from core.database.engine import Database
from core.database.tables import StoreRow
from core.domain.stores import Store


class SqlStores:
    """All stores, read and replaced as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Store]:
        """Return every store."""
        async with self._database.read() as session:
            return [Store(**row.facts) for row in await session.exec(select(StoreRow))]

    async def replace_all(self, stores: Iterable[Store]) -> None:
        """Let these be the stores, in one transaction."""
        async with self._database.write() as session:
            await session.exec(delete(StoreRow))
            session.add_all(
                StoreRow(id=store.id, facts=asdict(store)) for store in stores
            )
