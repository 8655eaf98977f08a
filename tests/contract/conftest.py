"""Each port's implementations, one after the other."""

import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.database.engine import Database
from core.payby.calls import Merchant
from core.payby.signing import load_private_key, load_public_key
from sandbox.app import Sandbox
from sandbox.config import Config
from sandbox.server import SandboxServer
from tests.conftest import BOTH
from tests.fakes import PAYEE, HandClock
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


@dataclass(frozen=True)
class Served:
    """A sandbox on a port, and the folder of its keys."""

    url: str
    keys: Path


@contextmanager
def served(folder: Path, *, speed: float = 1) -> Iterator[Served]:
    """Serve a sandbox from a thread; PayBy's waits are so many times shorter."""
    server = SandboxServer(Sandbox(Config(data=folder, speed=speed)))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield Served(url, folder / "keys")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the sandbox."""
    with served(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def merchant(sandbox: Served) -> Merchant:
    """Who we are at the sandbox's PayBy."""
    return merchant_at(sandbox)


def merchant_at(sandbox: Served) -> Merchant:
    """Say who we are at a sandbox's PayBy."""
    return Merchant(
        base_url=f"{sandbox.url}/sgs/api",
        partner_id=PAYEE,
        private_key=load_private_key(sandbox.keys / "merchant_private.pem"),
        payby_public_key=load_public_key(sandbox.keys / "payby_public.pem"),
        notify_url="http://127.0.0.1:9/payby/notices",
        business_type="GAME_TOP_UP",
    )
