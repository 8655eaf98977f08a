"""The stores in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from uuid import uuid4

from sqlmodel import Session, delete, select

from core.database.engine import Database
from core.database.tables.stores import HiddenStoreRow, StoreRow
from core.domain.stores import Store


class SqlStores:
    """All stores, read and replaced as a whole; each whole is an edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Store]:
        """Return every store."""

        def look(session: Session) -> list[Store]:
            return [Store(**row.facts) for row in session.exec(select(StoreRow))]

        return await self._database.read(look)

    async def edition(self) -> str:
        """Name the import that the stores came with; empty before the first."""
        newest = select(StoreRow.edition).limit(1)
        return await self._database.read(
            lambda session: session.exec(newest).first() or ""
        )

    async def hidden(self) -> frozenset[str]:
        """Return the stores that support shows to no payer, listed now or not."""
        ids = select(HiddenStoreRow.store_id)
        return await self._database.read(lambda session: frozenset(session.exec(ids)))

    async def replace_all(self, stores: Iterable[Store]) -> None:
        """Let these be the stores, in one transaction."""
        edition = uuid4().hex
        rows = [
            StoreRow(id=store.id, edition=edition, facts=asdict(store))
            for store in stores
        ]

        def replace(session: Session) -> None:
            session.exec(delete(StoreRow))
            session.add_all(rows)

        await self._database.write(replace)
