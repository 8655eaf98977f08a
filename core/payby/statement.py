"""The statement of a day: what PayBy says was paid and given back, row by row.

PayBy: statement download. A ZIP with ``Purchase_Statement_DDMMYYYY_001.csv`` (_002 and
so on past 50,000 lines): a summary line, a line of column names, then rows, all divided
by pipes. The settlement and fund files in the same ZIP are passed over.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from core.payby.codec import WireError

MOST_BYTES = 256 * 1024 * 1024  # unpacked, all files together
_TRANSACTIONS = re.compile(r"(?:.*/)?Purchase_Statement_\d{8}_\d{3}\.csv")
_COUNT = re.compile(r"(?:^|\|)totalCount:(\d{1,9})(?:\||$)")
_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,4})?")
_TIME = "%Y-%m-%dT%H:%M:%S%z"


@dataclass(frozen=True, kw_only=True)
class StatementRow:
    """A payment, a refund or another movement of the day."""

    paid_at: datetime
    """UTC."""
    transaction_type: str
    """PAYMENT, REFUND, VOID, CHARGEBACK and more."""
    amount: Decimal
    currency: str
    merchant_order_no: str
    """Our number; of a refund, the refund's."""
    payby_order_no: str
    status: str
    """SUCCESS or REVERTED."""
    store_id: str
    origin_merchant_order_no: str
    """Our number of the order that a refund gives back."""


@dataclass(frozen=True)
class Statement:
    """A day's rows, in PayBy's order."""

    rows: tuple[StatementRow, ...]
    declared: int
    """How many rows the summary lines promise; another number wants a person's eye."""


def read_statement(packed: bytes) -> Statement:
    """Unpack and read a statement. Raises WireError, with file and line.

    A full file of 50,000 rows takes about half a second: not on the event loop.
    """
    rows: list[StatementRow] = []
    declared = 0
    for name, text in _files(packed):
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
        count = _COUNT.search(lines[0])
        if count is None or len(lines) < 2:  # noqa: PLR2004  (summary and columns)
            raise WireError(f"{name} lacks its summary or its column names.")
        declared += int(count[1])
        rows.extend(_rows(name, lines))
    return Statement(tuple(rows), declared)


def _files(packed: bytes) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = [
                entry
                for entry in archive.infolist()
                if _TRANSACTIONS.fullmatch(entry.filename)
            ]
            if sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise WireError("The statement is too large.")
            for entry in sorted(entries, key=lambda entry: entry.filename):
                yield entry.filename, archive.read(entry).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WireError("A file of the statement is not UTF-8.") from error
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise WireError(f"The statement is not a readable ZIP: {error}.") from error
    if not entries:
        raise WireError("The ZIP holds no transaction statement.")


def _rows(name: str, lines: list[str]) -> Iterator[StatementRow]:
    columns = lines[1].split("|")
    for number, line in enumerate(lines[2:], start=3):
        values = line.split("|")
        if len(values) != len(columns):
            raise WireError(
                f"{name}, line {number}: {len(values)} values for "
                f"{len(columns)} columns."
            )
        try:
            yield _row(dict(zip(columns, values, strict=True)))
        except KeyError as error:
            raise WireError(f"{name} has no column {error.args[0]}.") from error
        except ValueError as error:
            raise WireError(f"{name}, line {number}: {error}.") from error


def _row(cell: dict[str, str]) -> StatementRow:
    amount = cell["totalAmount"]
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is not an amount")
    return StatementRow(
        paid_at=datetime.strptime(cell["paidTime"], _TIME).astimezone(UTC),
        transaction_type=cell["transactionType"],
        amount=Decimal(amount),
        currency=cell["orderCurrency"],
        merchant_order_no=cell["merchantOrderNo"],
        payby_order_no=cell["orderNo"],
        status=cell["status"],
        store_id=cell["storeId"],
        origin_merchant_order_no=cell["originMerchantOrderNo"],
    )
