"""The webhook: brings waiting updates to the bot, again until it takes them."""

import asyncio
import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from sandbox.clock import Clock
from sandbox.telegram.errors import bad_request
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.updates import Update, Updates

_PORTS = frozenset({80, 88, 443, 8443})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ANSWER_SECONDS = 60.0
_LONGEST_PAUSE = 64.0
_LONGEST_RETRY_AFTER = 3600
_SUCCESS = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the bot wants its updates; ApiError 400 if Telegram would refuse it."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40

    def __post_init__(self) -> None:
        """Refuse a bad address."""
        _check(self)


class Webhook:
    """Posts each queue's updates in order, many queues at once.

    After a failure the next try comes at once, then after 2, 4, 8 … 64 s, and every
    64 s from then on (Telegram's random 60 to 120 s), divided by the clock's speed; a
    `Retry-After` header replaces the pause. A method in the answer's body is ignored.
    """

    def __init__(self, clock: Clock, updates: Updates, http: httpx.AsyncClient) -> None:
        self._clock = clock
        self._updates = updates
        self._http = http
        self._address: Address | None = None
        self._slots = asyncio.Semaphore(1)
        self._couriers: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._last_error: JsonObject = {}

    @property
    def active(self) -> bool:
        """Whether updates go to a webhook, so that nobody may poll."""
        return self._address is not None

    async def set(self, address: Address) -> None:
        """Send updates to this address from now on; the same again changes nothing."""
        if address != self._address:
            await self.remove()
            self._address = address
            self._slots = asyncio.Semaphore(address.max_connections)
            for queue in self._updates.queues():
                self.bring(queue)

    async def remove(self) -> None:
        """Stop sending; what waits goes on waiting."""
        self._address = None
        self._last_error = {}
        couriers = list(self._couriers.values())
        self._couriers.clear()
        for courier in couriers:
            courier.cancel()
        await asyncio.gather(*couriers, return_exceptions=True)

    def info(self) -> JsonObject:
        """Return the Bot API's WebhookInfo."""
        found: JsonObject = {
            "url": self._address.url if self._address else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.waiting()),
            **self._last_error,
        }
        if self._address:
            found["max_connections"] = self._address.max_connections
            found["ip_address"] = "127.0.0.1"
        if self._updates.allowed:
            found["allowed_updates"] = sorted(self._updates.allowed)
        return found

    def bring(self, queue: tuple[str, int]) -> None:
        """Begin to bring a queue's updates, unless that is already going on."""
        if self._address and queue not in self._couriers:
            work = self._bring_all(self._address, queue)
            self._couriers[queue] = asyncio.create_task(work)

    async def _bring_all(self, address: Address, queue: tuple[str, int]) -> None:
        pause = 0.0
        while update := self._updates.first(queue):
            async with self._slots:
                retry_after = await self._try(address, update)
            if retry_after is None:
                self._updates.taken(update)
                pause = 0.0
                continue
            await self._clock.sleep(retry_after or pause)
            pause = min(max(pause * 2, 2.0), _LONGEST_PAUSE)
        del self._couriers[queue]

    async def _try(self, address: Address, update: Update) -> float | None:
        """Post one update; None if taken, else the seconds it asks to wait, or 0."""
        headers = {"content-type": "application/json"}
        if address.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = address.secret_token
        body = json.dumps(update.as_json(), ensure_ascii=False).encode()
        try:
            response = await self._http.post(
                address.url, content=body, headers=headers, timeout=_ANSWER_SECONDS
            )
        except httpx.TimeoutException:
            self._failed("Read timeout expired")
            return 0.0
        except (httpx.HTTPError, httpx.InvalidURL):
            self._failed("Connection refused")
            return 0.0
        if response.status_code in _SUCCESS:
            return None
        self._failed(
            f"Wrong response from the webhook: "
            f"{response.status_code} {response.reason_phrase}"
        )
        return _retry_after(response)

    def _failed(self, reason: str) -> None:
        self._last_error = {
            "last_error_date": self._clock.now_ms() // 1000,
            "last_error_message": reason,
        }


def _retry_after(response: httpx.Response) -> float:
    asked = response.headers.get("retry-after", "")
    return float(min(int(asked), _LONGEST_RETRY_AFTER)) if asked.isdecimal() else 0.0


def _check(address: Address) -> None:
    """Refuse a bad address; the one liberty: loopback may be http, on any port."""
    try:
        parts = urlsplit(address.url)
        port = parts.port
    except ValueError as error:
        raise bad_request("bad webhook: invalid URL") from error
    if parts.hostname in _LOOPBACK and parts.scheme in {"http", "https"}:
        pass
    elif parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    elif (port or 443) not in _PORTS:
        raise bad_request(
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
        )
    if address.secret_token is not None and not _SECRET.fullmatch(address.secret_token):
        raise bad_request("secret token contains unallowed characters")
