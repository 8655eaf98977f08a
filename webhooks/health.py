"""Whether the process lives, and whether everything it needs is well."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

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
from core.database.figures import Payments, SqlFigures
from core.database.leases import SqlLeases
from core.database.migrate import newest_version
from core.payby.calls import Merchant
from core.payby.ping import ping
from core.ports import Clock
from webhooks.disk import Places, room
from webhooks.findings import Finding, Findings, Lately

_RECENT_ERROR = timedelta(minutes=10)
_CLOCK_FAULT = timedelta(minutes=1)
_PATIENCE_S = 4
_VERSION = text("select version_num from alembic_version")
_PROOF = timedelta(minutes=1)

_DAY = timedelta(days=1)
_NOTICES_TAKE = timedelta(minutes=10)
_MOST_UNANNOUNCED, _MOST_SHARE = 2, 0.05


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
        guard: Guard,
        places: Places,
        clock: Clock,
        worker: str,
    ) -> None:
        self._database = database
        self._http = http
        self._merchant = merchant
        self._bot = bot
        self._guard = guard
        self._places = places
        self._clock = clock
        self._worker = worker
        self._leases = SqlLeases(database, clock)
        self._figures = SqlFigures(database)
        self._expected = newest_version()
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

    async def _look_at_ours(self) -> Findings:
        database, jobs, disk = await asyncio.gather(
            self._look_at_database(),
            self._look_at_engine(),
            asyncio.to_thread(room, self._places),
        )
        return {"database": database, "engine": jobs, "disk": disk}

    async def _look_at_database(self) -> Finding:
        """Tell whether the database answers, up to date, and keeps what it is given."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                found = await self._database.read(
                    lambda session: session.scalar(_VERSION)
                )
        except (SQLAlchemyError, TimeoutError) as error:
            return _silent(error, "TOPUP_DATABASE_URL")
        if found != self._expected:
            return _vital("is out of date: run `topup migrate`")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._leases.take(f"readyz:{self._worker}", self._worker, _PROOF)
        except (SQLAlchemyError, TimeoutError):
            return _vital("can be read but keeps nothing: is its disk full, or locked?")
        return Finding(ok=True, says="answers and keeps what it is given")

    async def _look_at_engine(self) -> Finding:
        """Tell whether jobs are being done."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                running = await engine.answers()
        except (SQLAlchemyError, engine_errors.DBOSException, TimeoutError) as error:
            return _silent(error, "TOPUP_ENGINE_DATABASE_URL")
        if not running:
            return _vital("has not started its queues: wait, then see the log")
        return Finding(ok=True, says="runs")

    async def _look_at_world(self) -> Findings:
        payby, telegram, notices = await asyncio.gather(
            self._look_at_payby(), self._look_at_telegram(), self._look_at_notices()
        )
        return {**payby, "telegram": telegram, "notices": notices}

    async def _look_at_payby(self) -> Findings:
        """Ask PayBy, also while the guard lets nobody else do so."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                report = await ping(self._http, self._merchant, self._clock)
        except TimeoutError:
            return {"payby": Finding(ok=False, says="does not answer in time")}
        found = {"payby": Finding(report.ok, report.sentence)}
        if report.clock_ahead is not None:
            found["clock"] = _clock_finding(report.clock_ahead)
        return found

    async def _look_at_telegram(self) -> Finding:
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            return Finding(ok=False, says=f"does not answer: {type(error).__name__}")
        if info.last_error_date and _is_recent(info.last_error_date, self._clock.now()):
            return Finding(ok=False, says=f"last error: {info.last_error_message}")
        return Finding(ok=True, says=f"{info.pending_update_count} updates pending")

    async def _look_at_notices(self) -> Finding:
        """Tell whether PayBy's notices reach us."""
        now = self._clock.now()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                payments = await self._figures.payments(now - _DAY, now - _NOTICES_TAKE)
        except (SQLAlchemyError, TimeoutError) as error:
            return Finding(ok=False, says=f"cannot be counted: {type(error).__name__}")
        return _notices_finding(payments)


def health(looks: Health) -> APIRouter:
    """Make the two addresses that a supervisor asks."""
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready() -> Response:
        findings = await looks.findings()
        body = {name: {"ok": f.ok, "says": f.says} for name, f in findings.items()}
        stopped = any(f.vital and not f.ok for f in findings.values())
        return JSONResponse(body, 503 if stopped else 200)

    return router


def _vital(says: str) -> Finding:
    return Finding(ok=False, says=says, vital=True)


def _silent(error: Exception, setting: str) -> Finding:
    return _vital(
        f"does not answer ({type(error).__name__}): is it running, and {setting} right?"
    )


def _clock_finding(ahead: timedelta) -> Finding:
    says = f"{ahead.total_seconds():+.0f} s against PayBy's"
    if abs(ahead) < _CLOCK_FAULT:
        return Finding(ok=True, says=says)
    return Finding(ok=False, says=f"{says}: set this server's time")


def _notices_finding(payments: Payments) -> Finding:
    """Bear with a few: PayBy promises no delivery, and that is why we ask."""
    says = (
        f"{payments.unannounced} of {payments.count} payments of the last day were "
        "found only by asking PayBy"
    )
    few = payments.unannounced <= _MOST_UNANNOUNCED
    if few or payments.unannounced <= _MOST_SHARE * payments.count:
        return Finding(ok=True, says=says)
    return Finding(ok=False, says=f"{says}: are notices reaching us?")


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at.astimezone(UTC) < _RECENT_ERROR
