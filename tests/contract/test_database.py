"""What a transaction promises, also when many wait for the same commit."""

import asyncio
import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.accounts import AccountRow


@pytest.fixture
async def database(database_url):
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def sqlite_file(migrated_sqlite, tmp_path):
    file = tmp_path / "topup.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    return file


@pytest.fixture
async def sqlite_database(sqlite_file):
    database = Database(f"sqlite:///{sqlite_file}")
    await ids(database)  # the first connection makes the file one with a WAL
    yield database
    await database.close()


def opening(account_id: str):
    def work(session: Session) -> str:
        session.add(AccountRow(id=account_id, name="DesertFalcon", is_open=True))
        return account_id

    return work


async def ids(database: Database) -> list[str]:
    every = select(AccountRow.id).order_by(col(AccountRow.id))
    return await database.read(lambda session: list(session.exec(every)))


async def test_what_many_write_at_once_is_all_there(database):
    names = [f"player-{number:03}" for number in range(200)]
    written = await asyncio.gather(*(database.write(opening(name)) for name in names))
    assert written == names
    assert await ids(database) == names


async def test_work_that_fails_undoes_itself_and_nothing_else(database):
    def twice(session: Session) -> None:
        opening("half")(session)
        session.flush()
        opening("a")(session)

    await database.write(opening("a"))
    ends = await asyncio.gather(
        *(database.write(work) for work in (opening("b"), twice, opening("c"))),
        return_exceptions=True,
    )
    assert isinstance(ends[1], IntegrityError)
    assert await ids(database) == ["a", "b", "c"]


async def test_an_error_of_our_own_comes_back_as_it_is_and_undoes_the_work(database):
    class NotToday(Exception):
        pass

    def work(session: Session) -> None:
        opening("a")(session)
        raise NotToday

    with pytest.raises(NotToday):
        await database.write(work)
    assert await ids(database) == []


async def test_a_writer_that_gives_up_holds_up_nobody(sqlite_database, sqlite_file):
    held = sqlite3.connect(sqlite_file, isolation_level=None)
    held.execute("begin immediate")
    leading = asyncio.create_task(sqlite_database.write(opening("a")))
    await asyncio.sleep(0.05)  # now it has the turn, and waits for the file
    waiting = asyncio.create_task(sqlite_database.write(opening("b")))
    giving_up = asyncio.create_task(sqlite_database.write(opening("c")))
    await asyncio.sleep(0.05)
    leading.cancel()
    giving_up.cancel()
    held.execute("rollback")
    held.close()
    assert await waiting == "b"
    assert await ids(sqlite_database) == ["a", "b"]


async def test_all_who_wait_are_told_when_the_database_stays_busy(
    sqlite_database, sqlite_file
):
    held = sqlite3.connect(sqlite_file, isolation_level=None)
    held.execute("begin immediate")
    writing = [sqlite_database.write(opening(name)) for name in "abc"]
    ends = await asyncio.gather(*writing, return_exceptions=True)
    assert {type(end) for end in ends} == {OperationalError}
    held.execute("rollback")
    held.close()
    assert await sqlite_database.write(opening("d")) == "d"
    assert await ids(sqlite_database) == ["d"]
