"""One question that proves keys, Partner-Id, clock and answer signature in one go.

The question is after an order that can't exist: PayBy answers 62004 only to a merchant
whose signature, number and clock it accepts, and signs that answer.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

import httpx

from core.domain.errors import BadSignature, GatewayError
from core.payby import calls
from core.payby.border import Answer, send
from core.payby.calls import Merchant, Question
from core.payby.signing import verify
from core.ports import Clock

PATIENCE = 15  # seconds
NO_SUCH_ORDER = "T-PING-NO-SUCH-ORDER"
UNKNOWN_NUMBER = "62004"
BEARABLE_CLOCK_FAULT = timedelta(minutes=5)  # PayBy refuses at 15 minutes


@dataclass(frozen=True, kw_only=True)
class PingReport:
    """Whether PayBy and we understand each other."""

    ok: bool
    sentence: str
    """What was proved, or what is wrong and what to do about it."""
    duration_ms: int
    clock_ahead: timedelta | None
    """How far our clock is ahead of PayBy's (to a second); None without an answer."""


async def ping(http: httpx.AsyncClient, merchant: Merchant, clock: Clock) -> PingReport:
    """Ask PayBy once and say in one sentence how that went. Raises nothing."""
    question = Question(
        call=calls.GET_ORDER,
        biz_content=calls.order_named(NO_SUCH_ORDER, ""),
    )
    started = time.monotonic()
    deadline = asyncio.get_running_loop().time() + PATIENCE
    ahead = None
    try:
        answer = await send(http, merchant, question, clock.now(), deadline)
    except GatewayError as error:
        problem = _unreachable(error, merchant.base_url)
    else:
        ahead = answer.clock_ahead(clock.now())
        problem = _problem(answer, merchant, ahead)
    return PingReport(
        ok=not problem,
        sentence=problem or _praise(merchant, ahead),
        duration_ms=round((time.monotonic() - started) * 1000),
        clock_ahead=ahead,
    )


def _unreachable(error: GatewayError, base_url: str) -> str:
    advice = {
        "TLS": "Check that the base URL is PayBy's and that nothing between opens "
        "encrypted traffic.",
        "CONNECT": "Check the base URL and this server's way to the internet.",
        "CONNECT_TIMEOUT": "A firewall may drop the connection; check the base URL.",
        "TIMEOUT": "PayBy may be busy, or your address may not be on its whitelist.",
        "BASE_URL": "It should look like https://uat.test2pay.com/sgs/api.",
    }.get(error.code, "Try again.")
    return f"{error.message} Base URL: {base_url}. {advice}"


def _problem(answer: Answer, merchant: Merchant, ahead: timedelta | None) -> str:
    """Say what is wrong with the answer; empty when nothing is."""
    head = answer.head
    if head.refuses_signature:
        return (
            "PayBy does not accept our signature: the public key in the merchant "
            "portal does not belong to our private key file."
        )
    if head.refuses_clock:
        return f"PayBy refuses our clock{_by(ahead)}; set this server's time."
    if answer.status == httpx.codes.FORBIDDEN or head.refuses_merchant:
        return (
            f"PayBy refuses Partner-Id {merchant.partner_id}: check the number, that "
            "this server's address is on the merchant's whitelist, and that Cash Top "
            "Up is switched on."
        )
    if not head.code:
        return (
            f"{merchant.base_url} answers HTTP {answer.status}, but not as PayBy does: "
            "check the base URL, which ends in /sgs/api."
        )
    return _unsigned(answer, merchant) or _unexpected(answer)


def _unsigned(answer: Answer, merchant: Merchant) -> str:
    try:
        verify(answer.content, answer.headers.get("sign"), merchant.payby_public_key)
    except BadSignature as error:
        return (
            f"PayBy's answer can't be believed. {error} The file with PayBy's public "
            "key is not the one of this environment: download it again."
        )
    return ""


def _unexpected(answer: Answer) -> str:
    head = answer.head
    if head.code == UNKNOWN_NUMBER:
        return ""
    return (
        f"PayBy signs its answer, but says {head.msg} (code {head.code}, trace code "
        f"{head.trace_code}) where it should not know our order: ask PayBy."
    )


def _praise(merchant: Merchant, ahead: timedelta | None) -> str:
    praise = (
        f"PayBy knows us as {merchant.partner_id}: both keys, the Partner-Id and the "
        "answer's signature are right"
    )
    if ahead is not None and abs(ahead) > BEARABLE_CLOCK_FAULT:
        return f"{praise}, but our clock is wrong{_by(ahead)}; set this server's time."
    return f"{praise}."


def _by(ahead: timedelta | None) -> str:
    if ahead is None:
        return ""
    seconds = round(ahead.total_seconds())
    return f" by {abs(seconds)} seconds ({'ahead' if seconds > 0 else 'behind'})"
