"""Each port's implementations, one after the other."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.conftest import BOTH
from tests.fakes import HandClock
from tests.postgres import Postgres

MEMORY = "memory"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of each kind with our tables, open."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(params=[MEMORY, *BOTH])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a port keeps things: in memory, or in a database at this address."""
    if request.param == MEMORY:
        yield MEMORY
    elif request.param == "sqlite":
        file = tmp_path / "topup.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create(request.getfixturevalue("migrated_postgres"))
        yield url
        server.drop(url)
