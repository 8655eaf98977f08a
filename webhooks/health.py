"""Whether the process lives, and whether everything it needs is well."""

import asyncio
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import httpx
from dbos import error as engine_errors
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import TelegramError

from core import engine
from core.database.engine import Database
from core.database.migrate import newest_version
from core.payby.calls import Merchant
from core.payby.ping import ping
from core.ports import Clock

_RECENT_ERROR = timedelta(minutes=10)
_CLOCK_FAULT = timedelta(minutes=1)
_WORLD_ASKED_EVERY_S = 60.0
_PATIENCE_S = 4
_VERSION = text("select version_num from alembic_version")


@dataclass(frozen=True)
class Finding:
    """How one thing is."""

    ok: bool
    says: str


class Health:
    """Looks at what we need. The outside world is asked at most once a minute.

    What is wrong out there is told, but only our own database and engine decide
    whether we are ready: notices should come in also while PayBy is troubled.
    """

    def __init__(
        self,
        database: Database,
        http: httpx.AsyncClient,
        merchant: Merchant,
        bot: Bot,
        clock: Clock,
    ) -> None:
        self._database = database
        self._http = http
        self._merchant = merchant
        self._bot = bot
        self._clock = clock
        self._expected = newest_version()
        self._asked_at = -_WORLD_ASKED_EVERY_S
        self._world: dict[str, Finding] = {}
        self._turn = asyncio.Lock()

    async def database(self) -> Finding:
        """Tell whether the database answers, at the version of the code."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await self._database.read(
                    lambda session: session.scalar(_VERSION)
                )
        except (SQLAlchemyError, TimeoutError) as error:
            return Finding(ok=False, says=f"does not answer: {type(error).__name__}")
        if found != self._expected:
            return Finding(ok=False, says="is out of date: run `topup migrate`")
        return Finding(ok=True, says="answers")

    async def engine(self) -> Finding:
        """Tell whether jobs are being done."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                running = await engine.answers()
        except (SQLAlchemyError, engine_errors.DBOSException, TimeoutError) as error:
            return Finding(ok=False, says=f"does not answer: {type(error).__name__}")
        return Finding(running, "runs" if running else "has not started its queues")

    async def world(self) -> dict[str, Finding]:
        """Tell how PayBy and Telegram are, as of the last minute."""
        async with self._turn:
            if time.monotonic() - self._asked_at >= _WORLD_ASKED_EVERY_S:
                payby, telegram = await asyncio.gather(self._payby(), self._telegram())
                self._world = {**payby, "telegram": telegram}
                self._asked_at = time.monotonic()
        return self._world

    async def _payby(self) -> dict[str, Finding]:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                report = await ping(self._http, self._merchant, self._clock)
        except TimeoutError:
            return {"payby": Finding(ok=False, says="does not answer in time")}
        found = {"payby": Finding(report.ok, report.sentence)}
        if report.clock_ahead is not None:
            seconds = report.clock_ahead.total_seconds()
            says = f"{seconds:+.0f} s against PayBy's"
            found["clock"] = Finding(abs(report.clock_ahead) < _CLOCK_FAULT, says)
        return found

    async def _telegram(self) -> Finding:
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            return Finding(ok=False, says=f"does not answer: {type(error).__name__}")
        if info.last_error_date and _is_recent(info.last_error_date, self._clock.now()):
            return Finding(ok=False, says=f"last error: {info.last_error_message}")
        return Finding(ok=True, says=f"{info.pending_update_count} updates pending")


def health(looks: Health) -> APIRouter:
    """Make the two addresses that a supervisor asks."""
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> Response:
        database, jobs, world = await asyncio.gather(
            looks.database(), looks.engine(), looks.world()
        )
        findings = {"database": database, "engine": jobs, **world}
        body = {name: asdict(finding) for name, finding in findings.items()}
        return JSONResponse(body, 200 if database.ok and jobs.ok else 503)

    return router


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at.astimezone(UTC) < _RECENT_ERROR
