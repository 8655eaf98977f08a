from decimal import Decimal
from typing import Any

import pytest

from tests.contract.sandbox.payby.merchant import (
    Answer,
    Merchant,
    Shop,
    wait_until,
)


def aed(text: str) -> dict[str, object]:
    return {"amount": Decimal(text), "currency": "AED"}


def refund(
    merchant: Merchant, number: str = "refund-1", amount: float = 20, **more: Any
) -> Answer:
    content = {
        "refundMerchantOrderNo": number,
        "originMerchantOrderNo": "order-1",
        "amount": {"amount": amount, "currency": "AED"},
        "reason": "wrong account",
        **more,
    }
    return merchant.call("acquire2/refund/placeOrder", **content)


def revoke(merchant: Merchant) -> Answer:
    return merchant.call("acquire2/revokeOrder", merchantOrderNo="order-1")


def get_refund(merchant: Merchant) -> Answer:
    return merchant.call("acquire2/refund/getOrder", refundMerchantOrderNo="refund-1")


def test_a_refund_is_created_and_leaves_the_rest_refundable(merchant: Merchant):
    merchant.pay()
    answer = refund(merchant)
    placed = answer.body["refundOrder"]
    assert placed["status"] == "CREATED"
    assert placed["originMerchantOrderNo"] == "order-1"
    assert placed["amount"] == aed("20.00")
    assert placed["feeRefunded"] == aed("0.00")
    assert answer.body["refundSummary"] == {
        "acquireAmount": aed("50.00"),
        "remainRefundAmount": aed("30.00"),
    }
    assert get_refund(merchant).body == answer.body
    by_theirs = merchant.call("acquire2/refund/getOrder", orderNo=placed["orderNo"])
    assert by_theirs.body == answer.body


def test_an_order_can_be_refunded_by_payby_s_number(merchant: Merchant):
    order_no = merchant.pay().order["orderNo"]
    answer = refund(merchant, originMerchantOrderNo=None, originOrderNo=order_no)
    assert answer.code == "0"


def test_the_same_refund_again_refunds_once(merchant: Merchant):
    merchant.pay()
    first = refund(merchant)
    assert refund(merchant).body == first.body


def test_the_same_refund_number_with_another_amount_is_refused(merchant: Merchant):
    merchant.pay()
    refund(merchant)
    assert refund(merchant, amount=21).code == "62017"


def test_no_more_is_refunded_than_was_paid(merchant: Merchant):
    merchant.pay()
    assert refund(merchant, "refund-1", 30).code == "0"
    assert refund(merchant, "refund-2", 20.01).code == "62006"
    assert refund(merchant, "refund-3", 20).code == "0"


def test_only_a_paid_order_can_be_refunded(merchant: Merchant):
    assert refund(merchant).code == "62004"
    merchant.place()
    assert refund(merchant).code == "62015"
    merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert refund(merchant).code == "62002"


def test_an_unknown_refund_does_not_exist(merchant: Merchant):
    assert get_refund(merchant).code == "62007"
    assert merchant.call("acquire2/refund/getOrder", orderNo="13").code == "62035"


@pytest.mark.parametrize(
    "more",
    [
        {"originOrderNo": "13"},
        {"originMerchantOrderNo": None},
        {"reason": "x" * 65},
        {"operatorName": "x" * 201},
        {"refundMerchantOrderNo": "x" * 65},
        {"merchantOrderNo": "refund-1", "refundMerchantOrderNo": None},
    ],
)
def test_what_the_refund_s_field_table_forbids_is_refused(
    merchant: Merchant, more: dict[str, Any]
):
    merchant.pay()
    assert refund(merchant, **more).code == "400"


def test_a_refund_moves_on_to_success_and_the_money_is_back(fast: Merchant, shop: Shop):
    fast.pay()
    refund(fast, notifyUrl=f"{shop.url}/refunds")
    wait_until(lambda: get_refund(fast).body["refundOrder"]["status"] == "SUCCESS")
    told = shop.wait_for(1)[0].content
    assert told["refundOrder"]["refundMerchantOrderNo"] == "refund-1"
    assert told["refundOrder"]["status"] == "SUCCESS"
    shown = fast.control("GET", "payby/orders/order-1").json()
    assert shown["notices"] == []  # the order itself had nobody to tell
    stores = fast.control("GET", "pos/stores").json()["stores"]
    assert stores[0]["balance"] == 4970


def test_revoking_an_unpaid_order_fails_it(merchant: Merchant):
    merchant.place()
    revoked = revoke(merchant).order
    assert (revoked["status"], revoked["revoked"]) == ("FAILURE", "true")
    assert revoke(merchant).code == "62040"


def test_revoking_a_paid_order_refunds_all_of_it(merchant: Merchant):
    merchant.pay()
    assert revoke(merchant).order["revoked"] == "true"
    assert refund(merchant).code == "62040"
    page = merchant.call(
        "acquire2Query/queryRefundOrderPage",
        startDate="2000-01-01",
        endDate="2100-01-01",
        sortPageParam={"size": 10},
    )
    assert [item["amount"] for item in page.body["items"]] == [aed("50.00")]


def test_revoking_a_settled_order_keeps_its_status(fast: Merchant):
    fast.pay()
    wait_until(lambda: fast.get()["status"] == "SETTLED")
    revoked = revoke(fast).order
    assert (revoked["status"], revoked["revoked"]) == ("SETTLED", "true")


def test_a_refunded_order_cannot_be_revoked(merchant: Merchant):
    merchant.pay()
    refund(merchant)
    assert revoke(merchant).code == "62041"


def test_a_cancelled_order_cannot_be_revoked(merchant: Merchant):
    merchant.place()
    merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert revoke(merchant).code == "62002"


def test_a_refund_is_taken_from_the_merchant_s_balance(merchant: Merchant):
    merchant.pay()
    refund(merchant)
    balance = merchant.call("member/getBalance", currencyCode="AED").body
    assert balance == {
        "memberId": "200000000888",
        "balanceList": [{"availableBalance": aed("9980.00")}],
    }


def test_a_refund_is_asked_for_by_one_number_only(merchant: Merchant):
    both = {"refundMerchantOrderNo": "refund-1", "orderNo": "13"}
    assert merchant.call("acquire2/refund/getOrder", **both).code == "400"


def test_a_refund_fails_on_command_and_says_so(fast: Merchant, shop: Shop):
    fast.pay()
    fast.control("POST", "faults", {"target": "payby.refunds", "mode": "fails"})
    refund(fast, notifyUrl=f"{shop.url}/refunds")
    wait_until(lambda: get_refund(fast).body["refundOrder"]["status"] == "FAILURE")
    told = shop.wait_for(1)[0].content["refundOrder"]
    assert (told["status"], told["failCode"]) == ("FAILURE", "PAYER_ACCOUNT_UNUSABLE")


def test_of_two_refunds_the_one_of_the_order_that_was_aimed_at_fails(fast: Merchant):
    aimed = {"target": "payby.refunds", "mode": "fails", "about": "order-1"}
    fast.control("POST", "faults", aimed)
    for number in ("order-2", "order-1"):
        fast.pay(number)
        refund(fast, f"refund-of-{number}", originMerchantOrderNo=number)

    def ends() -> list[str]:
        answers = [
            fast.call("acquire2/refund/getOrder", refundMerchantOrderNo=number)
            for number in ("refund-of-order-2", "refund-of-order-1")
        ]
        return [answer.body["refundOrder"]["status"] for answer in answers]

    wait_until(lambda: ends() == ["SUCCESS", "FAILURE"])


def test_the_call_that_asks_for_a_refund_is_about_the_order(merchant: Merchant):
    merchant.pay()
    busy = {"target": "payby.refund.placeOrder", "mode": "SYSTEM_ERROR"}
    merchant.control("POST", "faults", busy | {"about": "order-1"})
    assert [refund(merchant).code for _ in range(2)] == ["500", "0"]
    asked = "payby/calls?call=refund.placeOrder&merchantOrderNo=order-1"
    assert len(merchant.control("GET", asked).json()["calls"]) == 2


def test_somebody_refunds_at_the_portal_and_the_merchant_is_told(
    fast: Merchant, shop: Shop
):
    fast.pay(notifyUrl=f"{shop.url}/notices")
    shop.wait_for(1)
    begun = fast.control(
        "POST", "payby/orders/order-1/refund", {"amount": 19.99}
    ).json()
    told = shop.wait_for(2)[1].content["refundOrder"]
    assert told["refundMerchantOrderNo"] == begun["refundMerchantOrderNo"]
    assert told["amount"] == aed("19.99")

    def is_accepted() -> bool:
        [shown] = fast.control("GET", "payby/orders/order-1").json()["refunds"]
        return [attempt["accepted"] for attempt in shown["notices"]] == [True]

    wait_until(is_accepted)
    again = f"payby/refunds/{begun['refundMerchantOrderNo']}/notify"
    assert fast.control("POST", again, {"times": 2}).json()[1]["status"] == 200
    assert shop.wait_for(4)[3].content["refundOrder"] == told


def test_the_portal_gives_back_no_more_than_is_left(merchant: Merchant):
    merchant.place("order-2")
    path = "payby/orders/order-2/refund"
    assert merchant.control("POST", path, {}).json() == {
        "error": "PayBy will not: ORDER_NOT_PAID."
    }
    merchant.pay()
    path = "payby/orders/order-1/refund"
    assert merchant.control("POST", path, {"amount": 50.01}).status_code == 409
    assert merchant.control("POST", path, {"amount": -1}).status_code == 422
    assert merchant.control("POST", path, {}).json()["amount"] == {
        "amount": 50.00,
        "currency": "AED",
    }
    nobody = merchant.control("POST", "payby/refunds/R9/notify", {})
    assert nobody.json() == {"error": "PayBy has no refund 'R9'."}
