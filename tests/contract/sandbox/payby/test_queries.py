import io
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from tests.contract.sandbox.payby.merchant import Answer, Merchant, now_ms, wait_until

GULF = timezone(timedelta(hours=4))


def today() -> datetime:
    return datetime.now(GULF)


def page(merchant: Merchant, **changes: object) -> Answer:
    day = f"{today():%Y-%m-%d}"
    asked = {"startDate": day, "endDate": day, "sortPageParam": {"size": 2}} | changes
    return merchant.call("acquire2Query/queryOrderPage", **asked)


def numbers(answer: Answer) -> list[str]:
    return [item["merchantOrderNo"] for item in answer.body["items"]]


def test_orders_of_a_day_come_page_by_page(merchant: Merchant):
    for number in ("a", "b", "c"):
        merchant.place(number)
    first = page(merchant)
    assert numbers(first) == ["a", "b"]
    assert (first.body["totalElements"], first.body["totalPages"]) == (3, 2)
    assert numbers(page(merchant, sortPageParam={"number": 1, "size": 2})) == ["c"]
    assert numbers(page(merchant, sortPageParam={"number": 2, "size": 2})) == []


def test_orders_can_be_asked_for_by_status(merchant: Merchant):
    merchant.place("a")
    merchant.pay("b")
    assert numbers(page(merchant, includeStatusList=["PAID_SUCCESS"])) == ["b"]


def test_orders_of_other_days_are_left_out(merchant: Merchant):
    merchant.place("a")
    answer = page(merchant, startDate="2020-01-01", endDate="2020-12-31")
    assert answer.body == {"totalElements": 0, "totalPages": 0, "items": []}


@pytest.mark.parametrize(
    "changes",
    [
        {"startDate": "2026-13-01"},
        {"startDate": "20260101"},
        {"startDate": "2100-01-02", "endDate": "2100-01-01"},
        {"sortPageParam": {"size": 0}},
        {"sortPageParam": {"number": -1, "size": 1}},
        {"sortPageParam": None},
    ],
)
def test_a_page_that_cannot_be_is_refused(
    merchant: Merchant, changes: dict[str, object]
):
    assert page(merchant, **changes).code == "400"


def test_the_balance_grows_by_what_is_settled(fast: Merchant):
    fast.pay()
    wait_until(lambda: fast.get()["status"] == "SETTLED")
    body = fast.call("member/getBalance", currencyCode="AED").body
    available = body["balanceList"][0]["availableBalance"]["amount"]
    assert available == Decimal("10049.50")


def test_only_dirhams_have_a_balance(merchant: Merchant):
    assert merchant.call("member/getBalance", currencyCode="USD").code == "78001"


def statement(merchant: Merchant, day: str) -> tuple[str, dict[str, list[str]]]:
    body = (
        f'{{"requestTime":{now_ms()},"bizContent":{{"statementDate":"{day}"}}}}'
    ).encode()
    response = merchant.post("acquire2/download/getOrderStatement", body)
    assert "sign" not in response.headers
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        files = {
            name: archive.read(name).decode().splitlines()
            for name in archive.namelist()
        }
    return response.headers["content-disposition"], files


def test_the_statement_is_an_unsigned_zip_of_pipe_separated_lines(merchant: Merchant):
    merchant.place("unpaid")
    placed = merchant.pay("a", subject="Gems | 100", reserved="note").order
    merchant.pay("b")
    day = today()
    disposition, files = statement(merchant, f"{day:%Y%m%d}")
    assert disposition == (
        "attachment; filename="
        f'"200000000888_{day:%Y%m%d}Transaction_Settle_Statement.zip"'
    )
    lines = files[f"Purchase_Statement_{day:%d%m%Y}_001.csv"]
    assert lines[0] == (
        f"mid:200000000888|periodNo:{day:%Y%m%d}"
        f"|startTime:{day:%Y-%m-%d}T00:00:00+0400"
        f"|endTime:{day:%Y-%m-%d}T23:59:59+0400|totalCount:2"
    )
    assert lines[1].startswith("paidTime|transactionType|totalAmount|orderCurrency|")
    row = dict(zip(lines[1].split("|"), lines[2].split("|"), strict=True))
    paid_at = datetime.strptime(row.pop("paidTime"), "%Y-%m-%dT%H:%M:%S%z")
    assert abs(paid_at - datetime.now(UTC)) < timedelta(seconds=10)
    assert {name: value for name, value in row.items() if value} == {
        "transactionType": "PAYMENT",
        "totalAmount": "50.00",
        "orderCurrency": "AED",
        "productName": "Basic Payment Gateway",
        "paySceneCode": "CASHTOPUP",
        "merchantOrderNo": "a",
        "orderNo": placed["orderNo"],
        "status": "SUCCESS",
        "paymentMethodType": "BALANCE",
        "subject": "Gems 100",
        "payeeMid": "200000000888",
        "storeId": "store-001",
        "reserved": "note",
    }
    assert len(files[f"Purchase_Settle_Statement_{day:%d%m%Y}_001.csv"]) == 2


def test_settled_orders_and_refunds_are_in_the_settle_statement(fast: Merchant):
    fast.pay("a")
    fast.call(
        "acquire2/refund/placeOrder",
        refundMerchantOrderNo="r",
        originMerchantOrderNo="a",
        amount={"amount": 20, "currency": "AED"},
    )
    wait_until(lambda: fast.get("a")["status"] == "SETTLED")
    day = today()
    _, files = statement(fast, f"{day:%Y%m%d}")
    lines = files[f"Purchase_Settle_Statement_{day:%d%m%Y}_001.csv"]
    rows = [
        dict(zip(lines[1].split("|"), line.split("|"), strict=True))
        for line in lines[2:]
    ]
    assert {(row["transactionType"], row["totalAmount"]) for row in rows} == {
        ("PAYMENT", "50.00"),
        ("REFUND", "20.00"),
    }
    assert {row["originMerchantOrderNo"] for row in rows} == {"", "a"}


@pytest.mark.parametrize(
    ("day", "code"), [("20200101", "62013"), ("21000101", "62014"), ("x", "400")]
)
def test_a_day_without_a_statement_is_a_signed_error(
    merchant: Merchant, day: str, code: str
):
    answer = merchant.call("acquire2/download/getOrderStatement", statementDate=day)
    assert answer.code == code
