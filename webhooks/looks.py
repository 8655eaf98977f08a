"""Looks at one thing each, for whoever asks: the server itself, or `topup doctor`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.figures import Payments, SqlFigures
from core.database.leases import SqlLeases
from core.database.migrate import newest_version
from core.domain.due_days import (
    OVERDUE_AFTER,
    newest_day,
    oldest_day,
    uncompared,
)
from core.domain.gulf import GULF
from core.payby.calls import Merchant
from core.payby.ping import ping
from core.ports import Clock
from webhooks.findings import Finding, Findings
from webhooks.logs import without_tokens

_RECENT_ERROR = timedelta(minutes=10)
_CLOCK_FAULT = timedelta(minutes=1)
_PATIENCE_S = 4
_VERSION = text("select version_num from alembic_version")
_PROOF = timedelta(minutes=1)
_MOST_UNANNOUNCED, _MOST_SHARE = 2, 0.05


async def look_at_database(database: Database, clock: Clock, who: str) -> Finding:
    """Tell whether the database answers, up to date, and keeps what it is given.

    `who` looks, and leaves a lease of that name there as a proof.
    """
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await database.read(lambda session: session.scalar(_VERSION))
    except (SQLAlchemyError, TimeoutError) as error:
        return silent(error, "TOPUP_DATABASE_URL")
    if found != _expected_version():
        return vital("is out of date", "run `topup migrate`")
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await SqlLeases(database, clock).take(who, who, _PROOF)
    except (SQLAlchemyError, TimeoutError):
        return vital("can be read but keeps nothing", "is its disk full, or locked?")
    return Finding(ok=True, says="answers and keeps what it is given")


@cache
def _expected_version() -> str:
    return newest_version()


async def look_at_payby(
    http: httpx.AsyncClient, merchant: Merchant, clock: Clock
) -> Findings:
    """Tell whether PayBy and we understand each other, and agree about the time."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            report = await ping(http, merchant, clock)
    except TimeoutError:
        return {"payby": Finding(ok=False, says="does not answer in time")}
    found = {"payby": Finding(report.ok, report.sentence)}
    if report.clock_ahead is not None:
        found["clock"] = _clock_finding(report.clock_ahead)
    return found


async def look_at_telegram(bot: Bot, clock: Clock) -> Finding:
    """Tell whether Telegram brings us its updates."""
    try:
        info = await bot.get_webhook_info()
    except TelegramError as error:
        return Finding(ok=False, says=f"does not answer: {type(error).__name__}")
    return telegram_finding(info, clock.now())


async def look_at_support_chat(bot: Bot, chat: str) -> Finding:
    """Tell whether cases and alarms can be told in the chat that support has chosen."""
    try:
        found = await bot.get_chat(int(chat))
    except ChatMigrated as error:
        remedy = f"set TOPUP_SUPPORT_CHAT={error.new_chat_id}"
        return Finding(ok=False, says="has become another group", remedy=remedy)
    except (BadRequest, Forbidden) as error:
        says = f"cannot be written to ({error.message})"
        remedy = "is TOPUP_SUPPORT_CHAT right, and the bot in that group?"
        return Finding(ok=False, says=says, remedy=remedy)
    except TelegramError as error:
        says = f"cannot be looked at: {type(error).__name__}"
        return Finding(ok=False, says=says)
    return Finding(ok=True, says=f"is a {found.type} chat that the bot can write to")


def telegram_finding(info: WebhookInfo, now: datetime) -> Finding:
    """Judge what Telegram says of its posts to us."""
    at = info.last_error_date
    if at and now - at.astimezone(UTC) < _RECENT_ERROR:
        says = without_tokens(str(info.last_error_message))
        return Finding(ok=False, says=f"last error: {says}")
    return Finding(ok=True, says=f"{info.pending_update_count} updates pending")


def notices_finding(payments: Payments) -> Finding:
    """Judge how many payments no notice told of.

    Bear with a few: PayBy promises no delivery, and that is why we ask.
    """
    says = (
        f"{payments.unannounced} of {payments.count} payments of the last day were "
        "found only by asking PayBy"
    )
    few = payments.unannounced <= _MOST_UNANNOUNCED
    if few or payments.unannounced <= _MOST_SHARE * payments.count:
        return Finding(ok=True, says=says)
    return Finding(ok=False, says=says, remedy="are notices reaching us?")


async def look_at_books(database: Database, clock: Clock) -> Finding:
    """Tell whether the books were compared with PayBy's statement, until yesterday.

    A product that has just begun has nothing to compare before its first payment.
    """
    now = clock.now()
    newest = newest_day(now, OVERDUE_AFTER)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            compared = await SqlDifferences(database, clock).compared_since(
                oldest_day(now, OVERDUE_AFTER)
            )
            is_needed = bool(compared) or await _was_paid(database, newest)
    except (SQLAlchemyError, TimeoutError) as error:
        return Finding(ok=False, says=f"cannot be looked at: {type(error).__name__}")
    late = uncompared(compared, now, OVERDUE_AFTER)
    if late and is_needed:
        return _books_are_late(late)
    last = max(compared, default=None)
    says = f"compared until {last}" if last else "there is nothing to compare yet"
    return Finding(ok=True, says=says)


async def _was_paid(database: Database, day: date) -> bool:
    """Tell whether any order was paid on that day, Gulf time."""
    start = datetime.combine(day, time(), GULF)
    payments = await SqlFigures(database).payments(start, start + timedelta(days=1))
    return payments.count > 0


def _books_are_late(days: Sequence[date]) -> Finding:
    first, *more = days
    others = f" and {len(more)} later days are" if more else " is"
    return Finding(
        ok=False,
        says=f"{first}{others} not compared with PayBy's statement",
        remedy=f"see why: `topup reconcile --date {first}`",
    )


def vital(says: str, remedy: str = "") -> Finding:
    """Find that nothing can be done."""
    return Finding(ok=False, says=says, vital=True, remedy=remedy)


def silent(error: Exception, setting: str) -> Finding:
    """Find that a database does not answer."""
    return vital(
        f"does not answer ({type(error).__name__})",
        f"is it running, and {setting} right?",
    )


def _clock_finding(ahead: timedelta) -> Finding:
    says = f"{ahead.total_seconds():+.0f} s against PayBy's"
    if abs(ahead) < _CLOCK_FAULT:
        return Finding(ok=True, says=says)
    return Finding(ok=False, says=says, remedy="set this server's time")
