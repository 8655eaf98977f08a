import asyncio
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response
from twilio.base.exceptions import TwilioRestException

from tests.contract.sandbox.twilio.desk import (
    LIBRARY_IS_BEHIND,
    PHONE,
    TO,
    Desk,
    picture,
)

pytestmark = pytest.mark.filterwarnings(LIBRARY_IS_BEHIND)


async def failure(desk: Desk, **message: Any) -> str:
    """Send a message that is accepted, and the code it fails with."""
    made = await desk.create(**({"body": "x"} | message))
    (told,) = await desk.product.told("failed")
    assert told["MessageSid"] == made.sid
    await desk.settled()
    found = await desk.client.messages(made.sid).fetch_async()
    assert (found.status, str(found.error_code)) == ("failed", told["ErrorCode"])
    assert all(each["sid"] != made.sid for each in await desk.screen())
    return told["ErrorCode"]


async def test_outside_the_window_a_free_text_is_accepted_and_fails_with_63016(
    desk: Desk,
):
    assert await failure(desk) == "63016"


@pytest.mark.parametrize(
    ("hours_ago", "status"), [(23.9, "delivered"), (24, "failed"), (None, "failed")]
)
async def test_the_window_is_24_hours_from_the_last_message_of_the_person(
    chat: Desk, hours_ago: float | None, status: str
):
    state = await chat.post(f"whatsapp/{PHONE}/window", {"hours_ago": hours_ago})
    made = await chat.create(body="x")
    await chat.settled()

    assert (await chat.client.messages(made.sid).fetch_async()).status == status
    assert state["window_open"] is (status == "delivered")


async def test_what_the_person_writes_opens_the_window_again(chat: Desk):
    await chat.post(f"whatsapp/{PHONE}/window", {"hours_ago": 25})
    await chat.act(text="still there?")

    await chat.create(body="yes")
    await chat.product.told("sent", "delivered")


async def test_a_person_who_blocks_us_gets_nothing(chat: Desk):
    await chat.act(block=True)
    await chat.create(body="x")

    told = await chat.product.told("sent", "undelivered")
    assert told[-1]["ErrorCode"] == "63014"
    assert len(await chat.screen()) == 1
    assert "unblock" in (await chat.act(409, text="hi"))["error"]

    await chat.act(unblock=True)
    chat.product.statuses.clear()
    await chat.create(body="back")
    await chat.product.told("sent", "delivered")


async def test_a_number_without_whatsapp_and_an_unknown_id_are_not_reached(chat: Desk):
    await chat.act(on_whatsapp=False)
    assert await failure(chat) == "63024"
    chat.product.statuses.clear()
    assert await failure(chat, to="whatsapp:AE.777") == "63003"


async def test_a_person_is_reached_by_the_business_scoped_id(chat: Desk):
    await chat.act(bsuid="AE.1234")

    await chat.create(body="to the id", to="whatsapp:AE.1234")
    await chat.settled()
    assert (await chat.screen())[-1]["text"] == "to the id"


async def test_reading_is_told_when_the_person_looks(chat: Desk):
    await chat.create(body="one")
    await chat.product.told("sent", "delivered")
    await chat.settled()
    before = max(each["version"] for each in await chat.screen())

    await chat.act(look=True)

    await chat.product.told("sent", "delivered", "read")
    assert [each["status"] for each in await chat.screen(since=before)] == ["read"]


@pytest.mark.parametrize(
    ("content", "content_type", "kind"),
    [
        (picture("PNG"), "image/png", "photo"),
        (picture("JPEG"), "image/jpeg", "photo"),
        (picture("WEBP"), "image/webp", "photo"),
        (b"%PDF-1.7 a receipt", "application/pdf", "document"),
    ],
)
async def test_a_medium_is_fetched_by_head_and_get_and_kept(
    chat: Desk, content: bytes, content_type: str, kind: str
):
    headers = {"Content-Disposition": 'inline; filename="receipt.bin"'}
    served = Response(content, 200, headers, content_type)
    chat.product.media["m"] = served

    made = await chat.create(body="look", media_url=[f"{chat.product.url}/media/m"])
    await chat.product.told("sent", "delivered")

    assert (made.num_media, made.sid[:2]) == ("1", "MM")
    assert chat.product.fetched == ["HEAD", "GET"]
    shown = (await chat.screen())[-1]
    assert (shown["kind"], shown["text"]) == (kind, "look")
    kept = await chat.http.get(shown["photo_url"] or shown["document_url"])
    assert kept.content == content
    assert kept.headers["content-type"] == content_type
    assert shown["file_name"] == (None if kind == "photo" else "receipt.bin")


SPOILED = {
    "missing": (Response(status_code=404), "63019"),
    "elsewhere": (RedirectResponse("/media/other"), "63019"),
    "another type": (Response(picture(), media_type="image/jpeg"), "63005"),
    "no type of WhatsApp": (Response(b"hello", media_type="text/plain"), "63005"),
    "large picture": (
        Response(picture() + bytes(5 * 1024 * 1024), media_type="image/png"),
        "63005",
    ),
    "large file": (
        Response(b"%PDF-" + bytes(16 * 1024 * 1024), media_type="application/pdf"),
        "63005",
    ),
}


@pytest.mark.parametrize("how", SPOILED)
async def test_a_medium_that_is_not_as_it_should_be_fails_the_message(
    chat: Desk, how: str
):
    chat.product.media["m"], code = SPOILED[how]

    assert await failure(chat, media_url=[f"{chat.product.url}/media/m"]) == code


@pytest.mark.parametrize(
    "head",
    [
        Response(picture(), media_type="image/jpeg"),
        Response(picture() + b"more", media_type="image/png"),
        Response(status_code=405),
    ],
    ids=["another type", "another length", "no HEAD"],
)
async def test_a_medium_whose_head_tells_something_else_fails_the_message(
    chat: Desk, head: Response
):
    chat.product.media["m"] = Response(picture(), media_type="image/png")
    chat.product.heads["m"] = head

    assert await failure(chat, media_url=[f"{chat.product.url}/media/m"]) == "63019"


async def test_a_medium_that_nobody_serves_fails_the_message(chat: Desk):
    assert await failure(chat, media_url=["http://127.0.0.1:9/m"]) == "63019"


async def test_messages_arrive_in_order_though_the_first_has_a_medium(chat: Desk):
    chat.product.media["m"] = Response(picture(), media_type="image/png")
    await chat.create(body="first", media_url=[f"{chat.product.url}/media/m"])
    await chat.create(body="second")
    await chat.settled()

    assert [each["text"] for each in (await chat.screen())[1:]] == ["first", "second"]


async def test_without_a_status_callback_nobody_is_told(chat: Desk):
    await chat.client.messages.create_async(
        from_=f"whatsapp:{chat.world.sender}", to=TO, body="x"
    )
    await chat.settled()

    assert (await chat.screen())[-1]["text"] == "x"
    assert chat.product.statuses == []


async def refused_code(desk: Desk) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as refused:
        await desk.create(body="x")
    return refused.value.status, refused.value.code


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [
        ("429", 429, 20429),
        ("http500", 500, 20500),
        ("63018", 429, 63018),
        ("21211", 400, 21211),
        ("20003", 401, 20003),
    ],
)
async def test_a_fault_refuses_a_message_that_is_then_not_sent(
    chat: Desk, mode: str, status: int, code: int
):
    chat.fail_next("messages", mode)

    assert await refused_code(chat) == (status, code)
    await chat.settled()
    assert len(await chat.screen()) == 1
    assert (await chat.create(body="x")).status == "queued"


async def test_a_fault_sends_a_message_and_answers_500(chat: Desk):
    chat.fail_next("messages", "accept_then_500")

    assert await refused_code(chat) == (500, 20500)
    await chat.product.told("sent", "delivered")


@pytest.mark.parametrize(("mode", "seen"), [("timeout", 1), ("accept_then_timeout", 2)])
async def test_a_fault_leaves_the_caller_without_an_answer(
    chat: Desk, mode: str, seen: int
):
    chat.fail_next("messages", mode, delay_ms=10)

    with pytest.raises(Exception, match=r"[Dd]isconnected"):
        await chat.create(body="x")
    await chat.settled()

    assert len(await chat.screen()) == seen
    calls = (await chat.ask("twilio/calls", call="messages.create"))["calls"]
    assert [call["status"] for call in calls] == [0]


async def test_a_fault_lets_an_accepted_message_fail_later(chat: Desk):
    chat.fail_next("messages", "fail_63012")

    assert await failure(chat) == "63012"


async def test_a_fault_strikes_only_messages_to_the_number_it_is_aimed_at(chat: Desk):
    other = "+971500000102"
    await chat.act(phone=other, text="hello")
    chat.fail_next("messages", "429", about=PHONE)
    chat.fail_next("status", "lost", about=PHONE)

    await chat.create(body="spared", to=f"whatsapp:{other}")
    await chat.settled()
    assert len(chat.product.statuses) == 2
    assert await refused_code(chat) == (429, 20429)
    await chat.create(body="spared again")
    await chat.settled()
    assert [form["MessageStatus"] for form in chat.product.statuses] == [
        *("sent", "delivered"),
        "delivered",
    ]


async def test_faults_lose_double_and_reorder_status_callbacks(chat: Desk):
    async def told_with(mode: str) -> list[str]:
        chat.product.statuses.clear()
        chat.fail_next("status", mode)
        await chat.create(body="x")
        await chat.settled()
        return [form["MessageStatus"] for form in chat.product.statuses]

    assert await told_with("lost") == ["delivered"]
    assert await told_with("doubled") == ["sent", "sent", "delivered"]
    assert await told_with("reordered") == ["delivered", "sent"]


async def test_a_fault_delays_a_status_callback(chat: Desk):
    chat.fail_next("status", "late", delay_ms=600_000)
    await chat.create(body="one")
    await chat.product.told("delivered")
    assert (await chat.ask("whatsapp"))["webhook"]["under_way"] >= 1

    chat.fail_next("status", "late", delay_ms=1)
    await chat.create(body="two")
    async with asyncio.timeout(30), chat.product.news:
        await chat.product.news.wait_for(lambda: len(chat.product.statuses) == 3)


async def test_a_reset_forgets_all_but_what_was_set_up(chat: Desk):
    await chat.create(body="x")
    await chat.settled()

    chat.world.reset()

    assert await chat.screen() == []
    assert await chat.client.messages.list_async() == []
    overview = await chat.ask("whatsapp")
    assert overview["phones"] == []
    assert overview["webhook"]["url"] == chat.product.messages_url
    assert (await chat.ask("twilio/posts"))["posts"] == []


async def test_many_messages_are_delivered_at_once(chat: Desk):
    await asyncio.gather(*(chat.create(body=f"text {n}") for n in range(20)))
    await chat.settled()

    texts = {each["text"] for each in await chat.screen()}
    assert texts == {"hello", *(f"text {n}" for n in range(20))}
    assert len(chat.product.statuses) == 40
