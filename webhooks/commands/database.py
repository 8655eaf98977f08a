"""What the `topup` commands do with our database: fill it, and show what is in it."""

import asyncio
import csv
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from core.database.accounts import SqlAccounts
from core.database.cases import SqlCases
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.stores import SqlStores
from core.domain.accounts import Account
from core.domain.cases import Case
from core.domain.errors import OrderNotFound
from core.domain.gulf import GULF
from core.domain.orders import Order
from core.ports import Happening
from core.stores import StoreFileError, parse_csv, parse_geojson
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed
from webhooks.settings import Settings

Made = TypeVar("Made")

_MOST_CASES = 20


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
    """Show the newest open cases for support, newest first."""

    async def look(database: Database) -> list[str]:
        cases = await SqlCases(database, SystemClock()).newest(_MOST_CASES)
        return [_case_line(case) for case in cases]

    typer.echo("\n".join(in_database(settings, look)) or "No case is open.")


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
