import ssl
from datetime import timedelta

import httpx
import pytest

from core.payby.ping import ping


@pytest.fixture
def ask(http, merchant, clock, payby):
    async def once(step):
        payby.will(step)
        return await ping(http, merchant, clock)

    return once


@pytest.fixture
def unknown(payby):
    """Make the answer of a PayBy that accepts us but not the order number."""

    def answer(date="Tue, 24 Nov 2026 08:00:00 GMT", **signing):
        response = payby.answers(
            code="62004", msg="MERCHANT_ORDER_NO_NOT_EXIST", apply="FAIL", **signing
        )
        response.headers["Date"] = date
        return response

    return answer


async def test_an_unknown_order_answered_and_signed_proves_everything(ask, unknown):
    report = await ask(unknown())
    assert report.ok
    assert "both keys, the Partner-Id and the answer's signature" in report.sentence
    assert report.clock_ahead == timedelta(milliseconds=123)


async def test_a_clock_that_is_wrong_but_bearable_is_mentioned(ask, unknown):
    report = await ask(unknown("Tue, 24 Nov 2026 08:10:00 GMT"))
    assert report.ok
    assert "but our clock is wrong by 600 seconds (behind)" in report.sentence


async def test_an_answer_without_a_date_tells_nothing_of_the_clock(ask, unknown):
    report = await ask(unknown("yesterday"))
    assert report.ok
    assert report.clock_ahead is None


async def test_a_refused_clock_is_told_with_the_difference(ask, payby):
    answer = payby.answers(code="400", msg="REQUESTTIME_TOO_LATER", apply="FAIL")
    answer.headers["Date"] = "Tue, 24 Nov 2026 07:30:00 GMT"
    report = await ask(answer)
    assert not report.ok
    assert "refuses our clock by 1800 seconds (ahead)" in report.sentence


async def test_a_refused_clock_is_told_without_a_date_too(ask, payby):
    report = await ask(payby.answers(code="71002", msg="REQUESTTIME", apply="FAIL"))
    assert not report.ok
    assert "refuses our clock; set this server's time" in report.sentence


def insecure() -> httpx.ConnectError:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    return error


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (httpx.ConnectError("refused"), "can't be reached: refused"),
        (insecure(), "No secure connection to PayBy"),
        (httpx.ConnectTimeout("nobody"), "A firewall may drop"),
        (httpx.ReadTimeout("silence"), "whitelist"),
        (httpx.UnsupportedProtocol("ftp"), "should look like https://uat.test2pay"),
        (httpx.ReadError("reset"), "Try again"),
    ],
)
async def test_a_way_that_is_closed_is_told_with_the_base_url(failure, sentence, ask):
    report = await ask(failure)
    assert not report.ok
    assert sentence in report.sentence
    assert "https://payby.test/sgs/api" in report.sentence
    assert report.clock_ahead is None


@pytest.mark.parametrize("signature", ["", None])
async def test_a_public_key_payby_does_not_have_is_told(signature, ask, payby):
    answer = payby.answers(code="400", msg="SIGN", apply="ERROR", signature=signature)
    report = await ask(answer)
    assert not report.ok
    assert "the public key in the merchant portal does not belong" in report.sentence


@pytest.mark.parametrize("signature", ["", "AAAA"])
async def test_a_wrong_file_with_paybys_key_is_told(signature, ask, unknown):
    report = await ask(unknown(signature=signature))
    assert not report.ok
    assert "is not the one of this environment" in report.sentence


async def test_a_refused_partner_id_is_told(ask, payby):
    for answer in (
        payby.answers(code="403", msg="UNAUTHORIZED", apply="FAIL"),
        payby.raw(b"blocked", status=403, signature=""),
    ):
        report = await ask(answer)
        assert not report.ok
        assert "refuses Partner-Id 200000000888" in report.sentence
        assert "whitelist" in report.sentence


@pytest.mark.parametrize("status", [200, 404])
async def test_a_base_url_that_is_not_paybys_is_told(status, ask, payby):
    report = await ask(payby.raw(b"<html>", status=status, signature=""))
    assert not report.ok
    assert f"answers HTTP {status}, but not as PayBy does" in report.sentence


async def test_any_other_answer_is_told_with_its_trace_code(ask, payby):
    report = await ask(payby.answers(code="601", msg="RISK_FAIL", apply="FAIL"))
    assert not report.ok
    assert "RISK_FAIL (code 601, trace code 975929)" in report.sentence


async def test_a_ping_tells_no_secrets(ask, unknown):
    assert "PRIVATE" not in repr(await ask(unknown()))
