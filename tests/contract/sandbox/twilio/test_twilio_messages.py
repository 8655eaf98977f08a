import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.contract.sandbox.twilio.desk import (
    ACCOUNT,
    FROM,
    LIBRARY_IS_BEHIND,
    PHONE,
    TO,
    Desk,
    pointed,
)

pytestmark = pytest.mark.filterwarnings(LIBRARY_IS_BEHIND)


async def code_of(desk: Desk, **more: Any) -> int | None:
    """What a message is refused with."""
    with pytest.raises(TwilioRestException) as refused:
        await desk.create(**more)
    return refused.value.code


async def test_a_text_arrives_and_its_status_is_told_signed(chat: Desk):
    made = await chat.create(body="*Paid*: 50 AED")

    assert (made.status, made.direction, made.to) == ("queued", "outbound-api", TO)
    told = await chat.product.told("sent", "delivered")
    assert {form["MessageSid"] for form in told} == {made.sid}
    assert {form["To"] for form in told} == {TO}
    assert all(chat.product.authentic)
    shown = (await chat.screen())[-1]
    assert (shown["from"], shown["kind"], shown["text"]) == (
        "bot",
        "text",
        "Paid: 50 AED",
    )
    assert shown["html"] == "<b>Paid</b>: 50 AED"
    await chat.settled()
    assert (await chat.client.messages(made.sid).fetch_async()).status == "delivered"
    assert (await chat.screen())[-1]["status"] == "delivered"


async def test_the_blocking_library_sends_fetches_and_lists_too(chat: Desk):
    def story() -> list[str | None]:
        made = chat.blocking.messages.create(from_=FROM, to=TO, body="one")
        again = chat.blocking.messages(made.sid or "").fetch()
        found = chat.blocking.messages.list(to=TO, limit=5)
        return [again.body, *(each.body for each in found)]

    assert await asyncio.to_thread(story) == ["one", "one"]


async def test_a_list_is_narrowed_by_addresses_and_day_newest_first_in_pages(
    chat: Desk,
):
    for number in range(5):
        await chat.create(body=f"text {number}")
    await chat.create(body="other", to="whatsapp:+971500000102")
    await chat.settled()
    today = datetime.now(UTC)

    async def bodies(**narrowed: Any) -> list[str]:
        found = await chat.client.messages.list_async(**narrowed)
        return [each.body for each in found]

    to_phone = [f"text {number}" for number in (4, 3, 2, 1, 0)]
    assert await bodies(to=TO, page_size=2) == to_phone
    assert await bodies(to=TO, limit=3, page_size=2) == to_phone[:3]
    assert await bodies(from_=TO) == ["hello"]
    days = timedelta(days=2)
    assert await bodies(to=TO, date_sent_after=today - days) == to_phone
    assert await bodies(to=TO, date_sent_after=today + days) == []
    assert await bodies(to=TO, date_sent_before=today - days) == []
    assert await bodies(to=TO, date_sent=today - days) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"body": ""}, 21619),
        ({"body": "x" * 1601}, 21617),
        ({"body": "x", "to": ""}, 21604),
        ({"body": "x", "to": PHONE}, 21910),
        ({"body": "x", "to": "whatsapp:0500000101"}, 21211),
        ({"body": "x", "to": FROM}, 21266),
        ({"body": "x", "from_": ""}, 21603),
        ({"body": "x", "from_": "whatsapp:+971500000999"}, 63007),
        ({"body": "x", "messaging_service_sid": "MG" + "0" * 32}, 21701),
        ({"body": "x", "status_callback": "http://no_host/x"}, 21609),
        ({"body": "x", "status_callback": "ftp://host/x"}, 21609),
        ({"body": "x", "status_callback": "http://[/x"}, 21609),
        ({"body": "x", "validity_period": 0}, 21624),
        ({"body": "x", "content_variables": "{}"}, 21654),
        ({"content_sid": "HX" + "0" * 32}, 21655),
        ({"content_sid": "HX" + "0" * 32, "body": "x"}, 20001),
        ({"media_url": ["http://a.example/1", "http://a.example/2"]}, 21623),
        ({"media_url": ["not an address"]}, 21620),
        ({"body": "x", "persistent_action": ["geo:91,55"]}, 20001),
        ({"body": "x", "persistent_action": ["25.2,55.3"]}, 20001),
        ({"body": "x", "persistent_action": ["geo:1,2", "geo:1,3"]}, 20001),
        ({"body": "x", "send_as_mms": True}, 20001),
    ],
)
async def test_a_wrong_parameter_is_refused_with_its_code(
    chat: Desk, wrong: dict[str, Any], code: int
):
    assert await code_of(chat, **wrong) == code
    assert len(await chat.screen()) == 1


async def test_a_refusal_has_twilios_shape(desk: Desk):
    answer = await desk.http.post(
        f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, desk.world.token),
        data={"To": TO, "From": FROM},
    )

    assert answer.status_code == 400
    assert answer.json() == {
        "code": 21619,
        "message": "A body, a media address or a content is required.",
        "more_info": "https://www.twilio.com/docs/errors/21619",
        "status": 400,
    }


async def test_a_stranger_is_refused(desk: Desk):
    stranger = pointed(Client(ACCOUNT, "f" * 32), desk.url)
    stranger.http_client = desk.client.http_client

    with pytest.raises(TwilioRestException) as refused:
        await stranger.messages.create_async(from_=FROM, to=TO, body="x")

    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert (await desk.http.get(f"/twilio/v1/Content?x={ACCOUNT}")).status_code == 401


async def test_an_account_of_somebody_else_and_an_unknown_message_are_not_found(
    desk: Desk,
):
    with pytest.raises(TwilioRestException) as unknown:
        await desk.client.messages("SM" + "0" * 32).fetch_async()
    other = await desk.http.get(
        f"/twilio/2010-04-01/Accounts/AC{'1' * 32}/Messages.json",
        auth=(ACCOUNT, desk.world.token),
    )

    assert (unknown.value.status, unknown.value.code) == (404, 20404)
    assert other.status_code == 404


async def test_a_place_is_sent_as_a_persistent_action(chat: Desk):
    await chat.create(
        body="Corner shop", persistent_action=["geo:25.2048,55.2708|Street 1"]
    )
    await chat.settled()

    shown = (await chat.screen())[-1]
    assert shown["kind"] == "venue"
    assert (shown["title"], shown["address"]) == ("Corner shop", "Street 1")
    assert (shown["latitude"], shown["longitude"]) == (25.2048, 55.2708)


async def test_calls_are_remembered_without_credentials(chat: Desk):
    made = await chat.create(body="x")
    await code_of(chat, body="")

    calls = (await chat.ask("twilio/calls", call="messages.create", to=TO))["calls"]
    assert [(call["status"], call["code"], call["sid"]) for call in calls] == [
        (201, None, made.sid),
        (400, 21619, None),
    ]
    assert calls[0]["params"]["Body"] == "x"
    assert chat.world.token not in str(calls)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("Messages.json?PageSize=0", 400),
        ("Messages.json?PageSize=1001", 400),
        ("Messages.json?Page=next", 400),
        ("Messages.json?Colour=red", 400),
        ("Messages/SM0/Media/ME0", 404),
        ("Messages.json?PageSize=1000&Page=0", 200),
    ],
)
async def test_a_list_with_odd_wishes_and_a_medium_that_is_not_there_are_refused(
    desk: Desk, query: str, status: int
):
    path = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/{query}"
    answer = await desk.http.get(path, auth=(ACCOUNT, desk.world.token))

    assert answer.status_code == status


async def test_a_parameter_that_comes_twice_is_refused(desk: Desk):
    answer = await desk.http.post(
        f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, desk.world.token),
        data={"To": [TO, TO], "From": FROM, "Body": "x"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert "To comes twice" in answer.json()["message"]


async def test_credentials_that_are_no_base64_are_refused(desk: Desk):
    for header in ("Basic ?", "Bearer x", ""):
        answer = await desk.http.get(
            "/twilio/v1/Content", headers={"Authorization": header}
        )
        assert answer.json()["code"] == 20003
