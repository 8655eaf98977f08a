import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import Sandbox
from sandbox.config import Config
from sandbox.server import SandboxServer
from tests.contract.sandbox.payby.merchant import Merchant, Shop, open_shop, wait_until

STORES = """id,name,name_ar,area,area_ar
store-001,Corner Grocery,بقالة الزاوية,Deira,ديرة
store-002,Night Owl Mart,بومة الليل,Al Rigga,الرقة
"""


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Merchant]:
    stores = folder / "stores.csv"
    stores.write_text(STORES, encoding="utf-8")
    config = Config(data=folder, stores=stores, **settings)
    server = SandboxServer(Sandbox(config))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    merchant = Merchant(
        f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "keys"
    )
    try:
        wait_until(lambda: server.started)
        yield merchant
    finally:
        merchant.http.close()
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[Merchant]:
    with serving(folder) as merchant:
        yield merchant


@pytest.fixture
def merchant(served: Merchant) -> Merchant:
    """A merchant at a sandbox that knows nothing yet."""
    served.control("POST", "reset")
    return served


@pytest.fixture(scope="session")
def served_fast(folder: Path) -> Iterator[Merchant]:
    with serving(folder, speed=60_000) as merchant:
        yield merchant


@pytest.fixture
def fast(served_fast: Merchant) -> Merchant:
    """The same where a minute lasts a millisecond."""
    served_fast.control("POST", "reset")
    return served_fast


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as shop:
        yield shop
