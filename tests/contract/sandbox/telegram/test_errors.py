import asyncio
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from sandbox.faults import Fault, UnknownFault
from sandbox.telegram.methods import METHODS
from tests.contract.sandbox.telegram.desk import CHAT, PHONE, Desk


async def test_a_chat_that_never_wrote_is_not_found(desk: Desk):
    with pytest.raises(BadRequest, match="Chat not found"):
        await desk.bot.send_message(CHAT, "hello?")
    with pytest.raises(BadRequest, match="Chat not found"):
        await desk.bot.send_message("@somebody", "hello?")

    await desk.send(block=True)
    await desk.send(unblock=True)

    with pytest.raises(BadRequest, match="Chat not found"):
        await desk.bot.send_message(CHAT, "hello?")


async def test_a_message_needs_a_chat(desk: Desk):
    assert await desk.refusal("sendMessage", text="x") == "chat_id is empty"


async def test_who_blocks_the_bot_is_out_of_reach_until_unblocking(chat: Desk):
    await chat.send(block=True)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await chat.bot.send_message(CHAT, "hello?")

    await chat.send(unblock=True)

    assert await chat.bot.send_message(CHAT, "welcome back")


async def test_another_token_is_unauthorized(desk: Desk):
    request = HTTPXRequest(httpx_kwargs={"trust_env": False, "verify": False})
    stranger = Bot("1234567890:another", f"{desk.url}/bot", request=request)

    with pytest.raises(InvalidToken):
        await stranger.get_me()
    answer = await desk.http.get("/bot1234567890:another/getMe")
    assert answer.status_code == 401
    assert answer.json()["description"] == "Unauthorized"
    file = await desk.http.get("/file/bot1234567890:another/photos/file_0.png")
    assert file.status_code == 401
    await request.shutdown()


async def test_an_unknown_method_is_not_found(desk: Desk):
    answer = await desk.post("sendPigeon")

    assert (answer["error_code"], answer["description"]) == (404, "Not Found")


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize(
    ("mode", "error", "cause"),
    [
        ("429", RetryAfter, None),
        ("400", BadRequest, None),
        ("403", Forbidden, None),
        ("http500", NetworkError, None),
        ("junk", TelegramError, None),
        ("timeout", TimedOut, httpx.ReadTimeout),
        ("drop_after_accept", NetworkError, httpx.RemoteProtocolError),
    ],
)
async def test_a_fault_spoils_one_call_as_the_real_network_would(
    chat: Desk, mode: str, error: type[Exception], cause: type[Exception] | None
):
    chat.fail_next("sendMessage", mode)

    with pytest.raises(error) as caught:
        await chat.bot.send_message(CHAT, "hello", read_timeout=0.3)

    assert type(caught.value) is error
    if cause:
        assert isinstance(caught.value.__cause__, cause | httpx.ReadError)
    did = mode == "drop_after_accept"
    assert [seen["text"] for seen in await chat.screen()][1:] == ["hello"] * did
    assert await chat.bot.send_message(CHAT, "again")


async def test_a_fault_strikes_only_calls_to_the_chat_it_is_aimed_at(chat: Desk):
    other = CHAT + 1
    await chat.send(str(other), text="/start")
    chat.fail_next("sendMessage", "400", about=str(CHAT))

    assert await chat.bot.send_message(other, "spared")
    assert await chat.bot.get_me()
    with pytest.raises(BadRequest, match="fault was asked for"):
        await chat.bot.send_message(CHAT, "struck")
    assert await chat.bot.send_message(CHAT, "spared again")


async def test_a_429_says_how_long_to_wait(chat: Desk):
    chat.fail_next("sendMessage", "429", retry_after=17)

    answer = await chat.post("sendMessage", chat_id=CHAT, text="x")

    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 17",
        "parameters": {"retry_after": 17},
    }


async def test_a_timeout_fault_hangs_up_after_its_delay(chat: Desk):
    chat.fail_next("sendMessage", "timeout", delay_ms=30)

    with pytest.raises(NetworkError) as caught:
        await chat.bot.send_message(CHAT, "hello")

    assert not isinstance(caught.value, TimedOut)


async def test_a_slow_fault_answers_late_but_truly(chat: Desk):
    chat.fail_next("sendMessage", "slow", delay_ms=120)
    began = asyncio.get_running_loop().time()

    await chat.bot.send_message(CHAT, "hello")

    assert asyncio.get_running_loop().time() - began >= 0.12


async def test_every_method_can_be_spoiled_and_nothing_else(desk: Desk):
    offers = desk.world.faults.offers()

    assert set(offers) == {f"telegram.{name}" for name in (*METHODS, "*")}
    with pytest.raises(UnknownFault):
        desk.world.faults.add(Fault(target="telegram.sendPigeon", mode="429"))


async def test_the_log_of_calls_tells_method_outcome_and_time_but_no_token(chat: Desk):
    chat.fail_next("sendMessage", "drop_after_accept")
    with pytest.raises(NetworkError):
        await chat.bot.send_message(CHAT, "one")
    await chat.bot.send_message(CHAT, "two")
    with pytest.raises(BadRequest):
        await chat.bot.send_message(5, "three")
    await chat.bot.get_me()

    response = await chat.http.get(
        "/sandbox/telegram/calls", params={"method": "sendMessage"}
    )

    calls: list[dict[str, Any]] = response.json()["calls"]
    assert [(call["status"], call["chat_id"]) for call in calls] == [
        (0, CHAT),
        (200, CHAT),
        (400, 5),
    ]
    assert calls[2]["error"] == "Bad Request: chat not found"
    assert all(0 <= call["took_ms"] < 1000 for call in calls)
    assert chat.world.token not in response.text


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("text/plain", b"chat_id=1"),
        ("multipart/form-data; boundary=x", b"no parts"),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("application/x-www-form-urlencoded", b"text=\xff"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nvalue\r\n--x--\r\n"),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_bad_request(
    chat: Desk, content_type: str, body: bytes
):
    response = await chat.http.post(
        f"/bot{chat.world.token}/sendMessage",
        content=body,
        headers={"content-type": content_type},
    )

    assert response.status_code == 400
    assert response.json()["description"].startswith("Bad Request: ")


@pytest.mark.parametrize(
    "body",
    [
        b'{"chat_id": 777000111, "text": "\\ud800"}',
        b'{"chat_id": 777000111, "text": "x", "\\ud800": 1}',
        b'{"chat_id": 777000111, "text": "x", "reply_markup": "{\\"keyboard\\": 5}"}',
        b'{"chat_id": 777000111, "text": "x", "reply_parameters": {"message_id": []}}',
        b'{"chat_id": true, "text": "x"}',
        b'{"chat_id": "%s", "text": "x"}' % (b"9" * 5000),
        b'{"chat_id": %s, "text": "x"}' % (b"9" * 5000),
        b"[" * 100_000,
    ],
)
async def test_a_hostile_body_is_refused_and_does_no_harm(chat: Desk, body: bytes):
    response = await chat.http.post(
        f"/bot{chat.world.token}/sendMessage",
        content=body,
        headers={"content-type": "application/json"},
    )

    assert response.status_code == 400
    assert len(await chat.screen()) == 1


async def test_only_the_first_hundred_entities_stay(chat: Desk):
    text = "<b>" * 3000 + "x" + "</b>" * 3000

    await chat.bot.send_message(CHAT, text, parse_mode="HTML")

    seen = await chat.last()
    assert (seen["text"], len(seen["entities"])) == ("x", 100)


async def test_parameters_may_come_in_the_query(chat: Desk):
    response = await chat.http.get(
        f"/bot{chat.world.token}/sendMessage", params={"chat_id": CHAT, "text": "hi"}
    )

    assert response.json()["result"]["text"] == "hi"
    assert (await chat.last(PHONE))["text"] == "hi"


async def test_two_pollers_conflict_and_the_newer_one_wins(chat: Desk):
    await chat.bot.get_updates(offset=chat.world.updates.waiting()[-1].id + 1)
    older = asyncio.create_task(chat.bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(chat.post("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    await chat.send(text="hello")

    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older
    [update] = (await newer)["result"]
    assert update["message"]["text"] == "hello"
