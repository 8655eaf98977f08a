"""The outside world as a crowd of payers and cashiers uses it, all in one thread."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from tests.chaos.plan import network_of
from tests.networks import WHATSAPP
from tests.phones import Message, read_message
from tests.sandbox_client import Json
from tests.whatsapp_phones import with_choices

Sees = Callable[[Message], bool]

_LOOK_ANYWAY_S = 5.0
_HTTP = httpx.Timeout(90)
_MANY = httpx.Limits(
    max_connections=100,
    max_keepalive_connections=100,
    keepalive_expiry=2,  # seconds; the sandbox hangs up after 5
)


class Street:
    """Phones and POS of a sandbox. Phones are looked at when they ring."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._rings: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def act(self, phone: str, **what: object) -> int:
        """Let a person act; return the newest message's id then, 0: refused."""
        answer = await self._http.post(f"{_chat(phone)}/send", json=what)
        return int(answer.json()["id"]) if answer.is_success else 0

    async def choose(
        self, phone: str, label: str, message: Message, *, times: int = 1
    ) -> int:
        """Let a person tap, or type the number of a numbered choice; 0: cannot."""
        if not message.has_button(label):
            return 0
        number = message.data_of(label)
        if not number.isdecimal():
            tap = {"press": label, "message_id": message.id, "times": times}
            return await self.act(phone, **tap)
        typed = [await self.act(phone, text=number) for _ in range(times)]
        return typed[-1]

    async def wait_for(
        self, phone: str, seen: Sees, after: int, within: float
    ) -> Message | None:
        """Wait until the bot has said such a thing; None when it has not in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while True:
                    self._rings[phone].clear()
                    for message in await self.messages(phone, after):
                        if message.sender == "bot" and seen(message):
                            return message
                    await self._ring(phone)
        return None

    async def messages(self, phone: str, after: int = 0) -> list[Message]:
        """Look at a phone."""
        answer = await self._http.get(
            f"{_chat(phone)}/messages", params={"after": after}
        )
        return [_read(phone, shown) for shown in answer.json()["messages"]]

    async def picture(self, message: Message) -> bytes:
        """Load the picture of a message."""
        answer = await self._http.get(message.photo_url)
        return answer.raise_for_status().content

    async def scan(self, qr: str, store: str, *, looks: bool) -> Json:
        """Be the cashier: what the POS says, with `error` when it refuses."""
        slip = {"qr": qr, "store": store}
        if looks:
            await self._http.post("/sandbox/pos/look", json=slip)
            await asyncio.sleep(0.5)
        paid = slip | {"password": "123456"}
        answer: Json = (await self._http.post("/sandbox/pos/scan", json=paid)).json()
        return answer

    async def fault(self, target: str, mode: str, how: dict[str, int]) -> None:
        """Let the next call of a kind go wrong."""
        fault = {"target": target, "mode": mode, **how}
        (await self._http.post("/sandbox/faults", json=fault)).raise_for_status()

    async def follow(self) -> None:
        """Let phones ring, until cancelled."""
        async with self._http.stream("GET", "/sandbox/events", timeout=None) as events:
            async for line in events.aiter_lines():
                if line.startswith("data: "):
                    event = json.loads(line.removeprefix("data: "))
                    self._rings[event.get("phone", "")].set()

    async def _ring(self, phone: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_ANYWAY_S):
                await self._rings[phone].wait()


def _chat(phone: str) -> str:
    """Name a person's chat in the control API."""
    return f"/sandbox/{network_of(phone)}/{phone}"


def _read(phone: str, shown: Json) -> Message:
    message = read_message(shown)
    return with_choices(message) if network_of(phone) == WHATSAPP else message


@asynccontextmanager
async def street(url: str) -> AsyncIterator[Street]:
    """Open the street of a sandbox until the block ends."""
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, timeout=_HTTP, limits=_MANY
    ) as http:
        here = Street(http)
        following = asyncio.create_task(here.follow())
        try:
            yield here
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
