import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.payby.codec import WireError
from core.payby.statement import Statement, read_statement

DAY = date(2021, 1, 13)
NAME = "Purchase_Statement_13012021_001.csv"
SUMMARY = (
    "mid:200000054800|periodNo:20210113|startTime:2021-01-12 00:00|"
    "endTime:2021-01-13 01:00|totalCount:1"
)
COLUMNS = (
    "paidTime|transactionType|totalAmount|orderCurrency|productName|paySceneCode|"
    "merchantOrderNo|orderNo|status|paymentMethodType|subject|payeeMid|terminalId|"
    "operatorId|storeId|merchantName|storeName|originMerchantOrderNo|reserved"
)
ROW = (
    "2021-01-12T17:46:36+0400|PAYMENT|60.00|AED|Smart Purchase|CASHTOPUP|"
    "T210112-7K3QXMPA|131610459203006982|SUCCESS|BALANCE|شحن|200000054800|533|"
    "ADMIN|268|Shop|Corner|||"
).removesuffix("|")


def packed(**files: str | bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def statement_of(*lines: str) -> Statement:
    return read_statement(packed(**{NAME: "\n".join(lines) + "\n"}))


def test_a_row_is_read_with_its_time_in_utc_and_its_amount_exact():
    statement = statement_of(SUMMARY, COLUMNS, ROW)
    [row] = statement.rows
    assert statement.declared == 1
    assert row.paid_at == datetime(2021, 1, 12, 13, 46, 36, tzinfo=UTC)
    assert (row.amount, row.currency) == (Decimal("60.00"), "AED")
    assert row.merchant_order_no == "T210112-7K3QXMPA"
    assert row.payby_order_no == "131610459203006982"
    assert (row.transaction_type, row.status) == ("PAYMENT", "SUCCESS")
    assert row.store_id == "268"
    assert row.origin_merchant_order_no == ""


def test_numbered_files_are_read_in_order_and_other_files_are_passed_over():
    second = ROW.replace("7K3QXMPA", "SECOND22")
    statement = read_statement(
        packed(
            **{
                NAME.replace("001", "002"): f"{SUMMARY}\r\n{COLUMNS}\r\n{second}\r\n",
                NAME: f"{SUMMARY}\n{COLUMNS}\n{ROW}",
                "Purchase_Settle_Statement_13012021_001.csv": "anything",
            }
        )
    )
    numbers = [row.merchant_order_no for row in statement.rows]
    assert numbers == ["T210112-7K3QXMPA", "T210112-SECOND22"]
    assert statement.declared == 2


def test_a_day_without_payments_has_no_rows():
    assert statement_of(SUMMARY.replace("Count:1", "Count:0"), COLUMNS).rows == ()


def test_columns_are_found_by_name_wherever_payby_puts_them():
    columns, row = (f"new|{text}" for text in (COLUMNS, ROW))
    assert statement_of(SUMMARY, columns, row).rows[0].amount == Decimal("60.00")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((), "lacks its summary"),
        ((SUMMARY,), "lacks its summary or its column names"),
        ((COLUMNS, ROW), "lacks its summary"),
        ((SUMMARY, COLUMNS, ROW + "|one more"), "line 3: 20 values for 19 columns"),
        ((SUMMARY, COLUMNS, ROW, ROW[:-3]), "line 4: 17 values for 19 columns"),
        ((SUMMARY, COLUMNS, ROW.replace("60.00", "sixty")), "line 3: 'sixty' is not"),
        ((SUMMARY, COLUMNS, ROW.replace("60.00", "NaN")), "line 3: 'NaN' is not"),
        (
            (SUMMARY, COLUMNS, ROW.replace("T17:46:36+0400", "")),
            "line 3: '2021-01-12' is not a time",
        ),
        ((SUMMARY, COLUMNS.replace("orderNo", "no"), ROW), "no column orderNo"),
    ],
)
def test_a_line_that_can_not_be_read_is_named(lines, sentence):
    with pytest.raises(WireError, match=sentence):
        statement_of(*lines)


def test_bytes_that_are_no_statement_are_refused():
    with pytest.raises(WireError, match="not a readable ZIP"):
        read_statement(b"PK\3\4 but not really")
    with pytest.raises(WireError, match="holds no transaction statement"):
        read_statement(packed(readme="hello"))
    with pytest.raises(WireError, match="not UTF-8"):
        read_statement(packed(**{NAME: b"\xff\xfe"}))


def test_a_file_damaged_on_the_way_is_refused():
    content = bytearray(packed(**{NAME: f"{SUMMARY}\n{COLUMNS}\n{ROW}\n"}))
    content[len(NAME) + 40] ^= 0xFF
    with pytest.raises(WireError, match="not a readable ZIP"):
        read_statement(bytes(content))


def test_a_small_zip_can_not_unpack_to_a_huge_statement():
    content = packed(**{NAME: b"0" * 1000})
    size = (1000).to_bytes(4, "little")
    with pytest.raises(WireError, match="too large"):
        read_statement(content.replace(size, (1 << 30).to_bytes(4, "little")))


def test_two_files_may_promise_their_own_rows_or_all_of_them():
    for promised in (1, 2):
        summary = SUMMARY.replace("Count:1", f"Count:{promised}")
        text = f"{summary}\n{COLUMNS}\n{ROW}\n"
        files = {NAME: text, NAME.replace("001", "002"): text}
        assert not read_statement(packed(**files)).fault("200000054800", DAY)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"mid": "200000000888"}, "of 200000054800, not of 200000000888"),
        ({"day": date(2021, 1, 12)}, "of 20210113, not of 2021-01-12"),
        ({"promised": 14}, "promises 14 rows and holds 1"),
    ],
)
def test_what_is_not_the_whole_statement_of_the_day_says_so(facts, sentence):
    summary = SUMMARY.replace("Count:1", f"Count:{facts.get('promised', 1)}")
    statement = statement_of(summary, COLUMNS, ROW)
    mid, day = facts.get("mid", "200000054800"), facts.get("day", DAY)
    assert sentence in statement.fault(mid, day)


def test_settlements_are_read_apart_and_never_spoil_the_transactions():
    settled = ROW.replace("7K3QXMPA", "SETTLED2")
    files = {
        NAME: f"{SUMMARY}\n{COLUMNS}\n{ROW}\n",
        "Purchase_Settle_Statement_13012021_001.csv": (
            f"{SUMMARY}\n{COLUMNS}\n{settled}\n"
        ),
        "Purchase_Settle_Statement_13012021_002.csv": f"{SUMMARY}\nother|columns\n1|2",
    }
    statement = read_statement(packed(**files))
    assert [row.merchant_order_no for row in statement.rows] == ["T210112-7K3QXMPA"]
    assert [row.merchant_order_no for row in statement.settlements] == [
        "T210112-SETTLED2"
    ]
    assert "no column" in statement.unread[0]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (ROW.replace("T210112", "T" * 60), "too long for a number"),
        (ROW.replace("Corner", "C" * 5000), "a line that is none"),
        (ROW.replace("Corner", "\0"), "a line that is none"),
        (ROW.replace("60.00", "٦٠"), "is not an amount"),
    ],
)
def test_what_no_database_takes_is_refused(row, sentence):
    with pytest.raises(WireError, match=sentence):
        statement_of(SUMMARY, COLUMNS, row)


def test_a_file_that_is_there_twice_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(NAME, "one")
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(content, "a") as archive,
    ):
        archive.writestr(NAME, "two")
    with pytest.raises(WireError, match="a file twice"):
        read_statement(content.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_nobody_agreed_is_refused(method):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(NAME, f"{SUMMARY}\n{COLUMNS}\n{ROW}\n")
    with pytest.raises(WireError, match="nobody agreed"):
        read_statement(content.getvalue())


def test_a_file_that_unpacks_to_a_thousand_times_its_size_is_refused():
    with pytest.raises(WireError, match="far more than it is"):
        read_statement(packed(**{NAME: b"0" * (4 << 20)}))
