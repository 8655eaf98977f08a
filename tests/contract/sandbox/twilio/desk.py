"""A Twilio stand-in on a port of its own, and a product's web server to meet it."""

import asyncio
import io
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from sandbox.api import http_error
from sandbox.config import Config
from sandbox.faults import Fault
from sandbox.twilio import TwilioWorld, twilio_routes
from sandbox.world import World
from tests.contract.sandbox.telegram.desk import MovableClock, serving

PHONE = "+971500000101"
TO = f"whatsapp:{PHONE}"
FROM = f"whatsapp:{Config.whatsapp_sender}"
LIBRARY_IS_BEHIND = "ignore:.* is deprecated and will be removed in:DeprecationWarning"
"""Twilio's library logs in to aiohttp in the old way."""

ACCOUNT, TOKEN = Config.twilio_account_sid, Config.twilio_auth_token


@dataclass
class Product:
    """The product's web server: notes each form, with what the validator says of it."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    statuses: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    authentic: list[bool] = field(default_factory=list)
    key: str = TOKEN
    answers: deque[Response] = field(default_factory=deque)
    media: dict[str, Response] = field(default_factory=dict)
    heads: dict[str, Response] = field(default_factory=dict)
    """What HEAD answers where that is not what GET does."""
    fetched: list[str] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def messages_url(self) -> str:
        return f"{self.url}/twilio/messages"

    @property
    def status_url(self) -> str:
        return f"{self.url}/twilio/status?push=p1"

    async def receive(self, request: Request) -> Response:
        raw = (await request.body()).decode()
        form = dict(parse_qsl(raw, keep_blank_values=True))
        self.authentic.append(
            RequestValidator(self.key).validate(
                str(request.url),
                form,
                request.headers.get("x-twilio-signature", ""),
                get_signature_algorithm(
                    request.headers.get("x-twilio-webhooks-signature-settings")
                ),
            )
        )
        kept = self.statuses if request.url.path.endswith("status") else self.forms
        kept.append(form)
        self.headers.append(dict(request.headers))
        async with self.news:
            self.news.notify_all()
        return self.answers.popleft() if self.answers else Response(status_code=204)

    async def medium(self, request: Request) -> Response:
        self.fetched.append(request.method)
        name = request.path_params["name"]
        if request.method == "HEAD" and name in self.heads:
            return self.heads[name]
        return self.media[name]

    async def got(self, count: int) -> list[dict[str, str]]:
        """Wait until so many messages came."""
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: len(self.forms) >= count)
        return self.forms

    async def told(self, *statuses: str) -> list[dict[str, str]]:
        """Wait until these statuses were told; in this order."""
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: len(self.statuses) >= len(statuses))
        assert [form["MessageStatus"] for form in self.statuses] == list(statuses)
        return self.statuses


@asynccontextmanager
async def product_server() -> AsyncIterator[Product]:
    product = Product()
    routes = [
        Route("/twilio/messages", product.receive, methods=["POST"]),
        Route("/twilio/status", product.receive, methods=["POST"]),
        Route("/media/{name}", product.medium),
    ]
    async with serving(Starlette(routes=routes)) as url:
        product.url = url
        yield product


@dataclass
class Desk:
    """The stand-in as seen from outside: by HTTP, except for clock and faults."""

    url: str
    world: TwilioWorld
    clock: MovableClock
    client: Client
    """Its calls are `…_async`."""

    blocking: Client
    http: httpx.AsyncClient
    product: Product

    async def ask(self, path: str, status: int = 200, **query: Any) -> Any:
        response = await self.http.get(f"/sandbox/{path}", params=query)
        assert response.status_code == status, response.text
        return response.json()

    async def post(self, path: str, body: Any, status: int = 200) -> Any:
        content = json.dumps(body).encode()
        response = await self.http.post(f"/sandbox/{path}", content=content)
        assert response.status_code == status, response.text
        return response.json()

    async def act(self, status: int = 200, phone: str = PHONE, **what: Any) -> Any:
        return await self.post(f"whatsapp/{phone}/send", what, status)

    async def screen(self, phone: str = PHONE, **asked: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            await self.ask(f"whatsapp/{phone}/messages", **asked)
        )["messages"]
        return found

    async def create(self, **more: Any) -> Any:
        """Send a message from our sender to the one phone, and tell of its status."""
        usual = {"from_": FROM, "to": TO, "status_callback": self.product.status_url}
        return await self.client.messages.create_async(**(usual | more))

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        async with asyncio.timeout(30):
            while (await self.ask("whatsapp"))["webhook"]["under_way"]:
                pass

    def fail_next(self, target: str, mode: str, **more: Any) -> None:
        self.world.faults.add(Fault(target=f"twilio.{target}", mode=mode, **more))


@asynccontextmanager
async def twilio_desk(data: Path, product: Product) -> AsyncIterator[Desk]:
    clock = MovableClock()
    world = TwilioWorld(World(config=Config(data=data), clock=clock))
    app = Starlette(
        routes=twilio_routes(world), exception_handlers={HTTPException: http_error}
    )
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http,
        AsyncTwilioHttpClient() as pool,
    ):
        client = pointed(Client(ACCOUNT, TOKEN, http_client=pool), url)
        blocking = pointed(Client(ACCOUNT, TOKEN), url)
        desk = Desk(url, world, clock, client, blocking, http, product)
        await desk.post("whatsapp", {"webhook_url": product.messages_url})
        try:
            yield desk
        finally:
            await world.aclose()


def pointed(client: Client, url: str) -> Client:
    """Point Twilio's library at a stand-in."""
    client.api.base_url = client.content.base_url = f"{url}/twilio"
    return client


def picture(kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 40), "navy").save(content, kind)
    return content.getvalue()
