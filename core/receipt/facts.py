"""What a receipt says, however it is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from core.domain.money import Money


@dataclass(frozen=True, kw_only=True)
class ReceiptWords:
    """Every fixed word of a receipt in one language; short ones look best.

    `language` is a code such as "en" or "ar" and decides the direction.
    """

    language: str
    title: str
    paid_in_cash: str
    account: str
    product: str
    paid_at: str
    store: str
    order: str
    payby_order: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts:
    """What was paid, by whose word, and where; `store` is empty when nobody knows."""

    merchant: str
    product: str
    amount: Money
    account: str
    """Masked already."""
    paid_at: str
    """In words, in Gulf time."""
    merchant_order_no: str
    payby_order_no: str
    store: str = ""
    address: str = ""


class Written(Enum):
    """How a row's value is written."""

    AS_IT_RUNS = "as it runs"  # the way of its first letter
    AS_WE_SPEAK = "as we speak"  # words of ours
    NUMBER = "number"  # from left to right in any language
    ORDER_NO = "order number"  # the same, its end in bold


@dataclass(frozen=True)
class Row:
    """A fact: what it is, its value, and a second line for a value that has one."""

    label: str
    value: str
    written: Written = Written.AS_IT_RUNS
    detail: str = ""


def rows(facts: ReceiptFacts, words: ReceiptWords) -> Iterator[Row]:
    """Give the facts that are known, in the order in which people look for them."""
    yield Row(words.account, facts.account)
    yield Row(words.product, facts.product)
    yield Row(words.paid_at, facts.paid_at, Written.AS_WE_SPEAK)
    if facts.store:
        yield Row(words.store, facts.store, detail=facts.address)
    yield Row(words.order, facts.merchant_order_no, Written.ORDER_NO)
    yield Row(words.payby_order, facts.payby_order_no, Written.NUMBER)
