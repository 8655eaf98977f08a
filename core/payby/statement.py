"""The statement of a day: what PayBy says was paid and given back, row by row.

PayBy: statement download. A ZIP with ``Purchase_Statement_DDMMYYYY_001.csv`` (_002 and
so on past 50,000 lines): a summary line, a line of column names, then rows, all divided
by pipes. ``Purchase_Settle_Statement_…`` is written alike, of what was settled that
day. Other files in the same ZIP are passed over.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice

from core.domain.statements import StatementRow
from core.payby.codec import WireError

MOST_BYTES = 256 * 1024 * 1024  # unpacked, all files together
_MOST_FILES = 500
_MOST_TIMES_SMALLER = 500
"""Lines that are much alike shrink to a fiftieth; a bomb shrinks to a thousandth."""
_SMALL = 1024 * 1024  # a file of this size harms nobody, whatever its ratio
_LONGEST_LINE = 4096
_LONGEST_NUMBER = 64
_PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 1
_NAME = re.compile(r"(?:[^/\\]+/)?Purchase_(Settle_)?Statement_\d{8}_\d{3}\.csv")
_FACT = re.compile(r"(?:^|\|)(mid|periodNo|totalCount):([^|]*)")
_COUNT = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[+-][0-9]{4}")


@dataclass(frozen=True)
class Summary:
    """The first line of a file."""

    mid: str
    period: str
    """YYYYMMDD."""
    count: int
    """How many rows it promises: the file's own or, with several, maybe all."""


@dataclass(frozen=True)
class Statement:
    """A day's rows, in PayBy's order."""

    rows: tuple[StatementRow, ...]
    settlements: tuple[StatementRow, ...]
    """What was settled that day, of this or an earlier day's payments."""
    summaries: tuple[Summary, ...]
    """One for each file of transactions."""
    unread: tuple[str, ...] = ()
    """Why a file of settlements could not be read: they only confirm the others."""

    @property
    def declared(self) -> int:
        """How many rows the summary lines promise."""
        counts = [summary.count for summary in self.summaries]
        each_tells_all = set(counts) == {len(self.rows)}
        return counts[0] if each_tells_all else sum(counts)

    def fault(self, mid: str, day: date) -> str:
        """Say why this is not the whole statement of that day; empty when it is."""
        for summary in self.summaries:
            if summary.mid != mid:
                return f"It is the statement of {summary.mid}, not of {mid}."
            if summary.period != f"{day:%Y%m%d}":
                return f"It is the statement of {summary.period}, not of {day}."
        if self.declared != len(self.rows):
            return f"It promises {self.declared} rows and holds {len(self.rows)}."
        return ""


@dataclass(frozen=True)
class _File:
    summary: Summary
    rows: list[StatementRow]


def read_statement(packed: bytes) -> Statement:
    """Unpack and read a statement. Raises WireError, with file and line.

    A full file of 50,000 rows takes about half a second: not on the event loop.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            transactions, settlements = _entries(archive)
            files = [_file(archive, entry) for entry in transactions]
            settled, unread = _settled(archive, settlements)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise WireError(f"The statement is not a readable ZIP: {error}.") from error
    return Statement(
        rows=tuple(row for file in files for row in file.rows),
        settlements=tuple(settled),
        summaries=tuple(file.summary for file in files),
        unread=tuple(unread),
    )


def _entries(
    archive: zipfile.ZipFile,
) -> tuple[list[zipfile.ZipInfo], list[zipfile.ZipInfo]]:
    """Return the files of transactions and those of settlements, in turn."""
    names = {entry: _NAME.fullmatch(entry.filename) for entry in archive.infolist()}
    found = {entry: bool(name[1]) for entry, name in names.items() if name}
    _check(list(found))
    in_turn = sorted(found, key=lambda entry: entry.filename)
    transactions = [entry for entry in in_turn if not found[entry]]
    if not transactions:
        raise WireError("The ZIP holds no transaction statement.")
    return transactions, [entry for entry in in_turn if found[entry]]


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Raise WireError for what would cost too much, or could be read in two ways."""
    if len(entries) > _MOST_FILES or sum(e.file_size for e in entries) > MOST_BYTES:
        raise WireError("The statement is too large.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise WireError("The statement holds a file twice.")
    for entry in entries:
        if entry.compress_type not in _PACKED_AS or entry.flag_bits & _ENCRYPTED:
            raise WireError(f"{entry.filename} is packed in a way that nobody agreed.")
        shrunk = entry.file_size > entry.compress_size * _MOST_TIMES_SMALLER
        if shrunk and entry.file_size > _SMALL:
            raise WireError(f"{entry.filename} unpacks to far more than it is.")


def _settled(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> tuple[list[StatementRow], list[str]]:
    """Read what can be read of settlements, and say why the rest cannot."""
    rows: list[StatementRow] = []
    unread: list[str] = []
    for entry in entries:
        try:
            rows += _file(archive, entry).rows
        except WireError as fault:
            unread.append(str(fault))
    return rows, unread


def _file(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> _File:
    name, lines = entry.filename, _lines(archive, entry)
    try:
        return _File(_summary(name, lines), list(_rows(name, lines)))
    except UnicodeDecodeError as error:
        raise WireError(f"{name} is not UTF-8.") from error


def _lines(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[str]:
    with (
        archive.open(entry) as packed,
        io.TextIOWrapper(packed, "utf-8-sig", newline="\n") as text,
    ):
        for line in iter(partial(text.readline, _LONGEST_LINE + 1), ""):
            if len(line) > _LONGEST_LINE or "\0" in line:
                raise WireError(f"{entry.filename} holds a line that is none.")
            yield line.rstrip("\r\n")


def _summary(name: str, lines: Iterator[str]) -> Summary:
    facts = dict(_FACT.findall(next(lines, "")))
    if not _COUNT.fullmatch(facts.get("totalCount", "")):
        raise WireError(f"{name} lacks its summary or its column names.")
    mid, period = facts.get("mid", ""), facts.get("periodNo", "")
    return Summary(mid, period, int(facts["totalCount"]))


def _rows(name: str, lines: Iterator[str]) -> Iterator[StatementRow]:
    header = list(islice(lines, 1))
    if not header:
        raise WireError(f"{name} lacks its summary or its column names.")
    columns = header[0].split("|")
    for number, line in enumerate(lines, start=3):
        values = line.split("|")
        if len(values) != len(columns):
            if not line:
                continue
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
    amount, at = cell["totalAmount"], cell["paidTime"]
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is not an amount")
    if not _TIME.fullmatch(at):
        raise ValueError(f"{at!r} is not a time")
    return StatementRow(
        paid_at=datetime.fromisoformat(at).astimezone(UTC),
        transaction_type=cell["transactionType"],
        amount=Decimal(amount),
        currency=cell["orderCurrency"],
        pay_scene_code=cell["paySceneCode"],
        merchant_order_no=_number(cell["merchantOrderNo"]),
        payby_order_no=cell["orderNo"],
        status=cell["status"],
        store_id=cell["storeId"],
        origin_merchant_order_no=_number(cell["originMerchantOrderNo"]),
    )


def _number(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"{text[:20]!r}… is too long for a number")
    return text
