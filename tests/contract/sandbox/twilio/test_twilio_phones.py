import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import Response

from tests.contract.sandbox.twilio.desk import (
    ACCOUNT,
    FROM,
    LIBRARY_IS_BEHIND,
    PHONE,
    TO,
    Desk,
)

pytestmark = pytest.mark.filterwarnings(LIBRARY_IS_BEHIND)


async def form_of(desk: Desk, **what: Any) -> dict[str, str]:
    """The form that tells the product what the person does."""
    before = len(desk.product.forms)
    await desk.act(**what)
    return (await desk.product.got(before + 1))[-1]


async def test_a_text_comes_with_twilios_fields_and_a_signature(desk: Desk):
    form = await form_of(desk, text="top up 50 ٥٠ & more", profile_name="Payer A")

    sid = form.pop("MessageSid")
    assert sid.startswith("SM")
    metadata = json.loads(form.pop("ChannelMetadata"))
    assert metadata["data"]["context"]["WaId"] == PHONE.removeprefix("+")
    assert form == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "top up 50 ٥٠ & more",
        "From": TO,
        "MessageType": "text",
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": "Payer A",
        "ReferralNumMedia": "0",
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "SmsStatus": "received",
        "To": FROM,
        "WaId": PHONE.removeprefix("+"),
    }
    assert desk.product.authentic == [True]


async def test_the_newer_signature_is_made_with_a_shared_key(desk: Desk):
    desk.product.key = "the secret of a shared key"
    body = {"signature": "sha256", "key": desk.product.key}
    await desk.post("whatsapp", body)

    await form_of(desk, text="hello")

    settings = desk.product.headers[0]["x-twilio-webhooks-signature-settings"]
    assert settings.endswith(",algorithm=HMAC_SHA256")
    assert desk.product.authentic == [True]


async def test_a_location_keeps_its_blank_fields_in_the_signature(desk: Desk):
    point = {"latitude": 25.25, "longitude": 55.5}
    form = await form_of(desk, location=point)

    assert (form["Latitude"], form["Longitude"]) == ("25.25", "55.5")
    assert (form["Address"], form["Label"], form["Body"]) == ("", "", "")
    assert form["MessageType"] == "location"
    assert desk.product.authentic == [True]

    form = await form_of(desk, location=point | {"label": "Home", "address": "St 1"})
    assert (form["Label"], form["Address"]) == ("Home", "St 1")


@pytest.mark.parametrize(
    ("what", "kind", "content_type", "shown"),
    [
        ({"photo": "my receipt"}, "image", "image/png", "photo"),
        ({"photo": True}, "image", "image/png", "photo"),
        ({"voice": True}, "audio", "audio/ogg", "voice"),
        ({"sticker": True}, "sticker", "image/webp", "photo"),
        ({"contact": True}, "contacts", "text/vcard", "document"),
    ],
)
async def test_a_medium_comes_as_an_address_that_needs_the_account(
    desk: Desk, what: dict[str, Any], kind: str, content_type: str, shown: str
):
    form = await form_of(desk, **what)

    assert (form["MessageType"], form["NumMedia"]) == (kind, "1")
    assert form["MediaContentType0"] == content_type
    url = form["MediaUrl0"]
    assert (await desk.http.get(url)).status_code == 401
    fetched = await desk.http.get(url, auth=(ACCOUNT, desk.world.token))
    assert fetched.headers["content-type"].startswith(content_type)
    assert (await desk.screen())[-1]["kind"] == shown


async def test_a_person_may_show_a_business_scoped_id_beside_the_number_or_only_it(
    desk: Desk,
):
    beside = await form_of(desk, text="one", bsuid="AE.1234")
    only = await form_of(desk, text="two", number_hidden=True)

    assert (beside["From"], beside["ExternalUserId"]) == (TO, "whatsapp:AE.1234")
    assert (only["From"], only["ExternalUserId"]) == ("whatsapp:AE.1234",) * 2
    assert "WaId" not in only
    assert PHONE.removeprefix("+") not in json.dumps(only)
    assert (await desk.ask(f"whatsapp/{PHONE}/state"))["number_hidden"] is True


async def test_a_raw_form_is_signed_and_may_leave_fields_out(desk: Desk):
    raw = {"Body": "raw", "ButtonPayload": "v1:unknown:x", "WaId": None}
    done = await desk.act(raw=raw)

    assert done["status"] == 204
    (form,) = desk.product.forms
    assert (form["Body"], form["ButtonPayload"]) == ("raw", "v1:unknown:x")
    assert form["MessageSid"] == done["sid"]
    assert "WaId" not in form
    assert desk.product.authentic == [True]


async def test_what_was_written_some_time_ago_stands_in_the_list_as_of_then(desk: Desk):
    await form_of(desk, text="newer")
    await form_of(desk, text="older", minutes_ago=90)

    newer, older = await desk.client.messages.list_async(to=FROM)
    assert (newer.body, older.body) == ("newer", "older")
    apart = newer.date_created - older.date_created
    assert timedelta(minutes=80) < apart <= timedelta(minutes=90, seconds=1)
    assert older.date_sent == older.date_created


async def test_what_is_forged_or_of_ones_own_making_stands_in_no_list(desk: Desk):
    await desk.act(forge="signature")
    await desk.act(raw={"Body": "raw"})
    assert await desk.client.messages.list_async() == []


async def test_the_last_form_is_replayed_as_it_was(desk: Desk):
    assert "nothing" in (await desk.act(409, replay=True))["error"]
    await form_of(desk, text="once")

    await desk.act(replay=True)

    first, second = desk.product.forms
    assert first == second


@pytest.mark.parametrize("what", ["signature", "url", "unsigned"])
async def test_a_forged_form_does_not_pass_the_validator(desk: Desk, what: str):
    desk.product.answers.append(Response(status_code=403))

    done = await desk.act(forge=what, text="/topup 50")

    assert done["status"] == 403
    assert desk.product.authentic == [False]
    assert desk.product.forms[0]["Body"] == "/topup 50"
    assert await desk.screen() == []


async def test_a_form_of_another_account_or_for_another_sender_is_well_signed(
    desk: Desk,
):
    await desk.act(forge="account")
    await desk.act(forge="sender")

    account, sender = desk.product.forms
    assert account["AccountSid"] != ACCOUNT
    assert sender["To"] != FROM
    assert desk.product.authentic == [True, True]


async def test_a_product_that_is_down_is_tried_twice_and_the_message_is_unanswered(
    desk: Desk,
):
    await desk.post("whatsapp", {"webhook_url": "http://127.0.0.1:9/twilio/messages"})
    await desk.act(text="anybody?")
    await desk.settled()

    (post,) = (await desk.ask("twilio/posts", kind="message"))["posts"]
    assert (post["tries"], post["status"], post["error"]) == (2, None, "ConnectError")
    webhook = (await desk.ask("whatsapp"))["webhook"]
    assert webhook["unanswered"] == [post["form"]["MessageSid"]]


async def test_a_refusal_is_not_repeated_unless_the_address_asks_for_it(desk: Desk):
    desk.product.answers.extend(Response(status_code=503) for _ in range(3))
    await desk.act(text="one")
    await desk.settled()
    assert len(desk.product.forms) == 1

    url = f"{desk.product.messages_url}#rp=5xx&rc=3&ct=90&rt=15000"
    await desk.post("whatsapp", {"webhook_url": url})
    await desk.act(text="two")
    await desk.settled()

    assert [form["Body"] for form in desk.product.forms] == ["one", "two", "two", "two"]
    tokens = [each["i-twilio-idempotency-token"] for each in desk.product.headers]
    assert len(set(tokens)) == 2
    assert all(desk.product.authentic)


async def test_a_product_that_is_slow_is_not_waited_for_longer_than_asked(desk: Desk):
    class Slow(Response):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

    for wish, error in (("rt=100", "ReadTimeout"), ("tt=100", "total time is over")):
        desk.product.answers.append(Slow())
        url = f"{desk.product.messages_url}#{wish}"
        await desk.post("whatsapp", {"webhook_url": url})
        await desk.act(text="slow")
        await desk.settled()
        post = (await desk.ask("twilio/posts"))["posts"][-1]
        assert (post["status"], post["error"]) == (None, error)


async def test_without_a_webhook_a_message_goes_nowhere(desk: Desk):
    await desk.post("whatsapp", {"webhook_url": ""})

    await desk.act(text="hello")

    assert "no webhook" in (await desk.act(409, forge="url"))["error"]
    assert (await desk.ask("whatsapp"))["webhook"]["url"] == ""
    assert len(await desk.screen()) == 1


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ({}, "exactly one"),
        ({"text": "a", "voice": True}, "exactly one"),
        ({"text": "a", "times": 2}, "with press only"),
        ({"text": ""}, "text"),
        ({"bsuid": "1234"}, "bsuid"),
        ({"number_hidden": True}, "needs a bsuid"),
        ({"language": "en"}, "language"),
    ],
)
async def test_a_senseless_wish_is_refused_in_a_sentence(
    desk: Desk, what: dict[str, Any], says: str
):
    assert says in (await desk.act(422, **what))["error"]


async def test_wishes_that_no_phone_can_fulfil_are_refused(desk: Desk):
    assert "E.164" in (await desk.act(422, phone="0500000101", text="x"))["error"]
    assert "characters" in (await desk.act(409, text="x" * 4097))["error"]
    assert "no button" in (await desk.act(409, press="Go"))["error"]
    other = "whatsapp/+971500000199"
    assert (await desk.ask(f"{other}/messages"))["messages"] == []
    assert "never used" in (await desk.ask(f"{other}/state", 404))["error"]
    assert "number" in (await desk.ask(f"{other}/messages", 422, after="x"))["error"]
    assert "no such file" in (await desk.ask("whatsapp/files/ME1", 404))["error"]
    assert "http" in (await desk.post("whatsapp", {"webhook_url": "x"}, 422))["error"]


async def test_marks_are_shown_as_whatsapp_shows_them(chat: Desk):
    body = (
        "*bold* and _it *both*_ ~no~ ```a*b*``` 2*3*4 <b> "
        "https://a.example/o/-_x_-y_z?a=1&b=2."
    )
    await chat.create(body=body)
    await chat.settled()

    shown = (await chat.screen())[-1]
    url = "https://a.example/o/-_x_-y_z?a=1&b=2"
    assert shown["text"] == f"bold and it both no a*b* 2*3*4 <b> {url}."
    assert "<b>bold</b> and <i>it <b>both</b></i> <s>no</s>" in shown["html"]
    assert "<code>a*b*</code> 2*3*4 &lt;b&gt;" in shown["html"]
    assert f'href="{url.replace("&", "&amp;")}"' in shown["html"]
