"""PayBy's notices: evidence, kept and weighed."""

import json

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.waiting import until
from tests.world import World

MOST = 64 * 1024


def _unknown_kind(size: int) -> bytes:
    notice = {"notify_id": "2026112400001", "acquireSomething": {"pad": ""}}
    notice["acquireSomething"] = {"pad": "x" * (size - len(json.dumps(notice)))}
    return json.dumps(notice).encode()


@pytest.mark.parametrize(
    ("network", "signature"),
    [(TELEGRAM, "bad"), (WHATSAPP, "missing")],
    indirect=["network"],
)
def test_a_notice_that_payby_did_not_sign_is_refused(world: World, signature: str):
    payer = world.phone()
    code = payer.order()
    paid = {"status": "PAID_SUCCESS"}
    (answer,) = world.notify(code.number, signature=signature, mutate=paid)
    assert answer["status"] == 401
    code.pay()
    assert len(code.results()) == 1
    assert world.verdicts(code.number) == ["paid"]


@pytest.mark.parametrize(
    ("network", "field", "value", "said"),
    [
        (TELEGRAM, "totalAmount.amount", 1, "amount is 1"),
        (WHATSAPP, "totalAmount.currency", "USD", "currency is USD"),
        (TELEGRAM, "payeeMid", "200000000999", "payee is 200000000999"),
    ],
    indirect=["network"],
)
def test_a_payment_that_is_not_this_orders_credits_nothing(
    world: World, field: str, value: object, said: str
):
    payer = world.phone()
    code = payer.order()
    claim = {"status": "PAID_SUCCESS", field: value}
    (answer,) = world.notify(code.number, mutate=claim)
    assert answer["status"] == 200
    (verdict,) = until(lambda: world.verdicts(code.number))
    assert said in verdict
    assert "AED 0.00" in payer.balance()
    code.pay()
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


def test_a_notice_for_an_unknown_order_is_kept_and_credits_nothing(world: World):
    payer = world.phone()
    code = payer.order()
    stranger = {"status": "PAID_SUCCESS", "merchantOrderNo": "T261124-ZZZZZZZZ"}
    (answer,) = world.notify(code.number, mutate=stranger)
    assert answer["status"] == 200
    (verdict,) = until(lambda: world.verdicts("T261124-ZZZZZZZZ"))
    assert verdict.endswith("no order of ours has that number")
    assert "AED 0.00" in payer.balance()


def test_a_kind_that_we_do_not_know_is_kept_and_accepted(world: World):
    kept = len(world.verdicts(""))
    assert world.bring_notice(_unknown_kind(MOST)) == 200
    until(lambda: len(world.verdicts("")) == kept + 1, "the notice to be kept")


def test_a_notice_of_more_than_64_kib_is_too_large(world: World):
    assert world.bring_notice(_unknown_kind(MOST + 1)) == 413


@pytest.mark.parametrize("body", [b"paid!", b"", b"[1,", b"\xff\xfe"])
def test_what_is_not_json_is_no_notice(world: World, body: bytes):
    assert world.bring_notice(body) == 400


@ON_BOTH_NETWORKS
def test_a_payment_before_we_know_of_our_code_is_credited(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "drop_after_accept")
    payer.confirm()
    payer.wait_for("PayBy needs a little longer")
    (number,) = world.order_numbers() - before
    world.scan(world.payby_order(number)["tokenUrl"])
    payer.wait_for("paid. Thank you!")
    assert "AED 50.00" in payer.balance()
    until(lambda: world.push_state(number, "credited"), "the result")
    assert len(payer.said("paid. Thank you!")) == 1


@ON_BOTH_NETWORKS
def test_money_that_somebody_gives_back_at_the_portal_is_told_and_booked(world: World):
    payer = world.phone()
    code = payer.order()
    code.pay()
    assert code.results()
    world.post(f"payby/orders/{code.number}/refund", {"amount": 20})
    told = payer.wait_for("PayBy has given back AED 20.00")
    assert "the store gives you the cash" in told.text
    assert world.cases(code.number) == ["refunded_elsewhere"]
    assert "AED 30.00" in payer.balance()
