"""A Telegram stand-in on a port of its own, and a bot's web server to meet it."""

import asyncio
import io
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.api import http_error
from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.events import Events
from sandbox.faults import Fault
from sandbox.hangup import HangUpProtocol
from sandbox.telegram import TelegramWorld, telegram_routes
from sandbox.world import World

PHONE = "777000111"
CHAT = int(PHONE)


class MovableClock(Clock):
    """The sandbox's clock; a test can let hours pass, and waits take no time."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_ms = 0
        self.slept: list[float] = []

    def now_ms(self) -> int:
        return super().now_ms() + self.passed_ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed_ms += int(seconds * 1000)
        await asyncio.sleep(0.002)


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serve on loopback, and stop without uvicorn's 0.1 s of grace; yields the URL."""
    # asyncio sends small answers at once only if the socket names its protocol.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=HangUpProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for door in server.servers:
            door.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)


@dataclass
class Desk:
    """The stand-in as seen from outside: by HTTP, except for clock and faults."""

    url: str
    world: TelegramWorld
    clock: MovableClock
    events: Events
    bot: Bot
    http: httpx.AsyncClient

    async def send(self, phone: str = PHONE, status: int = 200, **what: Any) -> Any:
        path = f"/sandbox/telegram/{phone}/send"
        response = await self.http.post(path, content=json.dumps(what).encode())
        assert response.status_code == status, response.text
        return response.json()

    async def group(self, number: int, status: int = 200, **how: Any) -> Any:
        """Make a group, or change one."""
        path = f"/sandbox/telegram/groups/{number}"
        response = await self.http.post(path, json=how)
        assert response.status_code == status, response.text
        return response.json()

    async def screen(self, phone: str = PHONE, **asked: int) -> list[dict[str, Any]]:
        path = f"/sandbox/telegram/{phone}/messages"
        response = await self.http.get(path, params=asked)
        found: list[dict[str, Any]] = response.json()["messages"]
        return found

    async def last(self, phone: str = PHONE) -> dict[str, Any]:
        return (await self.screen(phone))[-1]

    async def state(self, phone: str = PHONE) -> dict[str, Any]:
        response = await self.http.get(f"/sandbox/telegram/{phone}/state")
        found: dict[str, Any] = response.json()
        return found

    async def post(self, method: str, **body: Any) -> dict[str, Any]:
        """Call a Bot API method with a JSON body, without the library's help."""
        path = f"/bot{self.world.token}/{method}"
        answer: dict[str, Any] = (await self.http.post(path, json=body)).json()
        return answer

    async def refusal(self, method: str, **body: Any) -> str:
        answer = await self.post(method, **body)
        assert answer["ok"] is False
        return str(answer["description"]).removeprefix("Bad Request: ")

    def fail_next(self, method: str, mode: str, **more: Any) -> None:
        fault = Fault(target=f"telegram.{method}", mode=mode, **more)
        self.world.faults.add(fault)


@asynccontextmanager
async def telegram_desk(data: Path) -> AsyncIterator[Desk]:
    clock = MovableClock()
    world = World(config=Config(data=data), clock=clock)
    telegram = TelegramWorld(world)
    app = Starlette(
        routes=telegram_routes(telegram),
        exception_handlers={HTTPException: http_error},
    )
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, verify=False) as http,  # noqa: S501 plain http
    ):
        request, polling = _plain_http(), _plain_http()
        bot = Bot(
            telegram.token,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            request=request,
            get_updates_request=polling,
        )
        try:
            yield Desk(url, telegram, clock, world.events, bot, http)
        finally:
            await request.shutdown()
            await polling.shutdown()
            await telegram.aclose()


def _plain_http() -> HTTPXRequest:
    return HTTPXRequest(httpx_kwargs={"trust_env": False, "verify": False})


Answering = Callable[[dict[str, Any]], Awaitable[Response]]


@dataclass
class Product:
    """A bot's web server: notes each update; answers as told, else 200."""

    url: str = ""
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: deque[Response] = field(default_factory=deque)
    answering: Answering | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def receive(self, request: Request) -> Response:
        update = json.loads(await request.body())
        self.updates.append(update)
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        async with self.news:
            self.news.notify_all()
        if self.answering:
            return await self.answering(update)
        return self.answers.popleft() if self.answers else Response()

    async def got(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many updates came."""
        async with asyncio.timeout(5), self.news:
            await self.news.wait_for(lambda: len(self.updates) >= count)
        return self.updates


@asynccontextmanager
async def product_server() -> AsyncIterator[Product]:
    product = Product()
    app = Starlette(routes=[Route("/updates", product.receive, methods=["POST"])])
    async with serving(app) as url:
        product.url = f"{url}/updates"
        yield product


def png(width: int = 40, height: int = 40) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(content, "PNG")
    return content.getvalue()
