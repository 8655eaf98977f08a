"""Notices: PayBy tells the merchant what happened, until it hears SUCCESS.

PayBy: asynchronous notification. The first try is at once, then after 2, 10, 10, 60,
120, 360 and 900 minutes, sooner on a fast clock.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Literal

import httpx

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.faults import Fault, Faults
from sandbox.payby.numbers import new_notify_id
from sandbox.payby.orders import Order, Refund
from sandbox.payby.signing import Keys
from sandbox.payby.statement import GULF
from sandbox.payby.wire import dumps

WAITS_MINUTES = (0, 2, 10, 10, 60, 120, 360, 900)
TARGET = "payby.notify"
MODES = ("no_notify", "duplicate", "delay")

Signature = Literal["good", "bad", "missing"]

_TIMEOUT_S = 10.0
_KEPT_BODY = 1000
_DELAY_MS = 5000


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try to deliver a notice."""

    notify_id: str
    """Which notice; it stays the same from try to try."""

    at: int
    """When it was sent, in ms since the epoch."""

    status: int | None
    """The product's HTTP status; None: no answer."""

    body: str
    """The product's answer, its first kilobyte, or why there is none."""

    accepted: bool
    """Whether it was the SUCCESS that ends the tries."""

    def to_json(self) -> dict[str, object]:
        """Write it for the control API."""
        return {
            "notifyId": self.notify_id,
            "at": self.at,
            "status": self.status,
            "body": self.body,
            "accepted": self.accepted,
        }


@dataclass(kw_only=True)
class Notice:
    """One notice: the exact bytes, where they go, and what became of them."""

    notify_id: str
    number: str
    """The merchant's number of the order or refund it tells of."""

    url: str
    body: bytes
    by_hand: bool
    """Asked for by the control API; PayBy by itself would not have sent it."""

    attempts: list[Attempt] = field(default_factory=list)


class NotifyUrlMissing(Exception):
    """The order or refund was placed without a notifyUrl, so nobody can be told."""


class NoSuchField(Exception):
    """A path to a field that can't be there; the text is one sentence."""


class Notices:
    """Every notice written, and the tries under way."""

    def __init__(
        self, keys: Keys, clock: Clock, faults: Faults, events: Events
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._faults = faults
        self._events = events
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        self._notices: dict[str, list[Notice]] = defaultdict(list)
        self._deliveries: set[asyncio.Task[None]] = set()
        faults.offer([TARGET], MODES)

    def clear(self) -> None:
        """Forget every notice and stop trying."""
        for delivery in self._deliveries:
            delivery.cancel()
        self._notices.clear()

    async def aclose(self) -> None:
        """Stop trying, and end the connections."""
        self.clear()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._http.aclose()

    def of(self, subject: Order | Refund) -> list[Notice]:
        """Every notice of an order or a refund, oldest first."""
        return self._notices.get(subject.order_no, [])

    def announce(self, news: Order | Refund) -> None:
        """Deliver a notice in the background, if the merchant wants one."""
        if news.request.notify_url is None:
            return
        notice = self._write(news, news.request.notify_url, {}, by_hand=False)
        delivery = asyncio.create_task(self._deliver(notice))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    def again(self, subject: Order | Refund, mutate: Mapping[str, object]) -> Notice:
        """Find PayBy's last notice of it, or write one of how it stands now.

        `mutate` asks for a new one and sets fields by their dotted path, in the subject
        or, when it begins with one of the notice's own fields, in the notice. Raises
        NotifyUrlMissing, NoSuchField.
        """
        if subject.request.notify_url is None:
            raise NotifyUrlMissing
        sent = [notice for notice in self.of(subject) if not notice.by_hand]
        if sent and not mutate:
            return sent[-1]
        return self._write(subject, subject.request.notify_url, mutate, by_hand=True)

    def _write(
        self,
        news: Order | Refund,
        url: str,
        mutate: Mapping[str, object],
        *,
        by_hand: bool,
    ) -> Notice:
        now = self._clock.payby_ms()
        moment = datetime.fromtimestamp(now / 1000, GULF)
        notify_id = new_notify_id(f"{moment:%Y%m%d}")
        kind = "acquireOrder" if isinstance(news, Order) else "refundOrder"
        content = deepcopy(news.to_wire())
        body: dict[str, object] = {
            "notify_id": notify_id,
            "notify_timestamp": now,
            "notify_time": f"{moment:%Y%m%d%H%M%S}",
            "_input_charset": "UTF-8",
            kind: content,
        }
        for path, value in mutate.items():
            _set(body if path.split(".")[0] in body else content, path, value)
        notice = Notice(
            notify_id=notify_id,
            number=news.merchant_order_no,
            url=url,
            body=dumps(body),
            by_hand=by_hand,
        )
        self._notices[news.order_no].append(notice)
        return notice

    async def _deliver(self, notice: Notice) -> None:
        for minutes in WAITS_MINUTES:
            await self._clock.sleep(minutes * 60)
            fault = self._faults.take(TARGET, notice.number)
            if await self._round(notice, fault):
                return

    async def _round(self, notice: Notice, fault: Fault | None) -> bool:
        if fault is None:
            return (await self.send(notice)).accepted
        if fault.mode == "no_notify":
            self._record(notice, None, "lost on command")
            return False
        if fault.mode == "delay":
            delay = _DELAY_MS if fault.delay_ms is None else fault.delay_ms
            await asyncio.sleep(delay / 1000)
            return (await self.send(notice)).accepted
        attempts = await asyncio.gather(self.send(notice), self.send(notice))
        return any(attempt.accepted for attempt in attempts)

    async def send(self, notice: Notice, signature: Signature = "good") -> Attempt:
        """Try once, and remember how it went."""
        try:
            response = await self._http.post(
                notice.url,
                content=notice.body,
                headers={"Content-Type": "application/json"}
                | self._signature(notice.body, signature),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return self._record(notice, None, f"no answer: {type(error).__name__}")
        return self._record(notice, response.status_code, response.text)

    def _signature(self, body: bytes, signature: Signature) -> dict[str, str]:
        match signature:
            case "good":
                return {"sign": self._keys.sign(body)}
            case "bad":
                return {"sign": self._keys.sign(b"something else")}
            case "missing":
                return {}

    def _record(self, notice: Notice, status: int | None, body: str) -> Attempt:
        attempt = Attempt(
            notify_id=notice.notify_id,
            at=self._clock.now_ms(),
            status=status,
            body=body[:_KEPT_BODY],
            accepted=status == HTTPStatus.OK and _says_success(body),
        )
        notice.attempts.append(attempt)
        self._events.publish("orders", merchantOrderNo=notice.number)
        return attempt


def _says_success(body: str) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("response") == "SUCCESS"


def _set(content: dict[str, object], path: str, value: object) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        inner = content.get(parent)
        if not isinstance(inner, dict):
            raise NoSuchField(f"The notice has no object {parent!r} in {path!r}.")
        content = inner
    content[name] = value
