"""Forms on their way to the product's webhooks, signed, and what became of them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

import httpx

from sandbox.clock import Clock
from sandbox.twilio.connection import Connection, connection
from sandbox.twilio.json_types import Form, JsonObject

Kind: TypeAlias = Literal["message", "status"]

_KEPT = 20_000
_AT_ONCE = 50
"""How many forms of a kind are under way; the others wait, outside their time."""

_CLIENT_ERROR = range(400, 500)
_SERVER_ERROR = range(500, 600)
_SUCCESS = range(200, 300)


@dataclass(kw_only=True)
class Post:
    """A form that was posted, and how it went."""

    kind: Kind
    url: str
    form: Form
    at: int
    """When it was first tried, ms since the epoch."""

    status: int | None = None
    """The HTTP status of the last try; None: there was no answer."""

    error: str | None = None
    tries: int = 0

    @property
    def taken(self) -> bool:
        """Whether the product has it."""
        return self.status in _SUCCESS

    def as_json(self) -> JsonObject:
        """Return the post as the control API shows it."""
        return asdict(self)


class Posts:
    """Posts forms, once more when the connection fails; keeps what it posted."""

    def __init__(self, clock: Clock, http: httpx.AsyncClient) -> None:
        self.log: deque[Post] = deque(maxlen=_KEPT)
        self._clock = clock
        self._http = http
        self._turns: dict[Kind, asyncio.Semaphore] = {
            "message": asyncio.Semaphore(_AT_ONCE),
            "status": asyncio.Semaphore(_AT_ONCE),
        }
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def under_way(self) -> int:
        """How much goes on in the background."""
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something go on in the background, until it ends or all is cleared."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def clear(self) -> None:
        """Stop what goes on, and forget what was posted."""
        for task in self._tasks:
            task.cancel()
        self.log.clear()

    async def aclose(self) -> None:
        """Stop what goes on."""
        self.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def post(
        self, kind: Kind, address: str, form: Form, headers: dict[str, str]
    ) -> Post:
        """Post a form; a try that fails in a way the address names is repeated."""
        async with self._turns[kind]:
            return await self._post(kind, address, form, headers)

    async def _post(
        self, kind: Kind, address: str, form: Form, headers: dict[str, str]
    ) -> Post:
        way = connection(address)
        post = Post(kind=kind, url=way.url, form=form, at=self._clock.now_ms())
        self.log.append(post)
        sent = headers | {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
            "User-Agent": "TwilioProxy/1.1",
        }
        try:
            async with asyncio.timeout(way.total_ms / 1000):
                await self._try_all(way, post, sent)
        except TimeoutError:
            post.error = "total time is over"
        return post

    async def _try_all(
        self, way: Connection, post: Post, headers: dict[str, str]
    ) -> None:
        while await self._try(way, post, headers) in way.again:
            if post.tries > way.retries:
                return

    async def _try(self, way: Connection, post: Post, headers: dict[str, str]) -> str:
        """Try once; the kind of failure, empty when there is an answer to take."""
        post.tries += 1
        post.status = post.error = None
        body = urlencode(post.form).encode()
        try:
            answer = await self._http.post(
                way.url, content=body, headers=headers, timeout=way.timeout()
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            post.error = type(error).__name__
            return "ct"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            post.error = type(error).__name__
            return "rt"
        post.status = answer.status_code
        if answer.status_code in _CLIENT_ERROR:
            return "4xx"
        return "5xx" if answer.status_code in _SERVER_ERROR else ""
