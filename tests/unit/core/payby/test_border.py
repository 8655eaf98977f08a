import asyncio
import inspect
import ssl
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from core.domain.errors import (
    BadSignature,
    GatewayError,
    GatewayRefusesUs,
    GatewayRejected,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.payby import border
from core.payby.border import open_http, send, translated_errors
from core.payby.calls import GET_ORDER, Question

BORDER = Path(border.__file__)
NUMBER = "T261124-7K3QXMPA"
NEVER_SENT = {
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
}
ALL = [
    thing
    for _, thing in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(thing, Exception)
]


def an(error: type[Exception]) -> Exception:
    """Make one of httpx's exceptions, whatever its constructor asks for."""
    wanted = inspect.signature(error).parameters
    facts = {"message": "boom", "request": None, "response": None}
    return error(**{name: facts[name] for name in wanted if name in facts})


def test_httpx_has_the_exceptions_we_walk():
    assert {httpx.ReadTimeout, httpx.InvalidURL, httpx.StreamClosed} <= set(ALL)


@pytest.mark.parametrize("error", ALL)
def test_every_exception_of_httpx_is_translated(error):
    expected = GatewayUnavailable if error in NEVER_SENT else OutcomeUnknown
    with pytest.raises(GatewayError) as caught, translated_errors():
        raise an(error)
    assert type(caught.value) is expected
    assert isinstance(caught.value.__cause__, error)
    assert caught.value.code


def test_a_deadline_that_passes_leaves_the_outcome_unknown():
    with pytest.raises(OutcomeUnknown, match="did not answer"), translated_errors():
        raise TimeoutError


def test_a_broken_secure_connection_is_told_from_a_refused_one():
    refused, insecure = httpx.ConnectError("refused"), httpx.ConnectError("insecure")
    insecure.__cause__ = ssl.SSLCertVerificationError("self-signed")
    with pytest.raises(GatewayUnavailable) as caught, translated_errors():
        raise refused
    assert caught.value.code == "CONNECT"
    with pytest.raises(GatewayUnavailable) as caught, translated_errors():
        raise insecure
    assert caught.value.code == "TLS"


def test_no_other_file_knows_the_exceptions_of_httpx():
    names = [f"httpx.{error.__name__}" for error in ALL]
    files = [file for file in BORDER.parent.glob("*.py") if file != BORDER]
    assert len(files) > 5
    assert not [file for file in files if any(map(file.read_text().count, names))]


async def test_the_pool_waits_for_nothing_forever_and_follows_nobody():
    async with open_http() as http:
        assert None not in http.timeout.as_dict().values()
        assert not http.follow_redirects
        assert not http.trust_env


def test_keys_are_kept_out_of_reprs(merchant):
    assert "key" not in repr(merchant).lower()


async def test_a_request_is_signed_over_its_exact_bytes(
    client, payby, order_text, merchant_key
):
    payby.will(payby.answers(f'{{"acquireOrder":{order_text()}}}'))
    await client.get_order(NUMBER)
    [request] = payby.asked
    assert str(request.url) == "https://payby.test/sgs/api/acquire2/getOrder"
    assert request.method == "POST"
    assert request.headers["Partner-Id"] == "200000000888"
    assert request.headers["Content-Type"] == "application/json"
    assert request.content == (
        b'{"bizContent":{"merchantOrderNo":"T261124-7K3QXMPA"},'
        b'"requestTime":1795507200123}'
    )
    signed = type(payby)(merchant_key).sign(request.content)
    assert request.headers["sign"] == signed


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64"])
@pytest.mark.parametrize("code", ["0", "62004", "62016", "580001", ""])
async def test_an_answer_without_a_good_signature_is_not_believed(
    code, signature, client, payby, order_text
):
    body = f'{{"acquireOrder":{order_text("PAID_SUCCESS", paid=True)}}}'
    payby.will(payby.answers(body, code=code, signature=signature))
    with pytest.raises(OutcomeUnknown, match="can't be believed") as caught:
        await client.cancel_order(NUMBER)
    assert caught.value.code == "BAD_SIGNATURE"
    assert caught.value.order_no == NUMBER
    untrusted = caught.value.__cause__
    assert untrusted is not None
    assert isinstance(untrusted.__cause__, BadSignature)


async def test_an_answer_changed_on_the_way_is_not_believed(client, payby, order_text):
    honest = payby.answers(f'{{"acquireOrder":{order_text("CREATED")}}}')
    changed = honest.content.replace(b"CREATED", b"SETTLED")
    payby.will(payby.raw(changed, signature=payby.sign(honest.content)))
    with pytest.raises(OutcomeUnknown, match="can't be believed"):
        await client.cancel_order(NUMBER)


@pytest.mark.parametrize("signature", [None, "", "AAAA"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("400", GatewayRejected),
        ("403", GatewayRefusesUs),
        ("601", GatewayRejected),
        ("500", OutcomeUnknown),
        ("504", OutcomeUnknown),
    ],
)
async def test_an_error_payby_may_leave_unsigned_is_taken_as_it_comes(
    code, error, signature, client, payby
):
    payby.will(payby.answers(code=code, msg="WHY", apply="FAIL", signature=signature))
    with pytest.raises(error, match="WHY") as caught:
        await client.cancel_order(NUMBER)
    assert type(caught.value) is error
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["402", "404"])
async def test_a_call_payby_turned_away_is_certainly_not_done(code, client, payby):
    payby.will(*[payby.answers(code=code, apply="FAIL") for _ in range(3)])
    with pytest.raises(GatewayUnavailable):
        await client.cancel_order(NUMBER)


async def test_success_with_another_code_is_an_error(client, payby):
    payby.will(payby.answers(code="62001", msg="ORDER_PAID", apply="SUCCESS"))
    with pytest.raises(GatewayRejected, match="ORDER_PAID"):
        await client.cancel_order(NUMBER)


async def test_code_zero_without_success_leaves_the_outcome_unknown(
    client, payby, order_text
):
    payby.will(payby.answers(f'{{"acquireOrder":{order_text()}}}', apply="FAIL"))
    with pytest.raises(OutcomeUnknown, match="PayBy answered SUCCESS"):
        await client.cancel_order(NUMBER)


@pytest.mark.parametrize("signature", [None, "", "AAAA"])
@pytest.mark.parametrize(
    ("apply", "code", "says"),
    [
        ("ERROR", "400", "does not accept our signature: VERIFY_SIGN"),
        ("FAIL", "400", "refuses our clock: REQUESTTIME_TOO_EARLY"),
        ("FAIL", "400", "refuses our clock: REQUESTTIME_TOO_LATER: by 20 minutes"),
        ("FAIL", "403", "refuses our requests: UNAUTHORIZED"),
    ],
)
async def test_what_payby_refuses_us_for_is_not_done_and_not_asked_again(
    apply, code, says, signature, client, payby
):
    msg = says.partition(": ")[2]
    payby.will(payby.answers(code=code, msg=msg, apply=apply, signature=signature))
    with pytest.raises(GatewayRefusesUs, match=says) as caught:
        await client.get_order(NUMBER)
    assert (caught.value.code, caught.value.order_no) == (code, NUMBER)
    assert len(payby.asked) == 1


async def test_our_clock_is_refused_by_paybys_older_codes_too(client, payby):
    payby.will(payby.answers(code="71003", msg="REQUESTTIME", apply="FAIL"))
    with pytest.raises(GatewayRefusesUs, match="our clock"):
        await client.get_order(NUMBER)


async def test_an_address_that_is_not_let_in_is_not_asked_again(client, payby):
    payby.will(payby.raw(b"blocked", status=403, signature=""))
    with pytest.raises(GatewayRefusesUs) as caught:
        await client.get_order(NUMBER)
    assert caught.value.code == "HTTP_403"


@pytest.mark.parametrize("status", [301, 307, 401, 404, 429])
async def test_a_door_that_turns_us_away_has_done_nothing(status, client, payby):
    response = payby.raw(b"", status=status, headers={"Location": "https://evil.test"})
    payby.will(response, response, response)
    with pytest.raises(GatewayUnavailable) as caught:
        await client.cancel_order(NUMBER)
    assert caught.value.code == f"HTTP_{status}"
    assert {request.url.host for request in payby.asked} == {"payby.test"}


@pytest.mark.parametrize("status", [204, 500, 502, 503])
async def test_a_server_that_fails_may_have_done_it(status, client, payby):
    payby.will(payby.raw(b"", status=status))
    with pytest.raises(OutcomeUnknown) as caught:
        await client.cancel_order(NUMBER)
    assert caught.value.code == f"HTTP_{status}"


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"head":7}', b"\xff"])
async def test_signed_junk_leaves_the_outcome_unknown(content, client, payby):
    payby.will(payby.raw(content))
    with pytest.raises(OutcomeUnknown):
        await client.cancel_order(NUMBER)


async def test_a_signed_success_without_an_order_leaves_the_outcome_unknown(
    client, payby
):
    payby.will(payby.answers("{}"))
    with pytest.raises(OutcomeUnknown, match="can't be read") as caught:
        await client.cancel_order(NUMBER)
    assert caught.value.code == "UNREADABLE"


async def test_an_answer_about_another_order_is_not_taken_for_ours(
    client, payby, order_text
):
    payby.will(payby.answers(f'{{"acquireOrder":{order_text()}}}'))
    with pytest.raises(OutcomeUnknown, match="It is about T261124-7K3QXMPA"):
        await client.cancel_order("T261124-ANOTHER2")
    payby.will(payby.answers(f'{{"acquireOrder":{order_text()}}}'))
    with pytest.raises(OutcomeUnknown, match="It is about 131404956265007836"):
        await client.cancel_order(payby_order_no="9")


async def test_an_endless_answer_is_cut_off(client, payby):
    payby.will(payby.raw(b" " * (1024 * 1024 + 1)))
    with pytest.raises(OutcomeUnknown, match="too large"):
        await client.cancel_order(NUMBER)


async def test_a_message_of_any_length_is_cut(client, payby):
    payby.will(payby.answers(code="62001", msg="x" * 10_000))
    with pytest.raises(GatewayRejected) as caught:
        await client.cancel_order(NUMBER)
    assert len(caught.value.message) < 300


async def test_a_page_of_a_thousand_orders_is_read(client, payby, order_text):
    orders = ",".join([order_text("PAID_SUCCESS", paid=True)] * 1000)
    body = f'{{"totalElements":1000,"totalPages":1,"items":[{orders}]}}'
    payby.will(payby.answers(body))
    day = date(2026, 11, 24)
    assert len((await client.orders_between(day, day)).items) == 1000


async def test_an_answer_that_never_ends_is_given_up_at_the_deadline(merchant, clock):
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=drip())

    question = Question(call=GET_ORDER, biz_content={})
    deadline = asyncio.get_running_loop().time() + 0.1
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(OutcomeUnknown, match="in time"):
            await send(http, merchant, question, clock.now(), deadline)
