"""Double entry: what a paid order books. Every entry's postings sum to zero."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.money import Money
from core.domain.orders import Order

PAYBY = "payby"
"""What PayBy owes the merchant."""
UNALLOCATED = "unallocated"
"""Money received and not yet given to an online account."""
_ONLINE = "account:"


class EntryKind(StrEnum):
    """What an entry books; at most one entry of a kind per order."""

    PAYMENT = "payment"
    CREDIT = "credit"


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


def online_account(account_id: str) -> str:
    """Name the ledger account that holds an online account's balance."""
    return f"{_ONLINE}{account_id}"


def payment_entry(order: Order) -> Entry:
    """Book the arrival of the money at PayBy."""
    return _transfer(order, EntryKind.PAYMENT, debit=PAYBY, credit=UNALLOCATED)


def credit_entry(order: Order) -> Entry:
    """Book the money into the payer's online account."""
    account = online_account(order.account_id)
    return _transfer(order, EntryKind.CREDIT, debit=UNALLOCATED, credit=account)


def _transfer(order: Order, kind: EntryKind, *, debit: str, credit: str) -> Entry:
    postings = (Posting(debit, order.amount), Posting(credit, -order.amount))
    return Entry(order.merchant_order_no, kind, postings)
