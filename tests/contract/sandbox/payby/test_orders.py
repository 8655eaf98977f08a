import re
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.sandbox.payby.merchant import Merchant, now_ms, order, wait_until

HOUR = 3_600_000
DAY = 24 * HOUR


def amount(value: object, currency: str = "AED") -> dict[str, object]:
    return {"amount": value, "currency": currency}


def test_a_new_order_is_created_and_carries_a_code(merchant: Merchant):
    answer = merchant.place()
    assert answer.order["status"] == "CREATED"
    assert re.fullmatch(r"\d{18}", answer.order["orderNo"])
    assert answer.order["revoked"] == "false"
    assert answer.order["totalAmount"] == amount(Decimal("50.00"))
    assert "paymentInfo" not in answer.order
    assert re.fullmatch(
        r"https://checkout\.payby\.com/pay-page/main"
        rf"\?BIZ_TYPE=202&ft=[0-9a-f]{{32}}&t={answer.order['requestTime']}",
        answer.token_url,
    )


def test_an_order_expires_after_2_hours_unless_it_says_otherwise(merchant: Merchant):
    placed = merchant.place().order
    assert placed["expiredTime"] == placed["requestTime"] + 2 * HOUR
    expiry = now_ms() + 40 * HOUR
    assert merchant.place("order-2", expiredTime=expiry).order["expiredTime"] == expiry


@pytest.mark.parametrize(
    ("after", "code"), [(-1, "62008"), (49 * HOUR, "62009"), (47 * HOUR, "0")]
)
def test_an_expiry_lies_after_the_request_and_within_48_hours(
    merchant: Merchant, after: int, code: str
):
    assert merchant.place(expiredTime=now_ms() + after).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paySceneCode": "DYNQR"}, "62012"),
        ({"paySceneParams": None}, "62043"),
        ({"paySceneParams": {}}, "62043"),
        ({"paySceneParams": {"businessType": "Games!"}}, "62044"),
        ({"payeeMid": "200000000999"}, "62019"),
        ({"merchantOrderNo": None}, "400"),
        ({"merchantOrderNo": "order 1"}, "400"),
        ({"merchantOrderNo": "x" * 65}, "400"),
        ({"subject": None}, "400"),
        ({"subject": ""}, "400"),
        ({"subject": "x" * 65}, "400"),
        ({"notifyUrl": "ftp://shop"}, "400"),
        ({"notifyUrl": "http://shop/" + "x" * 200}, "400"),
        ({"expiredTime": "2026-11-24T12:00:00+04:00"}, "400"),
        ({"totalAmount": None}, "400"),
        ({"totalAmount": amount("50.00")}, "400"),
        ({"totalAmount": amount(value=True)}, "400"),
        ({"totalAmount": amount(0)}, "400"),
        ({"totalAmount": amount(-5)}, "400"),
        ({"totalAmount": amount(10.005)}, "400"),
        ({"totalAmount": amount(10**12)}, "400"),
        ({"totalAmount": amount(50, "USD")}, "400"),
    ],
)
def test_what_the_field_tables_forbid_is_refused(
    merchant: Merchant, changes: dict[str, Any], code: str
):
    assert merchant.place(**changes).code == code
    assert merchant.control("GET", "payby/orders").json() == {"orders": []}


def test_an_invalid_parameter_is_named(merchant: Merchant):
    answer = merchant.place(totalAmount=amount("50.00"))
    assert answer.head["msg"] == (
        "INVALID_PARAMETER: bizContent.totalAmount.amount: must be a JSON number"
    )


def test_the_same_request_again_finds_the_same_order(merchant: Merchant):
    first = merchant.place()
    again = merchant.place(totalAmount=amount(50.0))
    assert again.order == first.order
    assert again.token_url == first.token_url


def test_the_same_number_with_another_amount_is_refused(merchant: Merchant):
    merchant.place()
    assert merchant.place(totalAmount=amount(51)).code == "62016"


def test_the_code_is_given_only_while_it_can_be_paid(merchant: Merchant):
    merchant.scan(merchant.place().token_url)
    again = merchant.place()
    assert again.order["status"] == "PAID_SUCCESS"
    assert "interActionParams" not in again.body


def test_an_order_is_found_by_either_number_but_not_by_both(merchant: Merchant):
    placed = merchant.place().order
    by_theirs = merchant.call("acquire2/getOrder", orderNo=placed["orderNo"])
    assert by_theirs.order == merchant.get() == placed
    both = {"merchantOrderNo": "order-1", "orderNo": placed["orderNo"]}
    assert merchant.call("acquire2/getOrder", **both).code == "400"
    assert merchant.call("acquire2/getOrder").code == "400"


def test_an_unknown_number_is_refused_by_its_kind(merchant: Merchant):
    assert merchant.call("acquire2/getOrder", merchantOrderNo="nix").code == "62004"
    assert merchant.call("acquire2/getOrder", orderNo="13").code == "62035"


def test_a_paid_order_tells_how_it_was_paid(merchant: Merchant):
    merchant.pay(totalAmount=amount(99.99))
    paid = merchant.get()
    assert paid["status"] == "PAID_SUCCESS"
    assert paid["accessoryContent"]["terminalDetail"] == {"storeId": "store-001"}
    info = paid["paymentInfo"]
    assert info["paidAmount"] == amount(Decimal("99.99"))
    assert info["payChannel"] == "BALANCE"
    assert info["payeeFeeAmount"] == amount(Decimal("1.00"))
    assert info["payerFeeAmount"] == amount(Decimal("0.00"))
    assert info["settlementAmount"] == amount(Decimal("98.99"))
    assert abs(info["paidTime"] - now_ms()) < 5000


def test_cancelling_fails_an_open_order_and_its_code(merchant: Merchant):
    placed = merchant.place()
    cancelled = merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1").order
    assert cancelled["status"] == "FAILURE"
    assert cancelled["failCode"] == "ORDER_CANCELLED"
    assert merchant.scan(placed.token_url).status_code == 409
    again = merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert again.code == "62002"


def test_a_paid_order_cannot_be_cancelled(merchant: Merchant):
    merchant.pay()
    answer = merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert answer.code == "62001"
    assert merchant.get()["status"] == "PAID_SUCCESS"


def test_a_settled_order_cannot_be_cancelled(fast: Merchant):
    fast.pay()
    wait_until(lambda: fast.get()["status"] == "SETTLED")
    answer = fast.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert answer.code == "62003"


def test_an_unpaid_order_fails_when_its_time_is_over(merchant: Merchant):
    merchant.place(expiredTime=now_ms() + 150)
    wait_until(lambda: merchant.get()["status"] == "FAILURE")
    assert merchant.get()["failCode"] == "ORDER_EXPIRED"


def test_an_order_lives_as_long_as_it_was_told_to_also_on_a_fast_clock(fast: Merchant):
    fast.place(expiredTime=now_ms() + HOUR)
    fast.place("order-2", expiredTime=now_ms() + 150)
    wait_until(lambda: fast.get("order-2")["status"] == "FAILURE")
    assert fast.get()["status"] == "CREATED"


def test_a_longer_expiry_keeps_the_order_open(merchant: Merchant):
    merchant.place(expiredTime=now_ms() + 150)
    expiry = now_ms() + 10 * DAY
    changed = merchant.call(
        "acquire2/updateExpiredTime", merchantOrderNo="order-1", expiredTime=expiry
    )
    assert changed.order["expiredTime"] == expiry
    wait_until(lambda: now_ms() > changed.order["requestTime"] + 300)
    assert merchant.get()["status"] == "CREATED"


@pytest.mark.parametrize("after", [-1000, 16 * DAY])
def test_a_changed_expiry_lies_within_15_days(merchant: Merchant, after: int):
    merchant.place()
    answer = merchant.call(
        "acquire2/updateExpiredTime",
        merchantOrderNo="order-1",
        expiredTime=now_ms() + after,
    )
    assert answer.code == "62089"


def test_a_code_tells_its_scanner_only_after_the_scan(merchant: Merchant):
    qr = merchant.place().token_url
    before = merchant.call("acquire2/getCashierUrlInfo", tokenUrl=qr)
    assert (before.code, before.body) == ("0", {})
    merchant.control("POST", "pos/look", {"qr": qr, "store": "store-001"})
    after = merchant.call("acquire2/getCashierUrlInfo", tokenUrl=qr)
    assert re.fullmatch(r"\+971-\*+\d{4}", after.body["payer"]["mobileNumberMask"])


def test_an_unknown_code_does_not_exist(merchant: Merchant):
    answer = merchant.call("acquire2/getCashierUrlInfo", tokenUrl="https://x/")
    assert answer.code == "62082"


def test_only_a_paid_order_has_a_payer(merchant: Merchant):
    placed = merchant.place()
    ask = {"merchantOrderNo": "order-1"}
    assert merchant.call("acquire2/getOrderPayer", **ask).code == "62015"
    merchant.scan(placed.token_url)
    payer = merchant.call("acquire2/getOrderPayer", **ask).body["payer"]
    assert set(payer) == {"payerMid", "mobileNumberMask", "deviceId", "ipAddress"}
    assert payer["payerMid"] == merchant.get()["paymentInfo"]["payerMid"]


def test_the_whole_request_comes_back(merchant: Merchant):
    asked = order(
        subjectAr="شحن لعبة",
        reserved="note",
        accessoryContent={"goodsDetail": {"goodsName": "Gems", "body": "100"}},
    )
    placed = merchant.call("acquire2/placeOrder", **asked).order
    for name in ("subject", "subjectAr", "reserved", "accessoryContent"):
        assert placed[name] == asked[name]
