"""One database, SQLite or PostgreSQL, behind two kinds of transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_SQLITE_BUSY_MS = 4_000  # less than the patience of whoever brings us something


class Database:
    """Short transactions: `read()` sees, `write()` commits when its block ends well.

    On SQLite writers of this process queue for their turn, and take the write lock at
    once, so that none fails half-way because another process was quicker.
    """

    def __init__(self, url: str) -> None:
        """Accept `sqlite:///path` or `postgresql://…`. Connects on first use."""
        self._engine = _engine(async_url(url))
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a session for looking; nothing in it is committed."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that commits at the end of the block, or not at all."""
        async with self._writers_turn(), self.read() as session, session.begin():
            if self._is_sqlite:
                await (await session.connection()).exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    def _writers_turn(self) -> AbstractAsyncContextManager[Any]:
        return self._turn if self._is_sqlite else nullcontext()


def async_url(url: str) -> URL:
    """Return the URL with the driver we use. Raises ValueError for other databases."""
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(
            f"{parsed.get_backend_name()} is neither sqlite nor postgresql"
        )
    return parsed.set(drivername=driver)


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", tune_sqlite)
    event.listen(engine.sync_engine, "connect", _begin_when_we_say)
    return engine


def _begin_when_we_say(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None


def tune_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (any driver)
    """Let readers and one writer work side by side, and no commit be lost."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MS}")
    cursor.close()
