"""A merchant that shares no code with the sandbox: it signs and verifies by itself."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

PARTNER = "200000000888"


@dataclass
class Answer:
    http: httpx.Response
    head: dict[str, Any]
    body: dict[str, Any]

    @property
    def code(self) -> str:
        return cast("str", self.head["code"])

    @property
    def order(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.body["acquireOrder"])

    @property
    def token_url(self) -> str:
        return cast("str", self.body["interActionParams"]["tokenUrl"])


class Merchant:
    def __init__(self, base_url: str, keys: Path) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=10, trust_env=False)
        private = (keys / "merchant_private.pem").read_bytes()
        public = (keys / "payby_public.pem").read_bytes()
        self._private = cast(
            "rsa.RSAPrivateKey", serialization.load_pem_private_key(private, None)
        )
        self._payby = cast(
            "rsa.RSAPublicKey", serialization.load_pem_public_key(public)
        )

    def sign(self, body: bytes) -> str:
        raw = self._private.sign(body, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(raw).decode()

    def payby_signed(self, body: bytes, signature: str) -> bool:
        raw = base64.b64decode(signature)
        try:
            self._payby.verify(raw, body, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        usual = {
            "Content-Type": "application/json",
            "Partner-Id": PARTNER,
            "sign": self.sign(body),
        }
        return self.http.post(f"/sgs/api/{path}", content=body, headers=usual | headers)

    def call(self, path: str, **content: Any) -> Answer:
        envelope = {"requestTime": now_ms(), "bizContent": content}
        return self.read(self.post(path, json.dumps(envelope).encode()))

    def read(self, response: httpx.Response) -> Answer:
        assert response.status_code == 200
        assert self.payby_signed(response.content, response.headers["sign"])
        parsed = json.loads(response.content, parse_float=Decimal)
        return Answer(response, parsed["head"], parsed.get("body", {}))

    def place(self, number: str = "order-1", **changes: Any) -> Answer:
        return self.call("acquire2/placeOrder", **order(number, **changes))

    def get(self, number: str = "order-1") -> dict[str, Any]:
        return self.call("acquire2/getOrder", merchantOrderNo=number).order

    def control(self, method: str, path: str, content: object = None) -> httpx.Response:
        return self.http.request(method, f"/sandbox/{path}", json=content)

    def scan(self, qr: str, store: str = "store-001", **more: Any) -> httpx.Response:
        content = {"qr": qr, "store": store, "password": "123456", **more}
        return self.control("POST", "pos/scan", content)

    def pay(self, number: str = "order-1", **changes: Any) -> Answer:
        late = now_ms() + 47 * 3_600_000  # so that it lives long on a fast clock too
        placed = self.place(number, **{"expiredTime": late} | changes)
        assert self.scan(placed.token_url).status_code == 200
        return placed


def order(number: str = "order-1", **changes: Any) -> dict[str, Any]:
    content = {
        "merchantOrderNo": number,
        "subject": "Game top up",
        "totalAmount": {"amount": 50, "currency": "AED"},
        "paySceneCode": "CASHTOPUP",
        "paySceneParams": {"businessType": "GAME_TOP_UP"},
    }
    return {name: v for name, v in (content | changes).items() if v is not None}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Received:
    headers: dict[str, str]
    raw: bytes

    @property
    def content(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.raw, parse_float=Decimal))


@dataclass
class Shop:
    """The merchant's server: keeps what it is told, answers as scripted."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    ready: int = 200
    ready_after_s: float = 0

    def wait_for(self, count: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= count)
        return self.received


SUCCESS = (200, b'{"response":"SUCCESS"}')


@contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            shop.received.append(Received(headers, raw))
            self._answer(*(shop.answers.pop(0) if shop.answers else SUCCESS))

        def do_GET(self) -> None:
            time.sleep(shop.ready_after_s)
            self._answer(shop.ready, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def wait_until(fact: Any, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)
