"""Every entry balances, and money is never made on the way to an account."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.domain.ledger import PAYBY, UNALLOCATED, credit_entry, payment_entry
from core.domain.money import Money
from tests.fakes import an_order


@given(st.integers(1, 99_999_999_999_999))
def test_the_postings_of_every_entry_sum_to_zero(fils):
    order = an_order(amount=Money(fils))
    for entry in (payment_entry(order), credit_entry(order, order.amount)):
        assert sum((p.amount for p in entry.postings), Money(0)) == Money(0)
        assert entry.merchant_order_no == order.merchant_order_no


def test_a_paid_and_credited_order_leaves_payby_owing_what_the_account_holds():
    order = an_order(amount=Money(5000))
    books: Counter[str] = Counter()
    for entry in (payment_entry(order), credit_entry(order, order.amount)):
        for posting in entry.postings:
            books[posting.ledger_account] += posting.amount.fils
    assert books == {PAYBY: 5000, UNALLOCATED: 0, "account:player-1001": -5000}
