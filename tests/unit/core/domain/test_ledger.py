"""Every entry balances, and money is never made on the way to an account."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ledger import (
    PAYBY,
    UNALLOCATED,
    credit_entry,
    online_account,
    payment_entry,
    refund_entry,
    returned_entry,
    set_aside_entry,
)
from core.domain.money import Money
from tests.fakes import a_refund, an_order


@given(st.integers(1, 99_999_999_999_999))
def test_the_postings_of_every_entry_sum_to_zero(fils):
    order = an_order(amount=Money(fils))
    refund = a_refund(amount=Money(fils))
    for entry in (
        payment_entry(order),
        credit_entry(order, order.amount),
        set_aside_entry(refund, UNALLOCATED),
        returned_entry(refund, UNALLOCATED),
        refund_entry(refund),
    ):
        assert sum((p.amount for p in entry.postings), Money(0)) == Money(0)
        assert entry.merchant_order_no == order.merchant_order_no


def test_a_paid_and_credited_order_leaves_payby_owing_what_the_account_holds():
    order = an_order(amount=Money(5000))
    books: Counter[str] = Counter()
    for entry in (payment_entry(order), credit_entry(order, order.amount)):
        for posting in entry.postings:
            books[posting.ledger_account] += posting.amount.fils
    assert books == {PAYBY: 5000, UNALLOCATED: 0, "account:player-1001": -5000}


@pytest.mark.parametrize(
    ("last", "left"),
    [
        (refund_entry, {PAYBY: 3000, "account:player-1001": -3000}),
        (
            lambda refund: returned_entry(refund, online_account("player-1001")),
            {PAYBY: 5000, "account:player-1001": -5000},
        ),
    ],
)
def test_money_set_aside_leaves_the_books_or_returns(last, left):
    order, refund = an_order(amount=Money(5000)), a_refund(amount=Money(2000))
    books: Counter[str] = Counter()
    for entry in (
        payment_entry(order),
        credit_entry(order, order.amount),
        set_aside_entry(refund, online_account(order.account_id)),
        last(refund),
    ):
        for posting in entry.postings:
            books[posting.ledger_account] += posting.amount.fils
    assert {name: fils for name, fils in books.items() if fils} == left
