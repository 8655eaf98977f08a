"""The cashier who fails: why, and that nothing is paid unless it is."""

from typing import Any

import pytest

from tests.contract.sandbox.payby.merchant import Merchant, Shop

SENTENCES = {
    "refused": (409, "The cashier of store-001 will not do it."),
    "no_balance": (409, "The balance of store-001 is too low."),
    "extra_fee": (
        409,
        "The cashier of store-001 asks for a fee of AED 5.00 on top of AED 50.00.",
    ),
    "wrong_amount": (
        409,
        "The cashier of store-001 asks for AED 55.00 instead of AED 50.00.",
    ),
    "pos_error": (503, "The POS of store-001 shows an error."),
    "pos_error_after_payment": (503, "The POS of store-001 shows an error."),
}
UNPAID = SENTENCES.keys() - {"pos_error_after_payment"}


def balance(merchant: Merchant) -> Any:
    return merchant.control("GET", "pos/stores").json()["stores"][0]["balance"]


def on_the_pos(merchant: Merchant, qr: str) -> bool:
    """Whether PayBy says that the code was scanned."""
    info = merchant.call("acquire2/getCashierUrlInfo", tokenUrl=qr).body
    return "payer" in info


def leave(merchant: Merchant, qr: str, store: str = "store-001") -> Any:
    return merchant.control("POST", "pos/leave", {"qr": qr, "store": store})


def look(merchant: Merchant, qr: str, store: str = "store-001") -> None:
    content = {"qr": qr, "store": store}
    assert merchant.control("POST", "pos/look", content).status_code == 200


@pytest.mark.parametrize("trouble", SENTENCES)
def test_each_trouble_is_told_in_a_sentence(merchant: Merchant, trouble: str):
    response = merchant.scan(merchant.place().token_url, trouble=trouble)
    status, sentence = SENTENCES[trouble]
    assert response.status_code == status
    assert response.json() == {"error": sentence, "trouble": trouble}


@pytest.mark.parametrize("trouble", sorted(UNPAID))
def test_a_trouble_takes_nothing_and_leaves_the_code_alive(
    merchant: Merchant, trouble: str
):
    qr = merchant.place().token_url
    merchant.scan(qr, trouble=trouble)
    assert merchant.get()["status"] == "CREATED"
    assert balance(merchant) == 5000
    assert merchant.scan(qr, "store-001").status_code == 200


def test_an_error_can_show_although_the_payment_went_through(
    merchant: Merchant, shop: Shop
):
    qr = merchant.place(notifyUrl=shop.url).token_url
    merchant.scan(qr, trouble="pos_error_after_payment")
    assert merchant.get()["status"] == "PAID_SUCCESS"
    assert balance(merchant) == 4950
    assert shop.wait_for(1)[0].content["acquireOrder"]["status"] == "PAID_SUCCESS"
    again = merchant.scan(qr).json()
    assert again == {"error": "Order order-1 is already paid."}


def test_a_code_that_cannot_be_paid_is_refused_before_any_trouble(merchant: Merchant):
    qr = merchant.pay().token_url
    response = merchant.scan(qr, trouble="refused")
    assert response.json() == {"error": "Order order-1 is already paid."}


def test_a_trouble_nobody_knows_is_refused(merchant: Merchant):
    response = merchant.scan(merchant.place().token_url, trouble="sulking")
    assert response.status_code == 422
    assert response.json()["error"].startswith("trouble: Input should be 'refused',")


def test_a_code_is_on_the_pos_until_it_leaves_it(merchant: Merchant):
    qr = merchant.place().token_url
    assert not on_the_pos(merchant, qr)
    look(merchant, qr)
    assert on_the_pos(merchant, qr)
    assert leave(merchant, qr).json() == {}
    assert not on_the_pos(merchant, qr)
    assert merchant.get()["status"] == "CREATED"


def test_a_code_leaves_only_the_pos_it_is_on(merchant: Merchant):
    qr = merchant.place().token_url
    look(merchant, qr, "store-002")
    response = leave(merchant, qr)
    assert response.status_code == 409
    assert response.json() == {"error": "The code is not on the POS of store-001."}
    assert on_the_pos(merchant, qr)


def test_a_paid_order_keeps_who_scanned_it(merchant: Merchant):
    qr = merchant.pay().token_url
    assert leave(merchant, qr).status_code == 409
    assert on_the_pos(merchant, qr)


@pytest.mark.parametrize("trouble", sorted(UNPAID))
def test_after_a_trouble_the_code_is_off_the_pos_unless_the_pos_itself_fails(
    merchant: Merchant, trouble: str
):
    qr = merchant.place().token_url
    look(merchant, qr)
    merchant.scan(qr, trouble=trouble)
    assert on_the_pos(merchant, qr) == (trouble == "pos_error")
