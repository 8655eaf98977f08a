"""The stores in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from uuid import uuid4

from sqlmodel import delete, select

from core.database.engine import Database
from core.database.tables import StoreRow
from core.domain.stores import Store


class SqlStores:
    """All stores, read and replaced as a whole; each whole is an edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Store]:
        """Return every store."""
        async with self._database.read() as session:
            return [Store(**row.facts) for row in await session.exec(select(StoreRow))]

    async def edition(self) -> str:
        """Name the import that the stores came with; empty before the first."""
        async with self._database.read() as session:
            return (await session.exec(select(StoreRow.edition).limit(1))).first() or ""

    async def replace_all(self, stores: Iterable[Store]) -> None:
        """Let these be the stores, in one transaction."""
        edition = uuid4().hex
        async with self._database.write() as session:
            await session.exec(delete(StoreRow))
            session.add_all(
                StoreRow(id=store.id, edition=edition, facts=asdict(store))
                for store in stores
            )
