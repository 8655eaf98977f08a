"""Asking PayBy with patience: the one retry layer, and a record of every try."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import httpx
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    retry_if_not_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from core.domain.errors import (
    GatewayError,
    GatewayRefusesUs,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.payby.border import Answer, Head, believe, believe_file, send
from core.payby.calls import Merchant, Question
from core.payby.codec import WireError
from core.payby.fields import Fields
from core.ports import Clock

MOST_TRIES = 3
PAUSES = wait_exponential_jitter(multiplier=0.1, max=1, jitter=0.1)  # seconds

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One question and what came of it, for the order's timeline; holds no secrets."""

    call: str
    """PayBy's name of the call, such as placeOrder."""
    order_no: str
    """Our number of the order; PayBy's when asked by that; empty for neither."""
    code: str
    """PayBy's code ("0" is success), or a word for what went wrong on the way."""
    msg: str
    trace_code: str
    """What PayBy's support asks for."""
    duration_ms: int
    at: datetime
    """When the question was sent, UTC."""
    clock_ahead: timedelta | None = None
    """How far our clock is ahead of PayBy's (to a second); None without an answer."""


@dataclass(frozen=True)
class _Sent:
    question: Question
    at: datetime
    started: float

    def ended(self, head: Head, clock_ahead: timedelta | None) -> Exchange:
        return Exchange(
            call=self.question.call.name,
            order_no=self.question.order_no,
            code=head.code,
            msg=head.msg,
            trace_code=head.trace_code,
            duration_ms=round((time.monotonic() - self.started) * 1000),
            at=self.at,
            clock_ahead=clock_ahead,
        )


OnExchange = Callable[[Exchange], Awaitable[None]]


async def tell_nobody(_exchange: Exchange) -> None:
    """Keep no record of the exchanges."""


class Exchanges:
    """Puts questions to PayBy and returns what may be believed."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        merchant: Merchant,
        clock: Clock,
        on_exchange: OnExchange,
    ) -> None:
        self._http = http
        self._merchant = merchant
        self._clock = clock
        self._on_exchange = on_exchange

    async def ask(self, question: Question, parse: Callable[[Fields], T]) -> T:
        """Return what `parse` makes of the answer's body. Raises GatewayError."""
        key = self._merchant.payby_public_key
        return await self._try(question, lambda answer: parse(believe(answer, key)))

    async def fetch(self, question: Question) -> bytes:
        """Return the file that is the answer. Raises GatewayError."""
        key = self._merchant.payby_public_key
        return await self._try(question, lambda answer: believe_file(answer, key))

    async def _try(self, question: Question, understand: Callable[[Answer], T]) -> T:
        """Ask again what was certainly not done, and whatever changes nothing.

        Not what PayBy refuses us for: no second try mends our own set-up.
        """
        call = question.call
        again = (GatewayUnavailable, OutcomeUnknown) if call.is_read else ()
        tries = AsyncRetrying(
            retry=retry_if_exception_type((GatewayUnavailable, *again))
            & retry_if_not_exception_type(GatewayRefusesUs),
            stop=stop_after_attempt(MOST_TRIES) | stop_before_delay(call.patience),
            wait=PAUSES,
            reraise=True,
        )
        deadline = asyncio.get_running_loop().time() + call.patience
        return await tries(self._once, question, understand, deadline)

    async def _once(
        self, question: Question, understand: Callable[[Answer], T], deadline: float
    ) -> T:
        sent = _Sent(question, self._clock.now(), time.monotonic())
        head, ahead = Head(), None
        try:
            answer = await send(self._http, self._merchant, question, sent.at, deadline)
            head, ahead = answer.head, answer.clock_ahead(self._clock.now())
            value = _understood(answer, understand)
        except GatewayError as error:
            failed = replace(head, code=error.code, msg=error.message)
            await self._record(sent.ended(failed, ahead))
            raise type(error)(error.message, error.code, question.order_no) from error
        await self._record(sent.ended(replace(head, code="0"), ahead))
        return value

    async def _record(self, exchange: Exchange) -> None:
        try:
            await self._on_exchange(exchange)
        except Exception:  # noqa: BLE001  (a lost line must not lose a payer's code)
            _log.exception("An exchange with PayBy could not be recorded.")


def _understood(answer: Answer, understand: Callable[[Answer], T]) -> T:
    try:
        return understand(answer)
    except WireError as error:
        message = f"PayBy's answer can't be read: {error}"
        raise OutcomeUnknown(message, "UNREADABLE") from error
