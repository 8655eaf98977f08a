"""A statement agrees with PayBy's own book, but for mistakes it is told to make."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from sandbox.faults import Fault, Faults
from sandbox.payby.agenda import MINUTE
from sandbox.payby.requests import PlaceRefund
from sandbox.payby.statement import gulf_day
from sandbox.payby.statements import TARGET, Statements
from tests.unit.sandbox.payby.conftest import Books, request

MID = "200000000888"


@pytest.fixture
def statements(books: Books) -> Statements:
    """Write statements of a book with two payments, a refund and an unpaid order."""
    books.paid_order("a")
    books.clock.now += 1000
    books.paid_order("b", amount=20)
    books.orders.place(request("unpaid"), books.clock.now)
    refund = PlaceRefund.model_validate(
        {
            "refundMerchantOrderNo": "r",
            "originMerchantOrderNo": "b",
            "amount": {"amount": 5, "currency": "AED"},
        }
    )
    books.refunds.place(refund, books.clock.now)
    for _ in range(2):  # REFUNDED_SETTLED, SUCCESS
        books.clock.now += MINUTE // 2
        books.refunds.all()
    return Statements(MID, books.clock, Faults())


async def written(statements: Statements, books: Books, day: date) -> dict[str, str]:
    packed = await statements.of(day, books.orders.all(), books.refunds.all())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if "Settle" not in name
        }


def told(files: dict[str, str]) -> list[str]:
    """What the rows say: type, amount, number, and the status of what was undone."""
    rows = [
        dict(zip(lines[1].split("|"), row.split("|"), strict=True))
        for lines in (text.splitlines() for text in files.values())
        for row in lines[2:]
    ]
    return [
        f"{row['transactionType']} {row['totalAmount']} "
        + (row["originMerchantOrderNo"] or row["merchantOrderNo"])
        + ("" if row["status"] == "SUCCESS" else " undone")
        for row in rows
    ]


RIGHT = ["PAYMENT 50.00 a", "PAYMENT 20.00 b", "REFUND 5.00 b"]


@pytest.mark.parametrize(
    ("mistake", "rows"),
    [
        (None, RIGHT),
        ("lacks_payment", RIGHT[1:]),
        ("lacks_refund", RIGHT[:2]),
        ("other_amount", ["PAYMENT 50.01 a", *RIGHT[1:]]),
        ("doubled", [*RIGHT, RIGHT[0]]),
        ("adds_refund", [*RIGHT, "REFUND 50.00 a"]),
        ("chargeback", [*RIGHT, "CHARGEBACK 50.00 a"]),
        ("reverted", ["PAYMENT 50.00 a undone", *RIGHT[1:]]),
        ("pays_unpaid", [*RIGHT, "PAYMENT 50.00 unpaid"]),
        ("late", ["PAYMENT 50.00 a", "REFUND 5.00 b"]),
        ("split", RIGHT),
    ],
)
async def test_each_mistake_is_in_one_statement_and_in_no_other(
    statements, books, mistake, rows
):
    day = gulf_day(books.clock.now)
    if mistake:
        statements.faults.add(Fault(target=TARGET, mode=mistake))
    assert told(await written(statements, books, day)) == rows
    if mistake != "late":
        assert told(await written(statements, books, day)) == RIGHT


async def test_somebody_elses_payment_has_a_number_that_was_never_placed(
    statements, books
):
    statements.faults.add(Fault(target=TARGET, mode="adds_payment"))
    [*right, stranger] = told(
        await written(statements, books, gulf_day(books.clock.now))
    )
    assert right == RIGHT
    assert stranger.startswith("PAYMENT 50.00 X-13")


async def test_what_comes_late_is_in_the_next_days_statement(statements, books):
    day = gulf_day(books.clock.now)
    statements.faults.add(Fault(target=TARGET, mode="late"))
    await written(statements, books, day)
    next_day = await written(statements, books, day + timedelta(days=1))
    assert told(next_day) == ["PAYMENT 20.00 b"]


@pytest.mark.parametrize(
    ("mistake", "summary"),
    [("miscounted", "totalCount:4"), ("other_day", "periodNo:20270114|")],
)
async def test_a_summary_can_be_wrong(statements, books, mistake, summary):
    statements.faults.add(Fault(target=TARGET, mode=mistake))
    [text] = (await written(statements, books, date(2027, 1, 15))).values()
    assert summary in text.splitlines()[0]


async def test_a_statement_can_come_damaged(statements, books):
    statements.faults.add(Fault(target=TARGET, mode="damaged"))
    with pytest.raises(zipfile.BadZipFile):
        await written(statements, books, gulf_day(books.clock.now))


async def test_a_statement_can_come_in_several_files(statements, books):
    statements.faults.add(Fault(target=TARGET, mode="split"))
    files = await written(statements, books, gulf_day(books.clock.now))
    assert [len(text.splitlines()) for text in files.values()] == [4, 3]
