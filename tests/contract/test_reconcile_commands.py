"""`topup reconcile` compares a day now, and says what differs in words and as CSV."""

import asyncio
import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta

import httpx
import pytest
from typer.testing import CliRunner, Result

from core.bookkeeping import DUTY
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.orders import SqlOrders
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known
from core.domain.gulf import GULF
from core.domain.orders import Status
from core.payby.border import open_http
from core.payby.client import PayByClient
from tests.contract.payby.conftest import an_order
from tests.contract.test_commands import fail, settings  # noqa: F401  (fixtures)
from tests.fakes import an_order as our_order
from webhooks.__main__ import cli
from webhooks.clock import SystemClock
from webhooks.commands.reconcile import write

Reconcile = Callable[..., Result]


@pytest.fixture
def reconcile(settings) -> Reconcile:  # noqa: F811  (fixture)
    def run(*words: str) -> Result:
        command = ["--env-file", str(settings()), "reconcile", *words]
        return CliRunner().invoke(cli, command)

    return run


@pytest.fixture
def control(sandbox):
    with httpx.Client(base_url=f"{sandbox.url}/sandbox", trust_env=False) as http:

        def post(path: str, **content: object) -> None:
            http.post(path, json=content).raise_for_status()

        post("reset")
        yield post


@pytest.fixture
def paid_there(control, merchant, tmp_path) -> str:
    """Let an order of ours be paid, and no notice of it come."""
    new = an_order()

    async def order() -> str:
        async with open_http() as http:
            made = await PayByClient(http, merchant, SystemClock()).create_order(new)
        database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
        orders = SqlOrders(database, SystemClock())
        number = new.merchant_order_no
        await orders.add(our_order(number, expires_at=new.expires_at))
        await orders.opened(number, "13", made.token_url, new.expires_at)
        await database.close()
        return made.token_url

    qr = asyncio.run(order())
    control("pos/scan", qr=qr, store="store-001", password="123456")
    return new.merchant_order_no


def today() -> str:
    return f"{datetime.now(GULF).date()}"


def test_what_payby_alone_calls_paid_is_left_to_the_server(
    settings,  # noqa: F811  (fixture)
    reconcile,
    paid_there,
    tmp_path,
):
    settings()
    result = reconcile("--date", today())
    assert result.exit_code == 3, result.output
    assert result.output.splitlines() == [
        f"The books of {today()}",
        "paid: 1, AED 50.00 at PayBy; 0, AED 0.00 here",
        "credited: 0, AED 0.00",
        "",
        "May be only late: 1",
        "• In PayBy's statement, and not paid in our books",
        f"  {paid_there}. At PayBy: AED 50.00. Here: open.",
        "  PayBy is asked as soon as it answers, and then it is booked as usual.",
    ]

    async def due() -> list[str]:
        database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
        try:
            return list(await SqlOrders(database, SystemClock()).due({Status.OPEN}, 9))
        finally:
            await database.close()

    assert asyncio.run(due()) == [paid_there]


def test_differences_are_written_as_cells_that_a_spreadsheet_does_not_run(
    settings,  # noqa: F811  (fixture)
    reconcile,
    paid_there,
    tmp_path,
):
    file = tmp_path / "differences.csv"
    result = reconcile("--date", today(), "--csv", str(file))
    assert result.output.endswith(f"1 differences written to {file}.\n")
    with file.open(encoding="utf-8", newline="") as lines:
        [row] = csv.DictReader(lines)
    assert row == {
        "day": today(),
        "kind": "paid_there_only",
        "order": paid_there,
        "number": paid_there,
        "PayBy says": "AED 50.00",
        "our books say": "open",
        "stands": "waiting",
        "case": "",
        "what to do": "PayBy is asked as soon as it answers, and then it is booked "
        "as usual.",
    }
    known = Known(
        difference=Difference(
            kind=CaseKind.UNKNOWN_NUMBER,
            number="=HYPERLINK(1)",
            merchant_order_no="@SUM(1)",
        ),
        day=date(2026, 11, 23),
        fate=Fate.CASE,
    )
    write(file, [known])
    cells = file.read_text(encoding="utf-8").splitlines()[1].split(",")
    assert cells[2:4] == ["'@SUM(1)", "'=HYPERLINK(1)"]


def test_the_day_before_is_compared_if_none_is_given(fail, control):  # noqa: F811
    yesterday = datetime.now(GULF).date() - timedelta(days=1)
    said = fail("reconcile")
    assert said.startswith(f"{yesterday} was not compared: PayBy has no statement of")


def test_nothing_is_compared_while_the_server_does(
    fail,  # noqa: F811  (fixture)
    paid_there,
    tmp_path,
):
    async def take() -> None:
        database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
        await SqlLeases(database, SystemClock()).take(DUTY, "w", timedelta(minutes=1))
        await database.close()

    asyncio.run(take())
    assert "just now: wait a minute" in fail("reconcile", "--date", today())


def test_a_file_that_cannot_be_written_is_named(
    fail,  # noqa: F811  (fixture)
    paid_there,
    tmp_path,
):
    file = tmp_path / "nowhere" / "differences.csv"
    said = fail("reconcile", "--date", today(), "--csv", str(file))
    assert said == f"{file} cannot be written: No such file or directory."
