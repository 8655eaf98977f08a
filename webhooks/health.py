"""Whether the process lives, and whether everything it needs is well."""

import asyncio
from datetime import timedelta
from typing import Protocol

import httpx
from dbos import error as engine_errors
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot

from core import engine
from core.database.engine import Database
from core.database.figures import SqlFigures
from core.payby.calls import Merchant
from core.ports import Clock
from webhooks.disk import Places, room
from webhooks.findings import Finding, Findings, Lately
from webhooks.looks import (
    look_at_books,
    look_at_database,
    look_at_payby,
    look_at_support_chat,
    look_at_telegram,
    notices_finding,
    silent,
    vital,
)
from webhooks.loops import Loops

_PATIENCE_S = 4
_DAY = timedelta(days=1)
_NOTICES_TAKE = timedelta(minutes=10)


class Guard(Protocol):
    """What keeps us from asking PayBy while that is of no use."""

    @property
    def why(self) -> str:
        """Say since when calls are held back and why; empty while they are not."""
        ...


class Health:
    """Looks at what we need. The world, while all is well, is asked once a minute.

    What is wrong out there is told, but only what we cannot work without decides
    whether we are ready: notices should come in also while PayBy is troubled.
    """

    def __init__(  # noqa: PLR0913  (one argument per thing it looks at)
        self,
        *,
        database: Database,
        http: httpx.AsyncClient,
        merchant: Merchant,
        bot: Bot,
        support_chat: str,
        guard: Guard,
        places: Places,
        clock: Clock,
        worker: str,
    ) -> None:
        """`support_chat` is the number of a chat, or empty for none."""
        self._database = database
        self._http = http
        self._merchant = merchant
        self._bot = bot
        self._support_chat = support_chat
        self._guard = guard
        self._places = places
        self._clock = clock
        self._worker = worker
        self._loops = Loops(database, clock, worker)
        self._figures = SqlFigures(database)
        self._ours = Lately(self._look_at_ours, again_after_s=2, sooner_s=1)
        self._world = Lately(self._look_at_world, again_after_s=60, sooner_s=10)

    async def findings(self) -> Findings:
        """Tell how everything is."""
        ours, world = await asyncio.gather(
            self._ours.findings(), self._world.findings()
        )
        held_back = self._guard.why
        guard = Finding(not held_back, held_back or "PayBy is asked as usual")
        return {**ours, **world, "gateway_guard": guard}

    async def troubles(self) -> list[str]:
        """Tell what keeps us from doing our work; nothing that the world must mend."""
        ours = await self._ours.findings()
        return [
            f"{name} {finding.sentence}"
            for name, finding in ours.items()
            if not finding.ok and (finding.vital or name == "loops")
        ]

    async def _look_at_ours(self) -> Findings:
        database, jobs, loops, disk = await asyncio.gather(
            look_at_database(self._database, self._clock, f"readyz:{self._worker}"),
            self._look_at_engine(),
            self._loops.look(),
            asyncio.to_thread(room, self._places),
        )
        return {"database": database, "engine": jobs, "loops": loops, "disk": disk}

    async def _look_at_engine(self) -> Finding:
        """Tell whether jobs are being done."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                running = await engine.answers()
        except (SQLAlchemyError, engine_errors.DBOSException, TimeoutError) as error:
            return silent(error, "TOPUP_ENGINE_DATABASE_URL")
        if not running:
            return vital("has not started its queues", "wait, then see the log")
        return Finding(ok=True, says="runs")

    async def _look_at_world(self) -> Findings:
        payby, telegram, support, notices, books = await asyncio.gather(
            look_at_payby(self._http, self._merchant, self._clock),
            look_at_telegram(self._bot, self._clock),
            self._look_at_support_chat(),
            self._look_at_notices(),
            look_at_books(self._database, self._clock),
        )
        found = {"telegram": telegram, **support, "notices": notices, "books": books}
        return {**payby, **found}

    async def _look_at_support_chat(self) -> Findings:
        if not self._support_chat:
            return {}
        finding = await look_at_support_chat(self._bot, self._support_chat)
        return {"support_chat": finding}

    async def _look_at_notices(self) -> Finding:
        """Tell whether PayBy's notices reach us."""
        now = self._clock.now()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                payments = await self._figures.payments(now - _DAY, now - _NOTICES_TAKE)
        except (SQLAlchemyError, TimeoutError) as error:
            return Finding(ok=False, says=f"cannot be counted: {type(error).__name__}")
        return notices_finding(payments)


def health(looks: Health) -> APIRouter:
    """Make the two addresses that a supervisor asks."""
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> Response:
        findings = await looks.findings()
        body = {name: {"ok": f.ok, "says": f.sentence} for name, f in findings.items()}
        stopped = any(f.vital and not f.ok for f in findings.values())
        return JSONResponse(body, 503 if stopped else 200)

    return router
