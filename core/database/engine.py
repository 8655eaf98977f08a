"""One database, SQLite or PostgreSQL, behind two kinds of transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import Context
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from core.database.urls import database_url

_SQLITE_BUSY_MS = 4_000  # less than the patience of whoever brings us something
AWAY = (OperationalError, InterfaceError)
"""What a database raises that is gone, busy or in a deadlock: worth another try."""
_AT_ONCE = 8  # threads, and a connection for each

Asked = TypeVar("Asked")
Seen = TypeVar("Seen")
Work = Callable[[Session], Seen]
_Waiting = tuple[Work[Any], asyncio.Future[Any]]
_End = tuple[Any, Exception | None]


class Database:
    """Short transactions, each in one trip to a thread.

    A blocking session in a thread takes half the processor time of an asynchronous
    one, which makes that trip for every statement. On SQLite, which has one writer at
    a time, all the work that waits shares one commit (see `_Group`).
    """

    def __init__(self, url: str) -> None:
        """Accept `sqlite:///path` or `postgresql://…`. Connects on first use."""
        self._engine = _engine(database_url(url))
        self._threads = ThreadPoolExecutor(_AT_ONCE, "database")
        is_sqlite = self._engine.dialect.name == "sqlite"
        self._group = _Group(self._engine, self._threads) if is_sqlite else None

    async def read(self, work: Work[Seen]) -> Seen:
        """Return what the work sees; nothing in it is committed."""
        return await _in_thread(self._threads, self._look, work)

    async def write(self, work: Work[Seen]) -> Seen:
        """Do the work in a transaction that commits when it ends well, or not at all.

        Returns what the work returns, once it is durable.
        """
        if self._group:
            return await self._group.write(work)
        return await _in_thread(self._threads, self._commit, work)

    async def close(self) -> None:
        """Close all connections, after the work under way.

        Waits in place: at the end asyncio's own threads, which the engine of jobs
        had borrowed, may be gone already.
        """
        self._threads.shutdown()
        self._engine.dispose()

    def _look(self, work: Work[Seen]) -> Seen:
        with Session(self._engine) as session:
            return work(session)

    def _commit(self, work: Work[Seen]) -> Seen:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return work(session)


class _Group:
    """Group commit: all that waits shares a commit, in the order it came.

    Each piece of work stands in a savepoint of its own, so that one that fails undoes
    only itself. The write lock is taken at the start, so that none fails half-way
    because another process was quicker.
    """

    def __init__(self, engine: Engine, threads: Executor) -> None:
        self._engine = engine
        self._threads = threads
        self._waiting: list[_Waiting] = []
        self._committing: asyncio.Task[None] | None = None

    async def write(self, work: Work[Seen]) -> Seen:
        done: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._committing is None:
            self._committing = asyncio.create_task(
                self._commit_all(), context=Context()
            )
        return await done

    async def _commit_all(self) -> None:
        """Commit until nothing waits."""
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._commit_group([each for each in group if _is_wanted(each)])
        finally:
            self._committing = None

    async def _commit_group(self, group: list[_Waiting]) -> None:
        try:
            ends = await _in_thread(self._threads, self._commit, group)
        except Exception as error:  # noqa: BLE001  (handed to everyone who waits)
            ends = [(None, error)] * len(group)
        for (_, done), (seen, fault) in zip(group, ends, strict=True):
            if done.cancelled():
                continue
            if fault:
                done.set_exception(fault)
            else:
                done.set_result(seen)

    def _commit(self, group: list[_Waiting]) -> list[_End]:
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return [_in_savepoint(connection, work) for work, _ in group]


def _is_wanted(waiting: _Waiting) -> bool:
    """Tell whether whoever asked for the work has not given up since."""
    return not waiting[1].cancelled()


def _in_savepoint(connection: Connection, work: Work[Any]) -> _End:
    try:
        with (
            Session(
                connection,
                expire_on_commit=False,
                join_transaction_mode="create_savepoint",
            ) as session,
            session.begin(),
        ):
            return work(session), None
    except Exception as error:  # noqa: BLE001  (handed to whoever asked for the work)
        return None, error


async def _in_thread(
    threads: Executor, way: Callable[[Asked], Seen], asked: Asked
) -> Seen:
    return await asyncio.get_running_loop().run_in_executor(threads, way, asked)


def tune_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (any driver)
    """Let readers and one writer work side by side, and no commit be lost."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
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
