"""The sandbox's web application: where its parts are put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.api import answer, http_error
from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.control import Control
from sandbox.page_files import PageFiles
from sandbox.payby.gateway import Gateway
from sandbox.payby.state import PayBy
from sandbox.pos import Pos
from sandbox.telegram import TelegramWorld, telegram_routes
from sandbox.twilio import TwilioWorld, twilio_routes
from sandbox.world import World

_TICK_S = 0.25


class Sandbox:
    """Every stand-in of one sandbox; raises KeysUnusable, StoresUnusable."""

    def __init__(self, config: Config) -> None:
        self.world = World(config=config, clock=Clock(config.speed))
        clock, faults, events = self.world.clock, self.world.faults, self.world.events
        self.payby = PayBy(config, clock, faults, events)
        self.gateway = Gateway(self.payby, faults)
        self.pos = Pos(config.stores, self.payby.orders, clock, events)
        self.control = Control(self.world, self.payby, self.pos)
        self.telegram = TelegramWorld(self.world)
        self.twilio = TwilioWorld(self.world)

    def reset(self) -> None:
        """Forget everything; keys stay."""
        self.world.faults.clear()
        self.world.clock.ahead_ms = 0
        self.payby.reset()
        self.pos.reset()
        self.telegram.reset()
        self.twilio.reset()
        self.world.events.publish("everything")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time do its work, and end what is under way at the end."""
        ticking = asyncio.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            await self.payby.notices.aclose()
            await self.control.aclose()
            await self.telegram.aclose()
            await self.twilio.aclose()

    async def _tick(self) -> None:
        while True:
            self.payby.agenda.catch_up()
            await asyncio.sleep(_TICK_S)

    async def _reset(self, _: Request) -> Response:
        self.reset()
        return answer({})

    def routes(self) -> list[BaseRoute]:
        """Every stand-in's routes, and the page."""
        page = PageFiles(directory=self.world.config.page)
        return [
            *self.gateway.routes(),
            *self.control.routes(),
            Route("/sandbox/reset", self._reset, methods=["POST"]),
            *telegram_routes(self.telegram),
            *twilio_routes(self.twilio),
            Route("/", page.index),
            Mount("/page", page),
        ]

    def goodbye(self) -> None:
        """End the answers that never end by themselves, so that the server can stop."""
        self.world.events.close()
        self.telegram.updates.end_polls()


def create_app(sandbox: Sandbox) -> Starlette:
    """Make the web application of a sandbox."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with sandbox.running():
            yield

    return Starlette(
        routes=sandbox.routes(),
        lifespan=lifespan,
        exception_handlers={HTTPException: http_error},
    )
