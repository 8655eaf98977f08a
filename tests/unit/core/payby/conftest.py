"""A PayBy of a few lines that signs by itself, and a client that talks to it."""

import base64
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.exchange import Exchange

NOW = datetime(2026, 11, 24, 8, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(scope="session")
def merchant_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def payby_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def merchant(merchant_key, payby_key):
    return Merchant(
        base_url="https://payby.test/sgs/api/",
        partner_id="200000000888",
        private_key=merchant_key,
        payby_public_key=payby_key.public_key(),
        notify_url="https://shop.test/payby/notices",
        business_type="GAME_TOP_UP",
    )


class FixedClock:
    def now(self):
        return NOW


class ScriptedPayBy:
    """Answers what the test says, in turn, and keeps what it was asked."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self._script: deque[Callable[[httpx.Request], httpx.Response]] = deque()
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._script.popleft()(request)

    def sign(self, body: bytes) -> str:
        signature = self._key.sign(body, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode()

    def will(self, *steps: httpx.Response | Exception) -> None:
        """Answer with a response, or fail with an exception, in this order."""
        self._script.extend(map(_played, steps))

    def answers(
        self, body="{}", code="0", msg="SUCCESS", apply="SUCCESS", **signing
    ) -> httpx.Response:
        """Make an answer; `body` is JSON text, so that its numbers stay literal."""
        head = json.dumps(
            {"applyStatus": apply, "code": code, "msg": msg, "traceCode": "975929"}
        )
        text = (
            f'{{"head":{head},"body":{body}}}' if code == "0" else f'{{"head":{head}}}'
        )
        return self.raw(text.encode(), **signing)

    def raw(
        self, content, *, status=200, signature=None, headers=None
    ) -> httpx.Response:
        signature = self.sign(content) if signature is None else signature
        sent = {"Sign": signature} if signature else {}
        return httpx.Response(status, content=content, headers=sent | (headers or {}))

    def biz_content(self, index=0):
        return json.loads(self.asked[index].content)["bizContent"]


def _played(
    step: httpx.Response | Exception,
) -> Callable[[httpx.Request], httpx.Response]:
    def play(_request: httpx.Request) -> httpx.Response:
        if isinstance(step, Exception):
            raise step
        return step

    return play


@pytest.fixture
def payby(payby_key):
    return ScriptedPayBy(payby_key)


@pytest.fixture
async def http(payby):
    async with httpx.AsyncClient(transport=httpx.MockTransport(payby)) as client:
        yield client


@pytest.fixture
def clock():
    return FixedClock()


@pytest.fixture
def exchanges():
    return []


@pytest.fixture
def client(http, merchant, clock, exchanges):
    async def keep(exchange: Exchange) -> None:
        exchanges.append(exchange)

    return PayByClient(http, merchant, clock, keep)


ORDER = (
    '{"requestTime":1581404955966,"merchantOrderNo":"T261124-7K3QXMPA",'
    '"orderNo":"131404956265007836","status":"%s","product":"Basic Payment Gateway",'
    '"totalAmount":{"amount":50.00,"currency":"AED"},"payeeMid":"200000000888",'
    '"expiredTime":1581412155966,"notifyUrl":"https://shop.test/payby/notices",'
    '"subject":"Coins","paySceneCode":"CASHTOPUP","revoked":"false"%s}'
)
PAYMENT = (
    ',"paymentInfo":{"paidAmount":{"amount":50.00,"currency":"AED"},'
    '"paidTime":1581405372000,"payerMid":"100000001104","payChannel":"BALANCE",'
    '"payeeFeeAmount":{"amount":0.5,"currency":"AED"},'
    '"payerFeeAmount":{"amount":0,"currency":"AED"},'
    '"settlementAmount":{"amount":49.5,"currency":"AED"}},'
    '"accessoryContent":{"terminalDetail":{"storeId":"S-07"}}'
)


@pytest.fixture
def order_text():
    """JSON text of an acquireOrder in a status, paid or not."""

    def text(status="CREATED", *, paid=False):
        return ORDER % (status, PAYMENT if paid else "")

    return text
