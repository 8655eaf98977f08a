import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.payby.codec import WireError
from core.payby.statement import Statement, read_statement

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
        ((SUMMARY, COLUMNS, ROW.replace("T17:46:36+0400", "")), "line 3: time data"),
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
