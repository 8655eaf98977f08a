"""One database, SQLite or PostgreSQL, behind two kinds of transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_SQLITE_BUSY_MS = 4_000  # less than the patience of whoever brings us something
AWAY = (OperationalError, InterfaceError)
"""What a database raises that is gone, busy or in a deadlock: worth another try."""
_AT_ONCE = 8  # threads, and a connection for each

Seen = TypeVar("Seen")
Work = Callable[[Session], Seen]


class Database:
    """Short transactions, each in one trip to a thread.

    A blocking session in a thread takes half the processor time of an asynchronous
    one, which makes that trip for every statement. On SQLite the writers of this
    process queue for their turn, and take the write lock at once, so that none fails
    half-way because another process was quicker.
    """

    def __init__(self, url: str) -> None:
        """Accept `sqlite:///path` or `postgresql://…`. Connects on first use."""
        self._engine = _engine(database_url(url))
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_AT_ONCE, "database")

    async def read(self, work: Work[Seen]) -> Seen:
        """Return what the work sees; nothing in it is committed."""
        return await self._in_thread(self._look, work)

    async def write(self, work: Work[Seen]) -> Seen:
        """Do the work in a transaction that commits when it ends well, or not at all.

        Returns what the work returns, once it is durable.
        """
        async with self._writers_turn():
            return await self._in_thread(self._commit, work)

    async def close(self) -> None:
        """Close all connections, after the work under way.

        Waits in place: at the end asyncio's own threads, which the engine of jobs
        had borrowed, may be gone already.
        """
        self._threads.shutdown()
        self._engine.dispose()

    async def _in_thread(
        self, way: Callable[[Work[Seen]], Seen], work: Work[Seen]
    ) -> Seen:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, way, work)

    def _look(self, work: Work[Seen]) -> Seen:
        with Session(self._engine) as session:
            return work(session)

    def _commit(self, work: Work[Seen]) -> Seen:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            if self._is_sqlite:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            return work(session)

    def _writers_turn(self) -> AbstractAsyncContextManager[Any]:
        return self._turn if self._is_sqlite else nullcontext()


def database_url(url: str) -> URL:
    """Return the URL with the driver we use. Raises ValueError for other databases."""
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(
            f"{parsed.get_backend_name()} is neither sqlite nor postgresql"
        )
    return parsed.set(drivername=driver)


def tune_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (any driver)
    """Let readers and one writer work side by side, and no commit be lost."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MS}")
    cursor.close()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=_AT_ONCE, pool_pre_ping=True)
    engine = create_engine(url, pool_size=_AT_ONCE)
    event.listen(engine, "connect", tune_sqlite)
    event.listen(engine, "connect", _begin_when_we_say)
    return engine


def _begin_when_we_say(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None
