"""A payment is an order's only when every fact agrees."""

from decimal import Decimal

import pytest

from core.domain.orders import Status
from core.domain.payments import (
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    contradiction,
    refund_contradiction,
)
from tests.fakes import PAYEE, a_payment, a_refund, an_order


def test_a_payment_that_agrees_in_everything_is_the_orders():
    order = an_order()
    assert contradiction(order, a_payment(order), PAYEE) == ""
    known = an_order(payby_order_no="131404956265007836", status=Status.OPEN)
    assert contradiction(known, a_payment(known), PAYEE) == ""


def test_an_amount_agrees_however_many_zeros_payby_writes():
    order = an_order()
    for amount in ("50", "50.0", "50.00", "5E+1"):
        assert not contradiction(order, a_payment(order, amount=Decimal(amount)), PAYEE)


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"merchant_order_no": "T1"}, "number is T1, not T261124-AAAA2222"),
        ({"amount": Decimal("50.01")}, "amount is 50.01, not 50.00"),
        ({"amount": Decimal(-50)}, "amount is -50, not 50.00"),
        ({"currency": "USD"}, "currency is USD, not AED"),
        ({"currency": "aed"}, "currency is aed, not AED"),
        ({"payee_mid": "200000000999"}, f"payee is 200000000999, not {PAYEE}"),
        ({"payee_mid": ""}, f"payee is , not {PAYEE}"),
        ({"payby_order_no": "9"}, "PayBy number is 9, not 131404956265007836"),
    ],
)
def test_each_fact_that_disagrees_is_named(facts, fault):
    order = an_order(payby_order_no="131404956265007836", status=Status.OPEN)
    assert contradiction(order, a_payment(order, **facts), PAYEE) == fault


def test_all_faults_are_named_at_once():
    order = an_order()
    seen = a_payment(order, amount=Decimal(1), currency="USD")
    assert contradiction(order, seen, PAYEE).count(";") == 1


@pytest.mark.parametrize(
    ("status", "revoked", "paid"),
    [
        ("CREATED", False, False),
        ("PAID_SUCCESS", False, True),
        ("SETTLED", False, True),
        ("PAID_SUCCESS", True, False),
        ("SETTLED", True, False),
        ("FAILURE", False, False),
        ("AUTHORIZATION", False, False),
    ],
)
def test_money_has_arrived_only_when_payby_says_so_and_keeps_it(status, revoked, paid):
    seen = a_payment(an_order(), status=GatewayStatus(status), revoked=revoked)
    assert seen.is_paid is paid


def test_a_status_that_payby_adds_later_is_unknown_and_no_error():
    assert GatewayStatus("HALF_PAID") is GatewayStatus.UNKNOWN


def seen(**facts: object) -> GatewayRefund:
    usual: dict[str, object] = {
        "refund_merchant_order_no": "R261124-AAAA2222",
        "payby_order_no": "1914",
        "origin_merchant_order_no": "T261124-AAAA2222",
        "status": GatewayRefundStatus("SUCCESS"),
        "amount": Decimal("50.00"),
        "currency": "AED",
    }
    return GatewayRefund(**(usual | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({}, ""),
        ({"origin_merchant_order_no": ""}, ""),
        ({"amount": Decimal(50)}, ""),
        ({"amount": Decimal("50.01")}, "amount is 50.01, not 50.00"),
        ({"currency": "USD"}, "currency is USD, not AED"),
        ({"payby_order_no": "9"}, "PayBy number is 9, not 1914"),
        ({"origin_merchant_order_no": "T1"}, "order is T1, not T261124-AAAA2222"),
        (
            {"refund_merchant_order_no": "R1"},
            "refund number is R1, not R261124-AAAA2222",
        ),
    ],
)
def test_each_fact_of_a_refund_that_disagrees_is_named(facts, fault):
    assert (
        refund_contradiction(a_refund(payby_refund_no="1914"), seen(**facts)) == fault
    )


def test_any_number_of_paybys_agrees_until_it_has_told_one():
    assert refund_contradiction(a_refund(), seen(payby_order_no="9")) == ""


def test_a_refund_status_that_payby_adds_later_reads_as_unknown():
    assert GatewayRefundStatus("X") is GatewayRefundStatus.UNKNOWN
