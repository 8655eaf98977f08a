from decimal import Decimal

import pytest

from sandbox.payby.agenda import DAY, HOUR, MINUTE
from sandbox.payby.codes import Rejected
from sandbox.payby.orders import Failure, RefundStatus, Status
from sandbox.payby.requests import PlaceRefund
from sandbox.payby.wallets import BalanceTooLow
from tests.unit.sandbox.payby.conftest import START, Books, request


def refund(number: str = "refund-1", amount: int = 20) -> PlaceRefund:
    return PlaceRefund.model_validate(
        {
            "refundMerchantOrderNo": number,
            "originMerchantOrderNo": "order-1",
            "amount": {"amount": amount, "currency": "AED"},
        }
    )


def test_an_order_expires_at_its_time_and_not_before(books: Books):
    order = books.orders.place(request(), START)
    books.clock.now = START + 40 * HOUR - 1
    assert books.orders.find("order-1").status is Status.CREATED
    books.clock.now += 1
    books.orders.all()
    assert (order.status, order.failure) == (Status.FAILURE, Failure.EXPIRED)


def test_a_changed_expiry_is_the_only_one_that_counts(books: Books):
    order = books.orders.place(request(), START)
    books.orders.change_expiry(order, START + 60 * HOUR)
    books.clock.now = START + 50 * HOUR
    assert books.orders.find("order-1").status is Status.CREATED
    books.clock.now = START + 60 * HOUR
    assert books.orders.find("order-1").status is Status.FAILURE


def test_a_paid_order_settles_later_and_never_expires(books: Books):
    order = books.paid_order()
    books.clock.now += 10 * MINUTE
    assert books.orders.find("order-1").status is Status.SETTLED
    assert books.merchant.balance == Decimal("149.50")
    books.clock.now += DAY * 3
    books.orders.all()
    assert order.status is Status.SETTLED
    assert books.paid == [order]


def test_a_wallet_that_lacks_the_amount_leaves_the_order_open(books: Books):
    with pytest.raises(BalanceTooLow):
        books.paid_order(amount=5001)
    assert books.orders.find("order-1").status is Status.CREATED
    assert books.store.balance == Decimal(5000)
    assert books.paid == []


@pytest.mark.parametrize("late", [False, True])
def test_an_order_is_paid_once(books: Books, *, late: bool):
    order = books.paid_order()
    assert order.payment is not None
    with pytest.raises(Rejected) as caught:
        books.orders.pay(order, order.payment, late=late)
    assert caught.value.name == "ORDER_PAID"
    assert books.store.balance == Decimal(4950)


def test_a_refund_goes_step_by_step_and_gives_the_money_back_at_the_end(books: Books):
    books.paid_order()
    placed = books.refunds.place(refund(), books.clock.now)
    steps = []
    for _ in range(3):
        books.refunds.all()
        steps.append((placed.status, books.store.balance))
        books.clock.now += MINUTE // 2
    assert steps == [
        (RefundStatus.CREATED, Decimal(4950)),
        (RefundStatus.REFUNDED_SETTLED, Decimal(4950)),
        (RefundStatus.SUCCESS, Decimal(4970)),
    ]
    assert books.refunded == [placed]


def test_a_refund_that_fails_gives_the_merchant_the_money_back(books: Books):
    books.paid_order()
    books.troubles.append("fails")
    placed = books.refunds.place(refund(amount=50), books.clock.now)
    books.clock.now += MINUTE
    assert books.refunds.all() == books.refunded == [placed]
    assert placed.to_wire()["status"] == "FAILURE"
    assert books.store.balance == Decimal(4950)
    assert books.merchant.balance == Decimal(100)
    assert books.refunds.remaining(placed.origin) == 50


def test_a_refund_that_stays_where_it_is_moves_on_later(books: Books):
    books.paid_order()
    books.troubles.extend(["stays"] * 3)
    placed = books.refunds.place(refund(), books.clock.now)
    steps = []
    for _ in range(6):
        books.refunds.all()
        steps.append(placed.status)
        books.clock.now += MINUTE // 2
    assert steps[3:5] == [RefundStatus.CREATED, RefundStatus.REFUNDED_SETTLED]
    assert books.refunded == [placed]


def test_the_portal_gives_back_all_that_is_left_and_no_more(books: Books):
    order = books.paid_order()
    books.refunds.place(refund(amount=20), books.clock.now)
    assert books.refunds.begin(order, Decimal(5)).amount == 5
    assert books.refunds.begin(order, None).amount == 25
    with pytest.raises(Rejected) as caught:
        books.refunds.begin(order, None)
    assert caught.value.name == "REFUND_AMOUNT_EXCEEDED"


def test_a_refund_is_possible_for_180_days(books: Books):
    books.paid_order()
    limit = books.clock.now + 180 * DAY
    assert books.refunds.place(refund("refund-1"), limit).amount == 20
    with pytest.raises(Rejected) as caught:
        books.refunds.place(refund("refund-2"), limit + 1)
    assert caught.value.name == "REFUND_REJECTED"


def test_a_refund_beyond_the_merchant_s_balance_is_rejected(books: Books):
    books.paid_order(amount=200)
    with pytest.raises(Rejected) as caught:
        books.refunds.place(refund(amount=101), books.clock.now)
    assert caught.value.name == "REFUND_REJECTED"
    assert books.refunds.all() == []
