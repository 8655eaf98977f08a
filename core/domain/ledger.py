"""Double entry: what a paid order books, and what of it goes back.

Every entry's postings sum to zero. Money goes back in two steps. When a refund begins,
its sum is set aside: it leaves the online account, so that nobody spends it and gets
the cash as well. When PayBy has given it back, what was set aside leaves the books; if
PayBy will not, it returns to where it came from.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.money import Money
from core.domain.orders import Order
from core.domain.refunds import Refund

PAYBY = "payby"
"""What PayBy owes the merchant."""
UNALLOCATED = "unallocated"
"""Money received and not yet given to an online account."""
SET_ASIDE = "refunding"
"""Money set aside for refunds that PayBy has not made yet. Above zero: PayBy gave back
what the account did not hold any more."""
_ONLINE = "account:"


class EntryKind(StrEnum):
    """What an entry books; at most one of a kind per order, or else per refund."""

    PAYMENT = "payment"
    CREDIT = "credit"
    SET_ASIDE = "set_aside"
    RETURNED = "returned"
    REFUND = "refund"


@dataclass(frozen=True)
class Posting:
    """One side of an entry: above zero is debit, below zero is credit."""

    ledger_account: str
    amount: Money


@dataclass(frozen=True)
class Entry:
    """A balanced set of postings of one order."""

    merchant_order_no: str
    kind: EntryKind
    postings: tuple[Posting, ...]
    refund_no: str = ""
    """The refund that it belongs to, if any."""


def online_account(account_id: str) -> str:
    """Name the ledger account that holds an online account's balance."""
    return f"{_ONLINE}{account_id}"


def payment_entry(order: Order) -> Entry:
    """Book the arrival of the money at PayBy."""
    postings = _transfer(order.amount, debit=PAYBY, credit=UNALLOCATED)
    return Entry(order.merchant_order_no, EntryKind.PAYMENT, postings)


def credit_entry(order: Order, amount: Money) -> Entry:
    """Book what was not set aside of the money into the payer's online account."""
    account = online_account(order.account_id)
    postings = _transfer(amount, debit=UNALLOCATED, credit=account)
    return Entry(order.merchant_order_no, EntryKind.CREDIT, postings)


def set_aside_entry(refund: Refund, source: str) -> Entry:
    """Set the refund's sum aside, from the ledger account that holds it."""
    return _of_refund(refund, EntryKind.SET_ASIDE, debit=source, credit=SET_ASIDE)


def returned_entry(refund: Refund, source: str) -> Entry:
    """Return what was set aside, since PayBy will not give it back."""
    return _of_refund(refund, EntryKind.RETURNED, debit=SET_ASIDE, credit=source)


def refund_entry(refund: Refund) -> Entry:
    """Book that PayBy has given the money back."""
    return _of_refund(refund, EntryKind.REFUND, debit=SET_ASIDE, credit=PAYBY)


def _of_refund(refund: Refund, kind: EntryKind, *, debit: str, credit: str) -> Entry:
    postings = _transfer(refund.amount, debit=debit, credit=credit)
    return Entry(refund.merchant_order_no, kind, postings, refund.refund_no)


def _transfer(amount: Money, *, debit: str, credit: str) -> tuple[Posting, Posting]:
    return (Posting(debit, amount), Posting(credit, -amount))
