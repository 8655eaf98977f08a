"""What tests of every kind share: databases, and the running whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from core.database.migrate import migrate
from tests.missing import missing
from tests.postgres import Postgres, PostgresMissing, started
from tests.world import World, opened

BOTH = ("sqlite", "postgresql")
settings.register_profile("unhurried", deadline=None)  # machines may be busy
if os.environ.get("CI") != "true":  # there the library chooses the same, and no luck
    settings.load_profile("unhurried")
RANDOM_BESIDE = (
    "ignore:Do not use the `random` module"
    ":hypothesis.errors.HypothesisDeprecationWarning"
)


def pytest_configure(config: pytest.Config) -> None:
    """Let the engine's threads roll dice while Hypothesis watches the dice."""
    config.addinivalue_line("filterwarnings", RANDOM_BESIDE)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of TOPUP_TEST_POSTGRES_URL, or else one of our own."""
    if url := os.environ.get("TOPUP_TEST_POSTGRES_URL"):
        yield Postgres(url)
        return
    with ExitStack() as closing:
        try:
            own = closing.enter_context(started())
        except PostgresMissing as error:
            missing(str(error))
        yield own


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables, to copy."""
    file = tmp_path_factory.mktemp("migrated") / "topup.sqlite"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database with our tables, to copy."""
    url = postgres.create()
    migrate(url)
    yield url
    postgres.drop(url)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with our tables, of this test's own."""
    if request.param == "sqlite":
        file = tmp_path / "topup.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create(request.getfixturevalue("migrated_postgres"))
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database of the first desk lies, as soon as one was laid."""
    return tmp_path_factory.mktemp("laid") / "topup.sqlite"


@pytest.fixture(scope="session")
def opened_world(
    tmp_path_factory: pytest.TempPathFactory, laid: Path
) -> Iterator[World]:
    """The demo's sandbox and product, running."""
    with opened(tmp_path_factory.mktemp("world"), laid=laid) as world:
        yield world


@pytest.fixture
def world(opened_world: World) -> Iterator[World]:
    """The running whole, where nothing goes wrong that this test did not ask for."""
    yield opened_world
    opened_world.clear_faults()
