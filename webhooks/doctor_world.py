"""The self-check of the world around: our address, PayBy and Telegram."""

import asyncio
import socket
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from telegram import Bot, WebhookInfo
from telegram.error import Forbidden, InvalidToken, TelegramError

from bot.telegram_updates import ALLOWED_UPDATES
from core.payby.border import open_http
from core.payby.signing import KeyFileError
from webhooks.clock import SystemClock
from webhooks.doctor_lines import Level, Line, error, line_of, ok, warning
from webhooks.logs import without_tokens
from webhooks.looks import look_at_payby, look_at_support_chat, telegram_finding
from webhooks.merchant import merchant_of
from webhooks.settings import Environment, Settings, TelegramMode
from webhooks.telegram_bot import open_bot

_PATIENCE_S = 5
_LONGEST_NOTIFY_URL = 200  # PayBy: notifyUrl
_MANY_UPDATES = 100


async def look_at_address(settings: Settings) -> list[Line]:
    """Tell whether PayBy, Telegram and payers can reach us from outside.

    From here one sees the form of the address and who answers there, which a firewall
    may still hide from others.
    """
    return [await _notify_line(settings), await _answer_line(settings)]


async def _notify_line(settings: Settings) -> Line:
    name, url = "our address", settings.notify_url
    if len(url) > _LONGEST_NOTIFY_URL:
        remedy = "choose a shorter TOPUP_PUBLIC_URL: PayBy takes 200 characters"
        return error(name, f"{url} is too long", remedy)
    if settings.environment is Environment.DEMO:
        return ok(name, f"{url}, for a rehearsal")
    parts = urlsplit(url)
    if parts.scheme != "https":
        remedy = "put a proxy with a certificate before it, and set TOPUP_PUBLIC_URL"
        return warning(name, f"{url} is not https", remedy)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(
                parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
            )
    except (OSError, TimeoutError):
        remedy = "set TOPUP_PUBLIC_URL to a name that the whole world can look up"
        return error(name, f"no such name: {parts.hostname}", remedy)
    if not all(ip_address(str(where[0])).is_global for *_, where in found):
        remedy = "nobody outside can reach it: set TOPUP_PUBLIC_URL to a public name"
        return warning(name, f"{parts.hostname} is an address of this network", remedy)
    return ok(name, url)


async def _answer_line(settings: Settings) -> Line:
    name, url = "our server", f"{settings.public_url}/healthz"
    remedy = "is `topup serve` running, and does the proxy lead to it?"
    try:
        async with httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=False) as http:
            answer = await http.get(url)
    except httpx.HTTPError as trouble:
        says = f"does not answer at {url}: {type(trouble).__name__}"
        return warning(name, says, remedy)
    if answer.text.replace(" ", "") != '{"status":"alive"}':
        return warning(name, f"somebody else answers at {url}", remedy)
    return ok(name, f"answers at {settings.public_url}")


async def look_at_gateway(settings: Settings) -> list[Line]:
    """Prove Partner-Id, keys and signatures with one question; compare clocks."""
    try:
        merchant = merchant_of(settings)
    except KeyFileError:
        return [error("PayBy", "cannot be asked without keys", "mend the keys first")]
    async with open_http() as http:
        found = await look_at_payby(http, merchant, SystemClock())
    lines = [line_of("PayBy", found.pop("payby"))]
    return [*lines, *(line_of(name, finding) for name, finding in found.items())]


async def look_at_telegram(settings: Settings) -> list[Line]:
    """Tell whether Telegram knows the bot, and brings its updates to us."""
    try:
        async with open_bot(settings) as bot:
            return await _ask_telegram(settings, bot)
    except (InvalidToken, Forbidden):
        remedy = "copy TOPUP_TELEGRAM_TOKEN from @BotFather again"
        return [error("Telegram", "does not know our token", remedy)]
    except TelegramError as trouble:
        says = f"does not answer: {without_tokens(trouble.message)}"
        return [error("Telegram", says, "check TOPUP_TELEGRAM_URL and the network")]


async def _ask_telegram(settings: Settings, bot: Bot) -> list[Line]:
    me = await bot.get_me()
    info = await bot.get_webhook_info()
    known = ok("Telegram", f"knows us as @{me.username}")
    lines = [known, _updates_line(settings, info)]
    if settings.support_chat:
        finding = await look_at_support_chat(bot, settings.support_chat)
        lines.append(line_of("support's chat", finding))
    return lines


def _updates_line(settings: Settings, info: WebhookInfo) -> Line:
    if settings.telegram_mode is TelegramMode.POLLING:
        return _polling_line(info)
    return _webhook_line(settings, info)


def _polling_line(info: WebhookInfo) -> Line:
    if info.url:
        remedy = "run `topup telegram delete-webhook`, or set TOPUP_TELEGRAM_MODE"
        return error("updates", "are posted, but we want to fetch them", remedy)
    return ok("updates", f"are fetched; {info.pending_update_count} pending")


def _webhook_line(settings: Settings, info: WebhookInfo) -> Line:
    name, remedy = "updates", "run `topup telegram set-webhook`"
    if info.url != settings.telegram_webhook_url:
        where = "somewhere else" if info.url else "nowhere"
        return error(name, f"are posted {where}", remedy)
    if info.allowed_updates and set(info.allowed_updates) != set(ALLOWED_UPDATES):
        return warning(name, "are not all posted that we read", remedy)
    finding = telegram_finding(info, datetime.now(UTC))
    if not finding.ok:
        remedy = "does the proxy lead Telegram's posts to `topup serve`?"
        return warning(name, finding.says, remedy)
    if info.pending_update_count > _MANY_UPDATES:
        remedy = "is `topup serve` running, and quick enough?"
        return Line(name, Level.WARNING, finding.says, remedy)
    return ok(name, f"are posted to us; {finding.says}")
