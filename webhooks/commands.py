"""What each `topup` command does."""

import asyncio
import csv
import socket
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import typer
import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.guidance import commands as chat_commands
from bot.telegram_updates import ALLOWED_UPDATES
from bot.words import LANGUAGES, words_in
from core.database.accounts import SqlAccounts
from core.database.cases import SqlCases
from core.database.engine import Database
from core.database.migrate import migrate, newest_version, version_of
from core.database.orders import SqlOrders
from core.database.stores import SqlStores
from core.domain.accounts import Account
from core.domain.cases import Case
from core.domain.errors import GatewayError, OrderNotFound
from core.domain.gulf import GULF
from core.domain.orders import Order
from core.payby.border import open_http
from core.payby.client import PayByClient
from core.payby.ping import ping
from core.payby.signing import KeyFileError
from core.ports import Happening
from core.sheet import ShapingError
from core.stores import StoreFileError, parse_csv, parse_geojson
from webhooks.app import create_app, merchant_of, open_bot
from webhooks.clock import SystemClock
from webhooks.logs import configure_logs, without_tokens
from webhooks.settings import Settings

Made = TypeVar("Made")

_MOST_CASES = 20
_LONGER_THAN_CALLERS_S = 75
"""How long a connection may idle. Whoever calls, a proxy with its usual minute too,
gives it up before; a call on one that we are just closing would get no answer."""


class CommandFailed(Exception):
    """It cannot be done; the text says why and what to do."""


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    configure_logs(as_json=settings.log_json)
    _demand_free_port(settings)
    _demand_migrated(settings)
    app = told(lambda: create_app(settings))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_LONGER_THAN_CALLERS_S,
            timeout_graceful_shutdown=5,
        )
    )
    app.state.is_leaving = lambda: server.should_exit
    server.run()
    if not server.started:
        raise CommandFailed("The server did not start; the lines above say why.")


def migrate_database(settings: Settings) -> None:
    """Bring the database to the version of the code."""
    path = settings.database_url.removeprefix("sqlite:///")
    try:
        if path != settings.database_url:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        raise CommandFailed(f"The database cannot be migrated: {error}") from error
    typer.echo("The database is up to date.")


def import_stores(settings: Settings, file: Path) -> None:
    """Let the stores of the file be the stores: all of them, or nothing changes."""
    text = _read(file)
    parse = parse_geojson if file.suffix in {".json", ".geojson"} else parse_csv
    try:
        stores = parse(text)
    except StoreFileError as error:
        raise CommandFailed(f"{file}: nothing was imported.\n{error}") from error

    async def replace(database: Database) -> None:
        await SqlStores(database).replace_all(stores)

    in_database(settings, replace)
    typer.echo(f"{len(stores)} stores imported.")


def import_accounts(settings: Settings, file: Path) -> None:
    """Add or update the accounts of the file: all of them, or nothing changes."""
    accounts = [
        _account(file, number, row)
        for number, row in enumerate(csv.DictReader(_read(file).splitlines()), start=2)
    ]

    async def keep(database: Database) -> None:
        await SqlAccounts(database, SystemClock()).keep(accounts)

    in_database(settings, keep)
    typer.echo(f"{len(accounts)} accounts imported.")


def set_webhook(settings: Settings) -> None:
    """Let Telegram post updates to us, and show our commands in its menu."""

    async def ask(bot: Bot) -> None:
        await bot.set_webhook(
            settings.telegram_webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
        )
        scope = BotCommandScopeAllPrivateChats()
        for language in LANGUAGES:
            menu = chat_commands(words_in(language))
            code = None if language == "en" else language
            await bot.set_my_commands(menu, scope, language_code=code)

    _ask_telegram(settings, ask)
    typer.echo(f"Telegram posts updates to {settings.telegram_webhook_url}.")


def delete_webhook(settings: Settings) -> None:
    """Let Telegram keep updates until they are fetched by polling."""

    async def ask(bot: Bot) -> None:
        await bot.delete_webhook()

    _ask_telegram(settings, ask)
    typer.echo("Telegram keeps updates until they are fetched.")


def ping_payby(settings: Settings) -> None:
    """Prove keys, Partner-Id, clock and answer signature with one question."""
    merchant = told(lambda: merchant_of(settings))

    async def ask() -> str:
        async with open_http() as http:
            report = await ping(http, merchant, SystemClock())
        if not report.ok:
            raise CommandFailed(report.sentence)
        return f"{report.sentence} ({report.duration_ms} ms)"

    typer.echo(asyncio.run(ask()))


def show_order(settings: Settings, merchant_order_no: str) -> None:
    """Show an order of ours and its timeline."""

    async def look(database: Database) -> list[str]:
        orders = SqlOrders(database, SystemClock())
        order = await orders.get(merchant_order_no)
        happened = await orders.timeline(merchant_order_no)
        return [*_described(order), "", *map(_line, happened)]

    try:
        typer.echo("\n".join(in_database(settings, look)))
    except OrderNotFound as error:
        raise CommandFailed(f"There is no order {merchant_order_no}.") from error


def show_cases(settings: Settings) -> None:
    """Show the newest cases for support, newest first."""

    async def look(database: Database) -> list[str]:
        cases = await SqlCases(database, SystemClock()).newest(_MOST_CASES)
        return [_case_line(case) for case in cases]

    typer.echo("\n".join(in_database(settings, look)) or "There is no case.")


def show_order_at_payby(settings: Settings, merchant_order_no: str) -> None:
    """Show an order as PayBy sees it now (Retrieve Order Detail)."""
    merchant = told(lambda: merchant_of(settings))

    async def ask() -> dict[str, Any]:
        async with open_http() as http:
            client = PayByClient(http, merchant, SystemClock())
            return asdict(await client.get_order(merchant_order_no))

    try:
        facts = asyncio.run(ask())
    except GatewayError as error:
        raise CommandFailed(str(error)) from error
    for name, value in facts.items():
        typer.echo(f"{name}: {value}")


def _described(order: Order) -> list[str]:
    return [f"{name}: {value}" for name, value in vars(order).items() if value]


def _line(happening: Happening) -> str:
    at = happening.at.astimezone(GULF).isoformat(" ", "milliseconds")
    return f"{at}  {happening.kind}  {_facts(happening.facts)}"


def _case_line(case: Case) -> str:
    at = case.opened_at.astimezone(GULF).isoformat(" ", "seconds")
    about = f"{case.kind}  {case.merchant_order_no}  {_facts(case.facts)}"
    return f"{case.number}  {at}  {about}".rstrip()


def _facts(facts: dict[str, str]) -> str:
    return "  ".join(f"{name}={value}" for name, value in facts.items())


def _account(file: Path, number: int, row: dict[str, str]) -> Account:
    account_id, name = row.get("id") or "", row.get("name") or ""
    status = row.get("status")
    if not account_id or not name or status not in {"open", "closed"}:
        raise CommandFailed(
            f"{file}, line {number}: needs an id, a name, and a status that is open "
            "or closed. Nothing was imported."
        )
    return Account(account_id, name, status == "open")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read as UTF-8 text.") from error


def in_database(
    settings: Settings, work: Callable[[Database], Coroutine[Any, Any, Made]]
) -> Made:
    """Do something with our database. Raises CommandFailed when it is out of reach."""

    async def run() -> Made:
        database = Database(settings.database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SQLAlchemyError as error:
        raise CommandFailed(
            "The database does not take it; is it there, and up to date "
            f"(`topup migrate`)? {type(error).__name__}"
        ) from error


def _ask_telegram(
    settings: Settings, ask: Callable[[Bot], Coroutine[Any, Any, None]]
) -> None:
    async def run() -> None:
        async with open_bot(settings) as bot:
            await ask(bot)

    try:
        asyncio.run(run())
    except TelegramError as error:
        why = without_tokens(error.message)
        raise CommandFailed(f"Telegram does not do it: {why}") from None


def told(make: Callable[[], Made]) -> Made:
    """Make something; a key or a font that is wrong becomes one sentence."""
    try:
        return make()
    except (KeyFileError, ShapingError) as error:
        raise CommandFailed(str(error)) from error


def _demand_migrated(settings: Settings) -> None:
    try:
        version = version_of(settings.database_url)
    except SQLAlchemyError as error:
        raise CommandFailed(
            f"The database does not answer ({type(error).__name__}); is "
            "TOPUP_DATABASE_URL right, and `topup migrate` done?"
        ) from error
    if version != newest_version():
        raise CommandFailed("The database is out of date: run `topup migrate`.")


def _demand_free_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CommandFailed(
                f"Port {settings.port} on {settings.host} cannot be used: "
                f"{error.strerror}. Set TOPUP_PORT to another."
            ) from error
