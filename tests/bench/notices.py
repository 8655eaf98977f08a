"""How fast notices are accepted, beside a floor that only verifies and commits."""

import base64
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.bench.load import request
from tests.bench.stage import Stage
from tests.waiting import until
from tests.world import free_port


def signed_notices(stage: Stage, count: int, path: str) -> list[bytes]:
    """Make requests with different notices of a kind that leads to no more work."""
    key_file = stage.data / "keys" / "payby_private.pem"
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    requests = []
    for number in range(count):
        body = (
            f'{{"notify_id":"{time.time_ns()}{number}","notify_timestamp":1,'
            '"voidOrder":{"orderNo":"131460203506000004","amount":{"amount":10.00,'
            '"currency":"AED"},"status":"SUCCESS","product":"POS void, of the length '
            f'that a notice of an order has: {"x" * 600}"}}}}'
        ).encode()
        signature = key.sign(body, padding.PKCS1v15(), hashes.SHA256())
        sign = base64.b64encode(signature).decode()
        requests.append(request(path, {"sign": sign}, body))
    return requests


class Floor:
    """The floor server, while the block lasts."""

    def __init__(self, stage: Stage) -> None:
        """Prepare its table beside the product's database."""
        self._database = stage.data / "floor.sqlite"
        self._key: Path = stage.data / "keys" / "payby_public.pem"
        self.port = free_port()

    def __enter__(self) -> Self:
        """Start the server and wait until it answers."""
        with sqlite3.connect(self._database) as connection:
            connection.execute("create table floor (id integer primary key, body text)")
        url = f"sqlite:///{self._database}"
        command = [sys.executable, "-m", "tests.bench.floor"]
        command += [str(self.port), url, str(self._key)]
        self._process = subprocess.Popen(command)  # noqa: S603  (our own words)
        until(self._answers, "the floor")
        return self

    def _answers(self) -> bool:
        try:
            httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False)
        except httpx.TransportError:
            return False
        return True

    def __exit__(self, *_error: object) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.wait()
