import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict

from tests.contract.sandbox.telegram.desk import CHAT, PHONE, Desk, Product, png

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="go")]])


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def drain(desk: Desk) -> None:
    """Take all waiting updates, so that a test begins with none."""
    waiting = await desk.bot.get_updates()
    await desk.bot.get_updates(offset=waiting[-1].update_id + 1)


async def test_a_webhook_gets_messages_in_order_with_its_secret(
    desk: Desk, product: Product
):
    await desk.bot.set_webhook(product.url, secret_token="s3cret-Token_1")

    for number in range(5):
        await desk.send(text=f"text {number}")

    updates = await product.got(5)
    assert texts(updates) == [f"text {number}" for number in range(5)]
    ids = [update["update_id"] for update in updates]
    assert ids == sorted(set(ids))
    assert set(product.secrets) == {"s3cret-Token_1"}
    parsed = Update.de_json(updates[0], desk.bot)
    assert parsed.effective_user
    assert parsed.effective_user.id == CHAT


async def test_what_waited_is_brought_once_a_webhook_is_set(
    chat: Desk, product: Product
):
    await chat.bot.set_webhook(product.url)

    assert texts(await product.got(1)) == ["/start"]


async def test_a_refused_update_comes_at_once_then_2_4_8_s_later_and_blocks_the_chat(
    desk: Desk, product: Product
):
    product.answers.extend(Response(status_code=code) for code in (500, 302, 404, 503))
    await desk.bot.set_webhook(product.url)

    await desk.send(text="one")
    await desk.send(text="two")

    updates = await product.got(6)
    assert texts(updates) == ["one"] * 5 + ["two"]
    assert desk.clock.slept == [0, 2, 4, 8]
    info = await desk.bot.get_webhook_info()
    assert info.last_error_message == (
        "Wrong response from the webhook: 503 Service Unavailable"
    )


async def test_each_update_begins_with_a_retry_at_once(desk: Desk, product: Product):
    codes = (500, 500, 200, 500)
    product.answers.extend(Response(status_code=code) for code in codes)
    await desk.bot.set_webhook(product.url)

    await desk.send(text="one")
    await desk.send(text="two")

    await product.got(5)
    assert desk.clock.slept == [0, 2, 0]


async def test_a_webhook_of_one_connection_gets_one_update_at_a_time(
    desk: Desk, product: Product
):
    release = asyncio.Event()

    async def wait(update: dict[str, Any]) -> Response:
        await release.wait()
        return Response()

    product.answering = wait
    await desk.bot.set_webhook(product.url, max_connections=1)
    await desk.send(text="one")
    await desk.send("777000222", text="two")
    await product.got(1)
    await asyncio.sleep(0.05)
    at_once = len(product.updates)
    release.set()

    assert texts(await product.got(2)) == ["one", "two"]
    assert at_once == 1


async def test_a_retry_after_replaces_the_pause(desk: Desk, product: Product):
    wait = Response(status_code=429, headers={"Retry-After": "33"})
    product.answers.append(wait)
    await desk.bot.set_webhook(product.url)

    await desk.send(text="one")

    await product.got(2)
    assert desk.clock.slept == [33]


async def test_a_product_that_is_down_gets_its_updates_when_it_is_back(
    desk: Desk, product: Product
):
    await desk.bot.set_webhook("http://127.0.0.1:9/updates")
    await desk.send(text="one")
    await asyncio.sleep(0.05)

    info = await desk.bot.get_webhook_info()
    await desk.bot.set_webhook(product.url)

    assert (info.pending_update_count, info.last_error_message) == (
        1,
        "Connection refused",
    )
    assert texts(await product.got(1)) == ["one"]
    assert (await desk.bot.get_webhook_info()).pending_update_count == 0


async def test_a_tap_overtakes_a_message_that_is_being_worked_on(
    chat: Desk, product: Product
):
    await drain(chat)
    await chat.bot.send_message(CHAT, "?", reply_markup=KEYS)
    release = asyncio.Event()

    async def slow_with_messages(update: dict[str, Any]) -> Response:
        if "message" in update:
            await release.wait()
        return Response()

    product.answering = slow_with_messages
    await chat.bot.set_webhook(product.url)
    await chat.send(text="one")
    await product.got(1)
    await chat.send(text="two")
    await chat.send(press="Go")

    *_, tap = await product.got(2)
    assert tap["callback_query"]["data"] == "go"
    release.set()
    assert texts([(await product.got(3))[2]]) == ["two"]


async def test_another_chat_does_not_wait_for_a_busy_one(desk: Desk, product: Product):
    release = asyncio.Event()

    async def slow_with_one(update: dict[str, Any]) -> Response:
        if update["message"]["chat"]["id"] == CHAT:
            await release.wait()
        return Response()

    product.answering = slow_with_one
    await desk.bot.set_webhook(product.url)
    await desk.send(text="one")
    await desk.send("777000222", text="two")

    assert sorted(texts(await product.got(2))) == ["one", "two"]
    release.set()


async def test_taps_at_once_are_brought_one_by_one(chat: Desk, product: Product):
    await drain(chat)
    await chat.bot.send_message(CHAT, "?", reply_markup=KEYS)
    working, most = 0, 0

    async def count(update: dict[str, Any]) -> Response:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await asyncio.sleep(0.01)
        working -= 1
        return Response()

    product.answering = count
    await chat.bot.set_webhook(product.url)
    await chat.send(press="Go", times=5)

    taps = await product.got(5)
    assert len({tap["callback_query"]["id"] for tap in taps}) == 5
    assert most == 1


async def test_a_tap_runs_out_after_150_seconds_and_a_message_after_a_day(chat: Desk):
    await drain(chat)
    await chat.bot.send_message(CHAT, "?", reply_markup=KEYS)
    await chat.send(text="hello")
    await chat.send(press="Go")

    chat.clock.passed_ms += 149_000
    assert len(await chat.bot.get_updates()) == 2
    chat.clock.passed_ms += 2_000
    [update] = await chat.bot.get_updates()
    assert update.message
    chat.clock.passed_ms += 24 * 3600 * 1000
    assert await chat.bot.get_updates() == ()


async def test_polling_gives_each_update_until_a_later_offset_confirms_it(chat: Desk):
    await chat.send(text="one")
    await chat.send("777000222", text="two")

    first = await chat.bot.get_updates()
    again = await chat.bot.get_updates(limit=2)
    rest = await chat.bot.get_updates(offset=first[1].update_id + 1)
    last = await chat.bot.get_updates(offset=-1)

    assert [update.message.text for update in first if update.message] == [
        "/start",
        "one",
        "two",
    ]
    assert again == first[:2]
    assert rest == last == first[2:]


async def test_a_long_poll_waits_for_the_next_update(chat: Desk):
    await drain(chat)
    polling = asyncio.create_task(chat.bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    waited = not polling.done()

    await chat.send(text="hello")

    [update] = await polling
    assert waited
    assert update.message
    assert update.message.text == "hello"


async def test_a_long_poll_ends_empty_when_its_time_is_over(chat: Desk):
    await drain(chat)

    assert (await chat.post("getUpdates", timeout="1"))["result"] == []


async def test_polling_is_refused_while_a_webhook_is_set(desk: Desk, product: Product):
    await desk.bot.set_webhook(product.url)
    with pytest.raises(Conflict, match="while webhook is active"):
        await desk.bot.get_updates()

    await desk.bot.delete_webhook()

    assert await desk.bot.get_updates() == ()


async def test_setting_a_webhook_ends_a_poll(desk: Desk, product: Product):
    polling = asyncio.create_task(desk.bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)

    await desk.bot.set_webhook(product.url)

    with pytest.raises(Conflict):
        await polling


async def test_allowed_updates_choose_what_comes_and_stay_chosen(chat: Desk):
    await chat.bot.get_updates(allowed_updates=["callback_query"])
    await chat.bot.send_message(CHAT, "?", reply_markup=KEYS)
    await drain(chat)

    await chat.send(text="unwanted")
    await chat.send(press="Go")
    found = await chat.bot.get_updates()
    await chat.bot.delete_webhook(drop_pending_updates=True)

    assert [bool(update.callback_query) for update in found] == [True]
    assert await chat.bot.get_updates() == ()
    info = await chat.bot.get_webhook_info()
    assert info.allowed_updates == ("callback_query",)


async def test_blocking_and_unblocking_are_told_as_my_chat_member(chat: Desk):
    await drain(chat)

    await chat.send(block=True)
    await chat.send(block=True)
    await chat.send(unblock=True)

    blocked, unblocked = await chat.bot.get_updates()
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member
    assert unblocked.my_chat_member.new_chat_member.status == "member"


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"url": "http://shop.example/x"}, "bad webhook: An HTTPS URL must be"),
        ({"url": "ftp://127.0.0.1/x"}, "bad webhook: An HTTPS URL must be"),
        ({"url": "https://shop.example:8080/x"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://shop.example:port/x"}, "bad webhook: invalid URL"),
        ({"secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"secret_token": "x" * 257}, "secret token contains unallowed characters"),
        ({"max_connections": 101}, '"max_connections" must be 1 to 100'),
        ({"allowed_updates": [1]}, "allowed_updates must be an Array of String"),
        ({"allowed_updates": "message"}, "can't parse allowed_updates"),
    ],
)
async def test_a_webhook_telegram_would_refuse_is_refused(
    desk: Desk, body: dict[str, object], refusal: str
):
    said = await desk.refusal("setWebhook", **{"url": "https://shop.example/x", **body})

    assert refusal in said
    assert (await desk.bot.get_webhook_info()).url == ""


async def test_setting_the_same_webhook_again_keeps_what_is_under_way(
    desk: Desk, product: Product
):
    release = asyncio.Event()

    async def wait(update: dict[str, Any]) -> Response:
        await release.wait()
        return Response()

    product.answering = wait
    await desk.bot.set_webhook(product.url)
    await desk.send(text="one")
    await product.got(1)

    await desk.bot.set_webhook(product.url)
    release.set()
    await desk.send(text="two")

    assert texts(await product.got(2)) == ["one", "two"]


async def test_a_reset_forgets_chats_files_and_calls_but_not_the_webhook(
    chat: Desk, product: Product
):
    await drain(chat)
    await chat.bot.set_webhook(product.url)
    sent = await chat.bot.send_photo(CHAT, png(), filename="qr.png")
    before = (await chat.last())["id"]

    chat.world.reset()
    calls = (await chat.http.get("/sandbox/telegram/calls")).json()["calls"]
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await chat.bot.get_file(sent.photo[-1])
    shown = await chat.screen()
    with pytest.raises(BadRequest, match="Chat not found"):
        await chat.bot.send_message(CHAT, "hello?")
    await chat.send(PHONE, text="again")

    assert calls == shown == []
    assert texts(await product.got(1)) == ["again"]
    assert (await chat.last())["id"] > before
