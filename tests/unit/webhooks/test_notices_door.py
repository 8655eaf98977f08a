"""PayBy's door: what is signed is kept before SUCCESS is said; the rest is refused."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from dbos import error as engine_errors
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from webhooks.payby_notices import payby_notices

BODY = json.dumps({"notify_id": "1", "acquireOrder": {"subject": "شحن"}}).encode()
DOWN = OperationalError("insert", {}, Exception("disk I/O error"))


@pytest.fixture(scope="session")
def payby_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(key: rsa.RSAPrivateKey, body: bytes) -> str:
    return base64.b64encode(
        key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    ).decode()


class Keeper:
    """Keeps notices, or fails."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.counted: list[str] = []
        self.trouble: Exception | None = None

    async def take(self, body: bytes) -> None:
        if self.trouble:
            raise self.trouble
        self.kept.append(body)


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
async def http(payby_key, keeper):
    app = FastAPI()
    app.include_router(
        payby_notices(payby_key.public_key(), keeper.take, keeper.counted.append)
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test"
    ) as client:
        yield client


@pytest.fixture
def post(http, payby_key):
    async def post(body: bytes, **headers: str) -> httpx.Response:
        headers = {"sign": signed(payby_key, body)} | headers
        return await http.post("/payby/notices", content=body, headers=headers)

    return post


async def test_a_signed_notice_is_kept_as_it_came_and_acknowledged(post, keeper):
    answer = await post(BODY)
    assert answer.status_code == 200
    assert answer.json() == {"response": "SUCCESS"}
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert keeper.kept == [BODY]


@pytest.mark.parametrize("name", ["sign", "Sign", "SIGN"])
async def test_the_signature_is_found_however_its_header_is_spelled(
    http, payby_key, name
):
    headers = {name: signed(payby_key, BODY)}
    answer = await http.post("/payby/notices", content=BODY, headers=headers)
    assert answer.status_code == 200


async def test_the_same_notice_again_is_acknowledged_again(post):
    answers = [await post(BODY) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}


async def test_a_missing_signature_is_refused_and_nothing_is_kept(http, keeper):
    answer = await http.post("/payby/notices", content=BODY)
    assert answer.status_code == 401
    assert "signature" in answer.json()["error"]
    assert keeper.kept == []


@pytest.mark.parametrize("sign", ["", "AAAA", "not base64 ☂".encode(), "A" * 9000])
async def test_a_wrong_signature_is_refused_and_nothing_is_kept(http, keeper, sign):
    answer = await http.post("/payby/notices", content=BODY, headers={"sign": sign})
    assert answer.status_code == 401
    assert keeper.kept == []


async def test_a_signature_of_other_bytes_is_refused(http, payby_key, keeper):
    other = signed(payby_key, BODY)
    headers = {"sign": other}
    answer = await http.post("/payby/notices", content=BODY + b" ", headers=headers)
    assert answer.status_code == 401
    assert keeper.kept == []


async def test_a_signature_by_another_key_is_refused(post, keeper):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert (await post(BODY, sign=signed(stranger, BODY))).status_code == 401
    assert keeper.kept == []


async def test_64_kib_are_read_and_one_byte_more_is_not(post, keeper):
    room = 64 * 1024 - len(b'{"x":""}')
    assert (await post(b'{"x":"%s"}' % (b"a" * room))).status_code == 200
    answer = await post(b'{"x":"%s"}' % (b"a" * (room + 1)))
    assert answer.status_code == 413
    assert "64 KiB" in answer.json()["error"]
    assert len(keeper.kept) == 1


async def test_an_endless_body_is_refused_before_it_ends(http):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"a" * 4096

    answer = await http.post("/payby/notices", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'{"x":NaN}',
        b"\xff\xfe{\x00}\x00",
        '{"x":1}'.encode("utf-16"),
        b'{"x":"\\u0000"}',
        b'{"x":"\\ud800"}',
        b'{"x":%s}' % (b"[" * 5000),
        b'{"x":%s1%s}' % (b"[" * 40, b"]" * 40),
        b'{"x":1%s}' % (b"0" * 5000),
    ],
)
async def test_signed_bytes_that_are_no_json_object_are_refused(post, keeper, body):
    answer = await post(body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert keeper.kept == []


@pytest.mark.parametrize(
    "trouble", [DOWN, engine_errors.DBOSException("away"), TimeoutError()]
)
async def test_a_notice_that_could_not_be_kept_is_asked_for_again(
    post, keeper, trouble
):
    keeper.trouble = trouble
    answer = await post(BODY)
    assert answer.status_code == 503
    assert "SUCCESS" not in answer.text
    keeper.trouble = None
    assert (await post(BODY)).status_code == 200


async def test_what_becomes_of_each_notice_is_counted(post, keeper):
    for body, headers in ((BODY, {}), (BODY, {"sign": "AAAA"}), (b"[]", {})):
        await post(body, **headers)
    await post(b"{%s}" % (b" " * 64 * 1024))
    keeper.trouble = DOWN
    await post(BODY)
    assert keeper.counted == [
        *("accepted", "badly_signed", "unreadable", "too_large", "not_kept"),
    ]


async def test_other_methods_have_no_door(http):
    assert (await http.get("/payby/notices")).status_code == 405


async def test_a_hundred_notices_at_once_are_all_kept(post, keeper):
    bodies = [b'{"notify_id":"%d"}' % number for number in range(100)]
    answers = await asyncio.gather(*map(post, bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(keeper.kept) == sorted(bodies)
