from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.sandbox.payby.merchant import Merchant, Shop, now_ms, wait_until

HOUR = 3_600_000


def look(merchant: Merchant, qr: str, store: str = "store-001") -> Any:
    return merchant.control("POST", "pos/look", {"qr": qr, "store": store})


def balance(merchant: Merchant, store: str = "store-001") -> Any:
    stores = merchant.control("GET", "pos/stores").json()["stores"]
    return next(s["balance"] for s in stores if s["id"] == store)


def test_every_store_has_a_wallet_and_a_password(merchant: Merchant):
    first, second = merchant.control("GET", "pos/stores").json()["stores"]
    assert first == {
        "id": "store-001",
        "name": "Corner Grocery",
        "name_ar": "بقالة الزاوية",
        "area": "Deira",
        "area_ar": "ديرة",
        "balance": 5000,
        "currency": "AED",
        "password": "123456",
    }
    assert second["balance"] == 20


def test_the_pos_shows_the_order_before_it_asks_for_the_password(merchant: Merchant):
    placed = merchant.place()
    assert look(merchant, f" {placed.token_url}\n").json() == {
        "merchantOrderNo": "order-1",
        "orderNo": placed.order["orderNo"],
        "requestTime": placed.order["requestTime"],
        "product": "Game top up",
        "amount": 50,
        "currency": "AED",
        "expiredTime": placed.order["expiredTime"],
        "balance": 5000,
    }
    assert merchant.get()["status"] == "CREATED"


def test_a_scan_pays_the_order_from_the_store_s_wallet(merchant: Merchant):
    placed = merchant.place()
    receipt = merchant.scan(placed.token_url).json()
    paid = merchant.get()
    assert receipt == {
        "status": "SUCCESS",
        "merchantOrderNo": "order-1",
        "orderNo": placed.order["orderNo"],
        "product": "Game top up",
        "amount": 50,
        "currency": "AED",
        "paidTime": paid["paymentInfo"]["paidTime"],
        "store": "store-001",
        "balance": 4950,
    }
    assert paid["status"] == "PAID_SUCCESS"
    assert balance(merchant) == 4950


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_a_wrong_password_pays_nothing(merchant: Merchant):
    qr = merchant.place().token_url
    wrong = merchant.scan(qr, password="000000")
    assert refusal(wrong) == (403, "The password of store-001 is wrong.")
    assert merchant.get()["status"] == "CREATED"


def test_a_store_with_too_little_balance_pays_nothing(merchant: Merchant):
    qr = merchant.place().token_url
    status, sentence = refusal(merchant.scan(qr, "store-002"))
    assert status == 409
    assert sentence == (
        "The balance of store-002 is too low: it has AED 20.00, "
        "the order needs AED 50.00."
    )
    assert balance(merchant, "store-002") == 20
    assert merchant.scan(qr).status_code == 200


def test_a_code_is_paid_once(merchant: Merchant):
    qr = merchant.pay().token_url
    for again in (merchant.scan(qr), look(merchant, qr)):
        assert refusal(again) == (409, "Order order-1 is already paid.")
    assert balance(merchant) == 4950


def test_of_two_scans_at_once_exactly_one_wins(merchant: Merchant):
    qr = merchant.place().token_url
    with ThreadPoolExecutor(8) as cashiers:
        answers = list(cashiers.map(lambda _: merchant.scan(qr), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert balance(merchant) == 4950


def test_a_cancelled_code_is_refused(merchant: Merchant):
    qr = merchant.place().token_url
    merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert refusal(merchant.scan(qr)) == (409, "Order order-1 was cancelled.")


def test_an_expired_code_is_refused(merchant: Merchant):
    qr = merchant.place(expiredTime=now_ms() + 150).token_url
    wait_until(lambda: merchant.get()["status"] == "FAILURE")
    assert refusal(merchant.scan(qr)) == (409, "Order order-1 has expired.")


def test_a_scan_can_be_told_to_happen_at_another_time(merchant: Merchant):
    placed = merchant.place()
    expiry = placed.order["expiredTime"]
    late = merchant.scan(placed.token_url, at=expiry)
    assert refusal(late) == (409, "Order order-1 has expired by then.")
    early = merchant.scan(placed.token_url, at=placed.order["requestTime"] - 1)
    assert refusal(early) == (409, "Order order-1 did not exist yet then.")
    assert merchant.scan(placed.token_url, at=expiry - 1).status_code == 200
    assert merchant.get()["paymentInfo"]["paidTime"] == expiry - 1


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_a_late_payment_wins_over_the_order_s_end(fast: Merchant, shop: Shop, end: str):
    wait = 150 if end == "expired" else HOUR
    qr = fast.place(expiredTime=now_ms() + wait, notifyUrl=shop.url).token_url
    if end == "cancelled":
        fast.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    wait_until(lambda: fast.get()["status"] == "FAILURE")
    assert fast.scan(qr).status_code == 409
    assert fast.scan(qr, late=True).json()["status"] == "SUCCESS"
    paid = fast.get()
    assert paid["status"] in {"PAID_SUCCESS", "SETTLED"}
    assert "failCode" not in paid
    assert shop.wait_for(1)[0].content["acquireOrder"]["merchantOrderNo"] == "order-1"
    assert refusal(fast.scan(qr, late=True)) == (409, "Order order-1 is already paid.")


def test_an_order_whose_cancellation_fails_can_still_be_paid(merchant: Merchant):
    qr = merchant.place().token_url
    content = {"target": "payby.cancelOrder", "mode": "SYSTEM_ERROR"}
    merchant.control("POST", "faults", content)
    merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert merchant.scan(qr).status_code == 200
    assert merchant.get()["status"] == "PAID_SUCCESS"


def test_an_unknown_code_or_store_is_not_found(merchant: Merchant):
    qr = merchant.place().token_url
    unknown = merchant.scan("https://example.com/")
    assert refusal(unknown) == (404, "PayBy does not know this code.")
    assert refusal(merchant.scan(qr, "x")) == (404, "There is no store 'x'.")


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "The body is not JSON: "),
        (b"", 422, "qr: Field required."),
        (b"[]", 422, "The body: Input should be"),
        (b'{"qr":1,"store":"s","password":"p"}', 422, "qr: Input should be"),
        (b'{"qr":"q","store":"s","password":"p","pin":1}', 422, "pin: Extra inputs"),
        (b'{"qr":"q","store":"s","password":"p","at":1.5}', 422, "at: Input should"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_in_a_sentence(
    merchant: Merchant, body: bytes, status: int, sentence: str
):
    response = merchant.http.post("/sandbox/pos/scan", content=body)
    assert response.status_code == status
    assert response.json()["error"].startswith(sentence)


def test_a_reset_fills_the_wallets_again(merchant: Merchant):
    merchant.pay()
    merchant.control("POST", "reset")
    assert balance(merchant) == 5000
