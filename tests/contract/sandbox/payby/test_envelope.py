import json

import pytest

from tests.contract.sandbox.payby.merchant import Merchant, now_ms, order

MINUTE = 60_000


def envelope(**changes: object) -> bytes:
    return json.dumps(
        {"requestTime": now_ms(), "bizContent": order()} | changes
    ).encode()


def test_an_answer_is_compact_json_signed_over_its_exact_bytes(merchant: Merchant):
    answer = merchant.place()
    assert answer.http.headers["content-type"] == "application/json;charset=UTF-8"
    assert b", " not in answer.http.content
    assert answer.head["applyStatus"] == "SUCCESS"
    assert answer.head["success"] is True
    assert answer.head["traceCode"].isdigit()


def test_amounts_are_written_with_two_literal_decimals(merchant: Merchant):
    answer = merchant.place(totalAmount={"amount": 50, "currency": "AED"})
    assert b'"totalAmount":{"amount":50.00,"currency":"AED"}' in answer.http.content


def test_a_body_changed_after_signing_is_an_error(merchant: Merchant):
    body = envelope()
    response = merchant.post(
        "acquire2/placeOrder", body.replace(b"50", b"5"), sign=merchant.sign(body)
    )
    answer = merchant.read(response)
    assert (answer.head["applyStatus"], answer.code) == ("ERROR", "403")
    assert answer.body == {}


@pytest.mark.parametrize("sign", ["", "!", "aGVsbG8="])
def test_a_missing_or_meaningless_signature_is_an_error(merchant: Merchant, sign: str):
    answer = merchant.read(merchant.post("acquire2/placeOrder", envelope(), sign=sign))
    assert answer.head["applyStatus"] == "ERROR"


def test_another_partner_is_unauthorized(merchant: Merchant):
    response = merchant.post(
        "acquire2/placeOrder", envelope(), **{"Partner-Id": "200000000999"}
    )
    answer = merchant.read(response)
    assert (answer.head["applyStatus"], answer.code) == ("FAIL", "403")


@pytest.mark.parametrize(
    ("minutes", "name"),
    [(-16, "REQUESTTIME_TOO_EARLY"), (16, "REQUESTTIME_TOO_LATER")],
)
def test_a_request_more_than_15_minutes_off_is_refused(
    merchant: Merchant, minutes: int, name: str
):
    body = envelope(requestTime=now_ms() + minutes * MINUTE)
    answer = merchant.read(merchant.post("acquire2/placeOrder", body))
    assert (answer.code, answer.head["msg"]) == ("400", name)


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_request_up_to_15_minutes_off_is_accepted(merchant: Merchant, minutes: int):
    body = envelope(requestTime=now_ms() + minutes * MINUTE)
    assert merchant.read(merchant.post("acquire2/placeOrder", body)).code == "0"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", pytest.param(b"[" * 100_000, id="deep")]
)
def test_what_is_not_a_json_object_is_an_invalid_parameter(
    merchant: Merchant, body: bytes
):
    answer = merchant.read(merchant.post("acquire2/placeOrder", body))
    assert answer.code == "400"
    assert answer.head["msg"].startswith("INVALID_PARAMETER")


@pytest.mark.parametrize(
    "changes",
    [
        {"requestTime": "2026-11-24T12:00:00+04:00"},
        {"requestTime": True},
        {"requestTime": None},
        {"bizContent": None},
        {"bizContent": "x"},
    ],
)
def test_what_is_not_the_documented_envelope_is_an_invalid_parameter(
    merchant: Merchant, changes: dict[str, object]
):
    answer = merchant.read(merchant.post("acquire2/placeOrder", envelope(**changes)))
    assert answer.code == "400"
    assert answer.head["msg"].startswith("INVALID_PARAMETER")


def test_a_form_is_not_json(merchant: Merchant):
    response = merchant.post(
        "acquire2/placeOrder",
        envelope(),
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert merchant.read(response).code == "400"


def test_a_call_that_does_not_exist_is_not_available(merchant: Merchant):
    assert merchant.call("acquire2/sellOrder").code == "404"


def test_fields_nobody_documented_are_ignored(merchant: Merchant):
    assert merchant.place(theme="dark").code == "0"
