import asyncio
import json
from typing import Any

import pytest
from starlette.responses import Response
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from sandbox.twilio.approvals import DECIDED_AFTER_MS
from tests.contract.sandbox.twilio.desk import (
    LIBRARY_IS_BEHIND,
    PHONE,
    TO,
    Desk,
    picture,
)

pytestmark = pytest.mark.filterwarnings(LIBRARY_IS_BEHIND)

REPLIES = {
    "body": "Top up {{1}} with {{2}}?",
    "actions": [
        {"title": "Yes", "id": "v1:yes:{{3}}"},
        {"title": "No", "id": "v1:no:{{3}}"},
    ],
}
REPLY_VALUES = {"1": "tester-1", "2": "50 AED", "3": "k7"}
PICKER = {
    "body": "Which store, {{1}}?",
    "button": "Stores",
    "items": [
        {"item": "Shop {{2}}", "id": "s1", "description": "open now"},
        {"item": "Other shop", "id": "s2"},
    ],
}
PAID = {"body": "Order {{1}} is paid, thank you for coming by today."}


async def make(desk: Desk, kind: str, fields: dict[str, Any], **more: Any) -> str:
    """Make a content as the blocking library does, the only one that can."""
    wish = {"friendly_name": "test", "language": "en", "types": {kind: fields}}
    request = ContentList.ContentCreateRequest(wish | more)
    made = await asyncio.to_thread(desk.blocking.content.v1.contents.create, request)
    assert made.sid
    return made.sid


async def refused(desk: Desk, kind: str, fields: dict[str, Any], **more: Any) -> str:
    with pytest.raises(TwilioRestException) as refusal:
        await make(desk, kind, fields, **more)
    assert refusal.value.code == 20001
    return refusal.value.msg


async def submit(desk: Desk, sid: str, **request: str) -> Any:
    wish = ApprovalCreateList.ContentApprovalRequest(
        {"name": "order_paid", "category": "UTILITY"} | request
    )
    approvals = desk.blocking.content.v1.contents(sid).approval_create
    return await asyncio.to_thread(approvals.create, wish)


async def approval(desk: Desk, sid: str) -> dict[str, Any]:
    fetch = desk.blocking.content.v1.contents(sid).approval_fetch().fetch
    found: dict[str, Any] = (await asyncio.to_thread(fetch)).whatsapp
    return found


async def send(desk: Desk, sid: str, **values: str) -> Any:
    """Send a content; its values are v1, v2 …"""
    given = {name.removeprefix("v"): value for name, value in values.items()}
    return await desk.create(content_sid=sid, content_variables=json.dumps(given))


async def approved(desk: Desk, fields: dict[str, Any]) -> str:
    sid = await make(desk, "twilio/text", fields, variables={"1": "T1"})
    await submit(desk, sid)
    desk.clock.passed_ms += DECIDED_AFTER_MS
    return sid


async def test_quick_replies_are_tapped_by_title_beginning_or_id(chat: Desk):
    sid = await make(chat, "twilio/quick-reply", REPLIES)
    made = await send(chat, sid, v1="tester-1", v2="50 AED", v3="k7")
    await chat.product.told("sent", "delivered")

    assert made.body == "Top up tester-1 with 50 AED?"
    shown = (await chat.screen())[-1]
    assert shown["text"] == made.body
    assert shown["content_sid"] == sid
    assert shown["template"] == "test"
    assert [(b["text"], b["data"], b["list"]) for b in shown["buttons"]] == [
        ("Yes", "v1:yes:k7", False),
        ("No", "v1:no:k7", False),
    ]

    for label in ("Yes", "Ye", "v1:yes:k7"):
        tapped = await chat.act(press=label, message_id=shown["id"])
        assert tapped["data"] == "v1:yes:k7"
    form = (await chat.product.got(3))[-1]
    assert (form["ButtonText"], form["ButtonPayload"]) == ("Yes", "v1:yes:k7")
    assert (form["Body"], form["MessageType"]) == ("Yes", "button")
    assert form["OriginalRepliedMessageSid"] == made.sid
    assert "there are" in (await chat.act(409, press="Maybe"))["error"]


async def test_an_item_of_a_list_comes_back_as_list_fields(chat: Desk):
    sid = await make(chat, "twilio/list-picker", PICKER)
    await send(chat, sid, v1="Payer", v2="one")
    await chat.product.told("sent", "delivered")

    shown = (await chat.screen())[-1]
    assert shown["list_title"] == PICKER["button"]
    buttons = shown["buttons"]
    assert [(b["text"], b["description"], b["list"]) for b in buttons] == [
        ("Shop one", "open now", True),
        ("Other shop", None, True),
    ]
    await chat.act(press="Shop one", times=2)
    form = (await chat.product.got(2))[0]
    assert (form["ListId"], form["ListTitle"]) == ("s1", "Shop one")
    assert json.loads(form["InteractiveData"])["list_reply"]["id"] == "s1"
    assert form["MessageType"] == "interactive"
    assert all(chat.product.authentic)


async def test_links_open_and_are_not_told(chat: Desk):
    fields = {
        "body": "Your page",
        "actions": [
            {"type": "URL", "title": "Open", "url": "https://a.example/o/{{1}}"},
            {"type": "PHONE_NUMBER", "title": "Call", "phone": "+971500000001"},
        ],
    }
    sid = await make(chat, "twilio/call-to-action", fields)
    await send(chat, sid, v1="abc")
    await chat.settled()

    assert (await chat.act(press="Open"))["url"] == "https://a.example/o/abc"
    assert (await chat.act(press="Call"))["url"] == "tel:+971500000001"
    assert chat.product.forms == []


async def test_a_content_may_carry_a_medium_or_a_place(chat: Desk):
    chat.product.media["qr"] = Response(picture(), media_type="image/png")
    media = {"body": "Show it", "media": [f"{chat.product.url}/media/{{{{1}}}}"]}
    place = {"latitude": 25.2, "longitude": 55.3, "label": "Shop", "address": "St 1"}

    await send(chat, await make(chat, "twilio/media", media), v1="qr")
    await send(chat, await make(chat, "twilio/location", place))
    await chat.settled()

    photo, venue = (await chat.screen())[1:]
    assert (photo["kind"], photo["text"]) == ("photo", "Show it")
    assert (venue["kind"], venue["title"]) == ("venue", "Shop")


@pytest.mark.parametrize(
    "variables",
    [
        "no json",
        "[]",
        json.dumps({"1": "a", "2": "b"}),
        json.dumps(REPLY_VALUES | {"4": "d"}),
        json.dumps(REPLY_VALUES | {"3": ""}),
        json.dumps(REPLY_VALUES | {"3": None}),
        json.dumps(REPLY_VALUES | {"1": "two\nlines"}),
        json.dumps(REPLY_VALUES | {"1": "a\ttab"}),
        json.dumps(REPLY_VALUES | {"1": "five     spaces"}),
    ],
)
async def test_values_that_do_not_fit_are_refused(chat: Desk, variables: str):
    sid = await make(chat, "twilio/quick-reply", REPLIES)

    with pytest.raises(TwilioRestException) as refusal:
        await chat.create(content_sid=sid, content_variables=variables)
    assert refusal.value.code == 21656


async def test_a_value_of_over_1600_characters_is_refused(chat: Desk):
    sid = await make(chat, "twilio/text", PAID)

    with pytest.raises(TwilioRestException) as refusal:
        await send(chat, sid, v1="x" * 1601)
    assert refusal.value.code == 21658


FOUR = {"body": "x", "actions": [{"title": f"T{n}", "id": f"i{n}"} for n in range(4)]}


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        (FOUR, {}),
        ({"body": "{{1}}", "actions": [{"title": "T"}]}, {"v1": "x" * 1025}),
        ({"body": "x", "actions": [{"title": "{{1}}"}]}, {"v1": "x" * 21}),
        ({"body": "x", "actions": [{"title": "T", "id": "{{1}}"}]}, {"v1": "x" * 201}),
        (
            {"body": "x", "actions": [{"title": "{{1}}"}, {"title": "{{2}}"}]},
            {"v1": "same", "v2": "same"},
        ),
    ],
)
async def test_quick_replies_that_whatsapp_does_not_take_fail_later(
    chat: Desk, fields: dict[str, Any], values: dict[str, str]
):
    await send(chat, await make(chat, "twilio/quick-reply", fields), **values)

    assert (await chat.product.told("failed"))[0]["ErrorCode"] == "63021"


def _items(*items: dict[str, str]) -> dict[str, Any]:
    return {"body": "x", "button": "b", "items": list(items)}


ITEM = {"item": "i", "id": "1"}


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("twilio/quick-reply", {"body": "x", "actions": []}, "no list"),
        ("twilio/quick-reply", {"body": "x", "actions": [{"id": "1"}]}, "title"),
        ("twilio/quick-reply", REPLIES | {"body": "x" * 1025}, "longer than 1024"),
        ("twilio/quick-reply", {"body": "x"}, "needs actions, body"),
        (
            "twilio/quick-reply",
            {"body": "x", "actions": [{"title": "x" * 21}]},
            "longer than 20",
        ),
        (
            "twilio/quick-reply",
            {"body": "x", "actions": [{"title": f"t{n}"} for n in range(11)]},
            "1 to 10 actions",
        ),
        ("twilio/list-picker", _items(*[ITEM] * 11), "1 to 10 items"),
        ("twilio/list-picker", _items(ITEM | {"item": "x" * 25}), "longer than 24"),
        ("twilio/list-picker", _items(ITEM | {"id": "x" * 201}), "longer than 200"),
        (
            "twilio/list-picker",
            _items(ITEM | {"description": "x" * 73}),
            "longer than 72",
        ),
        ("twilio/media", {"media": []}, "one medium"),
        ("twilio/media", {"media": ["https://{{1}}/x"]}, "in its host"),
        (
            "twilio/call-to-action",
            {"body": "x", "actions": [{"type": "X", "title": "T"}]},
            "is one of",
        ),
        ("twilio/location", {"latitude": 1.0}, "needs"),
        ("twilio/location", {"latitude": "{{1}}", "longitude": 1.0}, "numbers"),
        ("twilio/text", {"body": ""}, "no text"),
        ("twilio/text", {"body": "a {{}}"}, "malformed"),
        ("twilio/text", {"body": "a {{1}"}, "malformed"),
        ("twilio/card", {"title": "x"}, "is not played here"),
    ],
)
async def test_a_content_that_breaks_a_limit_is_refused(
    desk: Desk, kind: str, fields: dict[str, Any], says: str
):
    assert says in await refused(desk, kind, fields)


async def test_a_content_needs_a_language_and_samples_of_text(desk: Desk):
    assert "language" in await refused(desk, "twilio/text", PAID, language="English")
    wrong = await refused(desk, "twilio/text", PAID, variables={"1": 5})
    assert "texts" in wrong


async def test_fields_that_the_library_does_not_know_are_refused(desk: Desk):
    async def post(body: str, path: str = "") -> str:
        answer = await desk.http.post(
            f"/twilio/v1/Content{path}",
            content=body,
            auth=(desk.world.account, desk.world.token),
        )
        assert answer.status_code == 400
        return str(answer.json()["message"])

    base = {"language": "en", "types": {"twilio/text": {"body": "x"}}}
    assert "colour" in await post(json.dumps(base | {"colour": "red"}))
    text = {"twilio/text": {"body": "x", "size": 3}}
    assert "size" in await post(json.dumps(base | {"types": text}))
    replies = {"twilio/quick-reply": {"body": "x", "actions": ["Yes"]}}
    assert "no object" in await post(json.dumps(base | {"types": replies}))
    assert "is empty" in await post(json.dumps(base | {"types": {}}))
    replies = {"twilio/quick-reply": {"body": "x", "actions": ["Yes"]}}
    assert "no object" in await post(json.dumps(base | {"types": replies}))
    assert "not JSON" in await post("friendly_name=x")
    assert "no JSON object" in await post("[]")
    sid = await make(desk, "twilio/text", PAID)
    path = f"/{sid}/ApprovalRequests/whatsapp"
    assert "colour" in await post(json.dumps({"colour": "red"}), path)


async def test_contents_are_fetched_listed_in_pages_and_deleted(desk: Desk):
    sids = [await make(desk, "twilio/text", PAID) for _ in range(3)]
    contents = desk.client.content.v1

    found = await contents.contents(sids[0]).fetch_async()
    assert (found.friendly_name, found.language) == ("test", "en")
    assert found.types == {"twilio/text": PAID}
    listed = await contents.contents.list_async(page_size=2)
    assert [each.sid for each in listed] == sids
    both = await contents.content_and_approvals.list_async(page_size=2)
    assert [each.approval_requests["status"] for each in both] == ["unsubmitted"] * 3

    assert await contents.contents(sids[0]).delete_async()
    assert len(await contents.contents.list_async()) == 2
    with pytest.raises(TwilioRestException) as gone:
        await contents.contents(sids[0]).fetch_async()
    assert gone.value.status == 404


async def test_a_template_is_pending_then_approved_and_opens_a_conversation(
    desk: Desk,
):
    sid = await make(desk, "twilio/text", PAID, variables={"1": "T261123-ABCD"})
    assert (await approval(desk, sid))["status"] == "unsubmitted"
    assert (await submit(desk, sid)).status == "received"
    assert (await approval(desk, sid))["status"] == "pending"
    await send(desk, sid, v1="T1")
    assert (await desk.product.told("failed"))[0]["ErrorCode"] == "63016"

    desk.clock.passed_ms += DECIDED_AFTER_MS
    stands = await approval(desk, sid)
    assert (stands["status"], stands["name"]) == ("approved", "order_paid")
    desk.product.statuses.clear()
    await send(desk, sid, v1="T1")

    await desk.product.told("sent", "delivered")
    shown = (await desk.screen())[-1]
    assert shown["text"] == "Order T1 is paid, thank you for coming by today."
    assert (await desk.ask(f"whatsapp/{PHONE}/state"))["window_open"] is False


@pytest.mark.parametrize(
    ("body", "samples", "reason"),
    [
        ("{{1}} is your code of today.", {"1": "a"}, "begins or ends"),
        ("Today your code is {{1}}", {"1": "a"}, "begins or ends"),
        ("Your code {{1}} {{2}} is a good one.", {"1": "a", "2": "b"}, "side by side"),
        ("Your {{1}} here.", {"1": "a"}, "too many variables"),
        ("Your code {{1}} is a good one.", {}, "no sample"),
        (
            "many " * 101 + "and {{1}} " * 101 + "end.",
            {"1": "a"},
            "more than 100",
        ),
    ],
)
async def test_a_template_that_breaks_a_rule_of_meta_is_rejected(
    desk: Desk, body: str, samples: dict[str, str], reason: str
):
    sid = await make(desk, "twilio/text", {"body": body}, variables=samples)
    await submit(desk, sid)
    desk.clock.passed_ms += DECIDED_AFTER_MS

    stands = await approval(desk, sid)
    assert stands["status"] == "rejected"
    assert reason in stands["rejection_reason"]


async def test_what_meta_would_not_see_is_refused_at_once(desk: Desk):
    async def why(sid: str, **request: str) -> str:
        with pytest.raises(TwilioRestException) as refusal:
            await submit(desk, sid, **request)
        return refusal.value.msg

    paid = await make(desk, "twilio/text", PAID)
    assert "lower-case" in await why(paid, name="Order Paid")
    assert "category" in await why(paid, category="SERVICE")
    picker = await make(desk, "twilio/list-picker", PICKER)
    assert "cannot be approved" in await why(picker)

    await submit(desk, paid)
    assert "before" in await why(paid)
    assert "taken" in await why(await make(desk, "twilio/text", PAID))
    arabic = await make(desk, "twilio/text", PAID, language="ar")
    assert (await submit(desk, arabic)).status == "received"


@pytest.mark.parametrize(
    ("status", "code"), [("paused", "63041"), ("disabled", "63042")]
)
async def test_a_template_that_meta_stopped_fails_inside_the_window_too(
    chat: Desk, status: str, code: str
):
    sid = await approved(chat, PAID)
    await chat.post(f"twilio/content/{sid}", {"status": status})

    await send(chat, sid, v1="T1")

    assert (await chat.product.told("failed"))[0]["ErrorCode"] == code


async def test_a_rejected_template_fails_outside_the_window_only(chat: Desk):
    sid = await approved(chat, PAID)
    body = {"status": "rejected", "reason": "Too loud."}
    shown = await chat.post("twilio/content/test", body)
    assert shown["content"][0]["status"] == "rejected"
    assert (await approval(chat, sid))["rejection_reason"] == "Too loud."

    await send(chat, sid, v1="T1")
    await chat.product.told("sent", "delivered")
    await chat.post(f"whatsapp/{PHONE}/window", {"hours_ago": 25})
    await send(chat, sid, v1="T1")

    told = await chat.product.told("sent", "delivered", "failed")
    assert told[-1]["ErrorCode"] == "63040"


async def test_a_list_is_never_sent_outside_the_window_whatever_is_said_of_it(
    desk: Desk,
):
    sid = await make(desk, "twilio/list-picker", PICKER)
    await desk.post(f"twilio/content/{sid}", {"status": "approved"})

    await send(desk, sid, v1="Payer", v2="one")

    assert (await desk.product.told("failed"))[0]["ErrorCode"] == "63016"
    unknown = await desk.post("twilio/content/nothing", {"status": "approved"}, 404)
    assert "no content" in unknown["error"]


async def test_an_approved_template_may_have_more_than_three_replies(chat: Desk):
    sid = await make(chat, "twilio/quick-reply", FOUR)
    await submit(chat, sid)
    chat.clock.passed_ms += DECIDED_AFTER_MS

    await send(chat, sid)

    await chat.product.told("sent", "delivered")
    found = await chat.client.messages.list_async(to=TO)
    assert [each.body for each in found] == ["x"]
