"""How long a full statement takes to be compared with our books, and how much memory.

Run as `python -m tests.bench.books DATABASE_URL ZIP` it compares, in a process of its
own, and prints the seconds it took, those of the floor, and the most memory in MiB.
The floor reads the same ZIP with csv, and does nothing else.
"""

import asyncio
import csv
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, insert

from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.migrate import migrate
from core.database.tables.orders import OrderRow, PostingRow
from core.domain.books import Difference
from core.domain.differences import Fate
from core.domain.errors import GatewayRejected
from core.domain.ledger import Entry, credit_entry, payment_entry
from core.domain.money import Money
from core.domain.orders import Order, Status
from core.domain.payments import GatewayOrder
from core.reconciliation import Reconciliation, ReconciliationParts
from tests.statements import payment_line, statement_of
from webhooks.clock import SystemClock

LINES = 50_000
_DIFFERENCES = 2  # a sum and a credit
_DAY = date(2026, 11, 23)
_MID = "200000000888"
_NOON = datetime(2026, 11, 23, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Comparing:
    """What it took to compare."""

    seconds: float
    floor_s: float
    peak_mib: float


def compare_books(lines: int = LINES) -> Comparing:
    """Compare a day of so many payments, of which a few differ."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/topup.sqlite"
        migrate(url)
        asyncio.run(_fill(url, lines))
        numbers = [_number(n) for n in range(lines)]
        rows = [payment_line(number, "50.00", _NOON) for number in numbers]
        rows[:3] = [rows[0].replace("50.00", "50.01"), *rows[1:3]]
        packed = Path(folder) / "statement.zip"
        packed.write_bytes(statement_of(_DAY, _MID, rows))
        command = [sys.executable, "-m", "tests.bench.books", url, str(packed)]
        told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  (ourselves)
    return Comparing(**json.loads(told.stdout))


async def _fill(url: str, lines: int) -> None:
    """Keep orders that were paid and credited, but for the last one's credit."""
    database = Database(url)
    orders = [_order(n) for n in range(lines)]
    entries = [payment_entry(order) for order in orders]
    entries += [credit_entry(order, order.amount) for order in orders[:-1]]

    def work(session: Session) -> None:
        for table, rows in (
            (OrderRow, [OrderRow.of(order).model_dump() for order in orders]),
            (PostingRow, [row for entry in entries for row in _postings(entry)]),
        ):
            session.connection().execute(insert(table), rows)

    await database.write(work)
    await database.close()


def _postings(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "merchant_order_no": entry.merchant_order_no,
            "kind": entry.kind,
            "ledger_account": posting.ledger_account,
            "amount_fils": posting.amount.fils,
            "at": _NOON,
            "refund_no": "",
        }
        for posting in entry.postings
    ]


def _number(n: int) -> str:
    return f"T261123-{n:08}"


def _order(n: int) -> Order:
    return Order(
        merchant_order_no=_number(n),
        draft_id=f"draft-{n}",
        conversation_id=f"tg:{n}",
        account_id=f"player-{n % 1000}",
        account_name="De••••••on",
        amount=Money(5000),
        status=Status.CREDITED,
        created_at=_NOON - timedelta(hours=1),
        expires_at=_NOON + timedelta(hours=23),
        paid_at=_NOON,
        is_closed=True,
    )


async def _compare(url: str, packed: bytes) -> float:
    database, clock = Database(url), SystemClock()

    async def fetch(_day: date) -> bytes:
        return packed

    async def get_order(number: str) -> GatewayOrder:
        raise GatewayRejected("MERCHANT_ORDER_NO_NOT_EXIST", "62004", number)

    async def book(_difference: Difference) -> Fate:
        return Fate.CASE

    parts = ReconciliationParts(
        fetch=fetch,
        get_order=get_order,
        book=book,
        books=SqlBooks(database),
        differences=SqlDifferences(database, clock),
        cases=SqlCases(database, clock),
        clock=clock,
        mid=_MID,
    )
    began = time.perf_counter()
    report = await Reconciliation(parts).run(_DAY)
    seconds = time.perf_counter() - began
    await database.close()
    if len(report.of_fate(Fate.CASE)) != _DIFFERENCES:
        raise SystemExit(f"It found {len(report.differences)} differences.")
    return seconds


def _read_as_csv(packed: bytes) -> float:
    began = time.perf_counter()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            with archive.open(name) as raw, io.TextIOWrapper(raw, "utf-8") as text:
                for _ in csv.reader(text, delimiter="|"):
                    pass
    return time.perf_counter() - began


def main(url: str, file: str) -> None:
    """Compare, then read the same as csv."""
    packed = Path(file).read_bytes()
    seconds = asyncio.run(_compare(url, packed))
    peak_mib = _peak_mib()
    floor_s = _read_as_csv(packed)
    print(json.dumps(vars(Comparing(seconds, floor_s, peak_mib))))


def _peak_mib() -> float:
    """Read the most memory of this process; getrusage tells of its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kib] = [line.split()[1] for line in status.splitlines() if "VmHWM" in line]
    return int(kib) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
