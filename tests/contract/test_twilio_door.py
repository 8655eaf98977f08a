"""Twilio's doors take what Twilio signed for us, keep it, and take nothing else."""

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from tests.serving import serving
from webhooks.twilio_door import Guard, twilio_messages, twilio_status

PUBLIC = "https://topup.example.com"
MESSAGES = "/twilio/messages"
ACCOUNT = "AC" + "0" * 32
AUTH_TOKEN = "not-a-secret-of-anybody"
SENDER = "+971500000001"
PAYER = "whatsapp:+971500000101"
REFUSED: list[None] = []
GUARD = Guard(
    public_url=PUBLIC,
    account_sid=ACCOUNT,
    auth_token=AUTH_TOKEN,
    sender=SENDER,
    refused=lambda: REFUSED.append(None),
)
FORM = {
    "AccountSid": ACCOUNT,
    "MessageSid": "SM1",
    "From": PAYER,
    "To": f"whatsapp:{SENDER}",
    "Body": "مرحبا & hello+",
    "Label": "",
}
STATUS = {
    "AccountSid": ACCOUNT,
    "MessageSid": "SM2",
    "MessageStatus": "delivered",
    "From": f"whatsapp:{SENDER}",
    "To": PAYER,
}


def signature(url: str, form: Mapping[str, str], algorithm: str = "sha1") -> str:
    """Sign as Twilio's notes on webhook security describe it."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    mac = hmac.new(AUTH_TOKEN.encode(), signed.encode(), algorithm)
    return base64.b64encode(mac.digest()).decode()


class Keeper:
    """Keeps forms, or fails."""

    def __init__(self) -> None:
        self.kept: list[Mapping[str, str]] = []
        self.heeded: list[tuple[str, Mapping[str, str]]] = []
        self.trouble: Exception | None = None

    async def accept(self, form: Mapping[str, str]) -> None:
        if self.trouble:
            raise self.trouble
        self.kept.append(form)

    async def heed(self, message_id: str, form: Mapping[str, str]) -> None:
        self.heeded.append((message_id, form))


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
async def post(keeper):
    app = FastAPI()
    app.include_router(twilio_messages(GUARD, keeper.accept))
    app.include_router(twilio_status(GUARD, keeper.heed))
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):

        async def post(form, path=MESSAGES, *, signed_as=None, headers=None):
            given = signed_as or signature(PUBLIC + path, form)
            return await http.post(
                path,
                content=urlencode(form),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Twilio-Signature": given,
                }
                | (headers or {}),
            )

        yield post


async def test_a_signed_form_is_kept_whole_and_answered_with_nothing(post, keeper):
    answer = await post(FORM)
    assert (answer.status_code, answer.content) == (204, b"")
    assert keeper.kept == [FORM]


async def test_a_form_signed_with_sha_256_is_kept(post, keeper):
    answer = await post(
        FORM,
        signed_as=signature(PUBLIC + MESSAGES, FORM, "sha256"),
        headers={"X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=HMAC_SHA256"},
    )
    assert answer.status_code == 204
    assert keeper.kept == [FORM]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "junk",
        "\u00e9",
        signature(PUBLIC + MESSAGES, FORM | {"Body": "pay me"}),
        signature("https://other.example.com" + MESSAGES, FORM),
        signature("http://topup.example.com" + MESSAGES, FORM),
        signature(PUBLIC + MESSAGES + "?m=1", FORM),
        signature(PUBLIC + MESSAGES, FORM, "sha256"),
    ],
)
async def test_a_form_with_a_signature_of_something_else_is_refused(
    post, keeper, given
):
    headers = {b"X-Twilio-Signature": given.encode("latin-1")}
    REFUSED.clear()
    answer = await post(FORM, signed_as="-", headers=headers)
    assert answer.status_code == 403
    assert keeper.kept == []
    assert len(REFUSED) == 1


async def test_a_form_signed_in_an_unknown_way_is_refused(post, keeper):
    headers = {"X-Twilio-Webhooks-Signature-Settings": "key=x,algorithm=NONE"}
    assert (await post(FORM, headers=headers)).status_code == 403
    assert keeper.kept == []


@pytest.mark.parametrize(
    "strange",
    [
        {"AccountSid": "AC" + "1" * 32},
        {"AccountSid": ""},
        {"To": "whatsapp:+971500000002"},
        {"To": SENDER},
    ],
)
async def test_what_is_signed_but_meant_for_others_is_refused(post, keeper, strange):
    assert (await post(FORM | strange)).status_code == 403
    assert keeper.kept == []


async def test_a_form_without_our_account_is_refused(post, keeper):
    form = {name: value for name, value in FORM.items() if name != "AccountSid"}
    assert (await post(form)).status_code == 403
    assert keeper.kept == []


async def test_a_body_that_is_no_form_is_refused(post, keeper):
    headers = {"Content-Type": "application/json"}
    assert (await post(FORM, headers=headers)).status_code == 415
    assert keeper.kept == []


async def test_a_long_message_is_kept(post, keeper):
    form = FORM | {"Body": "ب" * 2000}
    assert (await post(form)).status_code == 204
    assert keeper.kept == [form]


async def test_more_than_64_kib_is_refused_however_well_signed(post, keeper):
    form = FORM | {"Body": "a" * 65 * 1024}
    assert (await post(form)).status_code == 413
    assert keeper.kept == []


async def test_what_cannot_be_kept_is_to_be_brought_again(post, keeper):
    keeper.trouble = OperationalError("insert", {}, Exception("disk full"))
    assert (await post(FORM)).status_code == 503
    keeper.trouble = None
    assert (await post(FORM)).status_code == 204


async def test_what_became_of_a_message_is_heard_under_our_own_name_for_it(
    post, keeper
):
    name = "T260101-ABCDEFGH:credited:0"
    answer = await post(STATUS, f"/twilio/status?{urlencode({'m': name})}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert keeper.heeded == [(name, STATUS)]


async def test_nobody_can_tell_of_another_message_than_was_signed(post, keeper):
    given = signature(f"{PUBLIC}/twilio/status?m=one", STATUS)
    answer = await post(STATUS, "/twilio/status?m=another", signed_as=given)
    assert answer.status_code == 403
    assert keeper.heeded == []


async def test_what_became_of_a_message_of_another_sender_is_refused(post, keeper):
    form = STATUS | {"From": "whatsapp:+971500000002"}
    assert (await post(form, "/twilio/status?m=one")).status_code == 403
    assert keeper.heeded == []


async def test_no_content_of_a_refused_form_is_logged(post, capsys, caplog):
    await post(FORM, signed_as="junk")
    logged = capsys.readouterr().out + caplog.text
    assert "form_not_from_twilio" in logged
    assert "hello" not in logged
    assert PAYER not in logged
