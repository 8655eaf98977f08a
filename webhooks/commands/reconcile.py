"""`topup reconcile`: a day of PayBy's statement against our books, now."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import typer

from bot.books_desk import advice_on, report_text
from core.bookkeeping import DUTY, LEASE
from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.orders import SqlOrders
from core.domain.books import Difference
from core.domain.differences import Fate, Known
from core.domain.errors import GatewayError
from core.domain.gulf import GULF
from core.domain.reports import Report
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.whole import NoStatement
from core.reconciliation import Reconciliation, ReconciliationParts
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed
from webhooks.commands.database import in_database
from webhooks.commands.payby import known_merchant
from webhooks.commands.staff import safe
from webhooks.settings import Settings

DIFFERS = 3
"""The exit status when the books do not agree; 2 is for a wrong command line."""
_HOLDER = "topup reconcile"
_COLUMNS = (
    "day",
    "kind",
    "order",
    "number",
    "PayBy says",
    "our books say",
    "stands",
    "case",
    "what to do",
)


def reconcile(settings: Settings, day: date | None, file: Path | None) -> None:
    """Compare a day, Gulf time; the last one if none is given. Ends with a status.

    What PayBy alone calls paid is left to the server, which asks and books as usual.
    """
    day = day or datetime.now(GULF).date() - timedelta(days=1)
    merchant = known_merchant(settings)

    async def compare(database: Database) -> Report:
        return await _alone(database, merchant, day)

    try:
        report = in_database(settings, compare)
    except (NoStatement, GatewayError) as trouble:
        raise CommandFailed(f"{day} was not compared: {trouble}") from trouble
    typer.echo(report_text(report))
    if file:
        write(file, report.differences)
        typer.echo(f"\n{len(report.differences)} differences written to {file}.")
    if report.of_fate(Fate.CASE) or report.of_fate(Fate.WAITING):
        raise typer.Exit(DIFFERS)


async def _alone(database: Database, merchant: Merchant, day: date) -> Report:
    """Compare while nobody else does. Raises CommandFailed."""
    leases = SqlLeases(database, SystemClock())
    if not await leases.take(DUTY, _HOLDER, LEASE):
        raise CommandFailed("The server compares the books just now: wait a minute.")
    try:
        async with open_http() as http:
            client = PayByClient(http, merchant, SystemClock())
            return await Reconciliation(_parts(database, client, merchant)).run(day)
    finally:
        await leases.let_go(DUTY, _HOLDER)


def _parts(
    database: Database, client: PayByClient, merchant: Merchant
) -> ReconciliationParts:
    clock = SystemClock()
    orders = SqlOrders(database, clock)

    async def leave_to_the_server(difference: Difference) -> Fate:
        await orders.look_now([difference.merchant_order_no])
        return Fate.WAITING

    return ReconciliationParts(
        fetch=client.statement,
        get_order=client.get_order,
        book=leave_to_the_server,
        books=SqlBooks(database),
        differences=SqlDifferences(database, clock),
        cases=SqlCases(database, clock),
        clock=clock,
        mid=merchant.partner_id,
    )


def write(file: Path, differences: Sequence[Known]) -> None:
    """Write differences as rows that a spreadsheet shows and does not run."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(_COLUMNS)
            rows.writerows(
                [safe(cell) for cell in _cells(each)] for each in differences
            )
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}.") from error


def _cells(known: Known) -> tuple[str, ...]:
    difference = known.difference
    return (
        f"{known.day}",
        difference.kind,
        difference.merchant_order_no,
        difference.number,
        difference.there,
        difference.here,
        known.fate,
        str(known.case_number or ""),
        advice_on(known),
    )
