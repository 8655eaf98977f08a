"""The books that must agree: PayBy's statement, our ledger, and the credited accounts.

All to the fils, by number. What is on both sides agrees however late either side
wrote it down; so a day's end lies nowhere in these rules.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from core.domain.cases import CaseKind
from core.domain.money import Money
from core.domain.statements import OUR_SCENE, StatementRow, There, Told


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedOrder:
    """What our books say of an order. Sums are fils."""

    merchant_order_no: str
    conversation_id: str
    account_id: str
    status: str
    amount: int
    paid_at: datetime | None
    given_back_unbooked: bool
    """Whether PayBy gave the money back before it was booked here."""
    payment: int
    """What the ledger says has arrived at PayBy."""
    credit: int
    """What was booked into the order's own online account."""
    kept_for_refunds: int
    """What was never credited, since it was to go back."""

    @property
    def credited(self) -> int:
        """What of the payment has found its place, in fils."""
        return self.credit + self.kept_for_refunds

    @property
    def is_credited(self) -> bool:
        """Whether the whole payment has, and nothing besides."""
        return self.credited == self.payment


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedRefund:
    """What our books say of a refund. Sums are fils."""

    number: str
    """Ours; PayBy's, where it began at PayBy."""
    payby_number: str
    merchant_order_no: str
    amount: int
    done_at: datetime | None
    """Empty while it is on its way."""
    booked: int
    """What the ledger says has left PayBy."""


@dataclass(frozen=True)
class Here:
    """Our books: of a day, and of all that a statement names besides."""

    orders: dict[str, BookedOrder] = field(default_factory=dict)
    refunds: tuple[BookedRefund, ...] = ()
    paid_today: frozenset[str] = frozenset()
    """The orders that were paid on the day, by our books."""
    refunded_today: frozenset[str] = frozenset()
    """The refunds that were done on the day, by our books."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing on which the books do not agree."""

    kind: CaseKind
    number: str
    """Of the payment or refund."""
    merchant_order_no: str
    """Of the order, if it is known; else the same as the number."""
    there: str = ""
    """What PayBy's statement says, for people to read."""
    here: str = ""
    """What our books say."""


@dataclass(frozen=True)
class Books:
    """Both sides, opened beside each other."""

    there: There
    here: Here

    @cached_property
    def pairs(self) -> dict[str, BookedRefund]:
        """Which refund of ours each one of the statement is, by its number there."""
        return _paired(self.there, self.here)


def compare(books: Books) -> list[Difference]:
    """Return all on which the statement and our books differ."""
    there, here = books.there, books.here
    return [
        *_payments(there, here),
        *_absent(there, here),
        *_uncredited(there, here),
        *_refunds(books),
        *_strange(there, here),
    ]


def _paired(there: There, here: Here) -> dict[str, BookedRefund]:
    """Pair refunds by number; else by order and sum.

    An order that is undone, or a refund begun at PayBy, has a number there that we may
    never have heard.
    """
    by_number = {refund.number: refund for refund in here.refunds}
    by_number |= {r.payby_number: r for r in here.refunds if r.payby_number}
    pairs: dict[str, BookedRefund] = {}
    for number, told in there.given_back.items():
        if found := by_number.get(number) or by_number.get(told.row.payby_order_no):
            pairs[number] = found
    paired = {refund.number for refund in pairs.values()}
    left: dict[str, list[BookedRefund]] = defaultdict(list)
    for refund in here.refunds:
        if refund.number not in paired:
            left[refund.merchant_order_no].append(refund)
    for number, told in there.given_back.items():
        if number in pairs:
            continue
        of_order = left[told.row.order_no]
        for refund in [each for each in of_order if _is(told, each.amount)][:1]:
            pairs[number] = refund
            of_order.remove(refund)
    return pairs


def _payments(there: There, here: Here) -> Iterator[Difference]:
    for number, told in there.paid.items():
        order = here.orders.get(number)
        if order is None:
            yield from _unknown(told.row, told.money)
        elif order.payment == 0:
            if not order.given_back_unbooked:
                yield _differs(
                    CaseKind.PAID_THERE_ONLY, number, told.money, order.status
                )
        elif not _is(told, order.payment) or order.payment != order.amount:
            booked = f"{Money(order.payment)} of {Money(order.amount)}"
            yield _differs(CaseKind.AMOUNT_DIFFERS, number, told.money, booked)


def _absent(there: There, here: Here) -> Iterator[Difference]:
    for number in sorted(here.paid_today - there.paid.keys()):
        booked = str(Money(here.orders[number].payment))
        yield _differs(CaseKind.PAID_HERE_ONLY, number, here=booked)


def _uncredited(there: There, here: Here) -> Iterator[Difference]:
    for number, order in here.orders.items():
        if order.is_credited:
            continue
        told = there.paid.get(number)
        kind = CaseKind.CREDIT_MISSING
        if order.credited > order.payment:
            kind = CaseKind.AMOUNT_DIFFERS
        booked = f"credited {Money(order.credited)} of {Money(order.payment)}"
        yield _differs(kind, number, told.money if told else "", booked)


def _refunds(books: Books) -> Iterator[Difference]:
    there, here, pairs = books.there, books.here, books.pairs
    for number, told in there.given_back.items():
        order_no, said = told.row.order_no, f"{told.row.transaction_type} {told.money}"
        refund, order = pairs.get(number), here.orders.get(order_no)
        if order is None:
            yield from _unknown(told.row, said)
        elif refund is None and order.given_back_unbooked:
            continue
        elif refund is None or refund.done_at is None:
            booked = "on its way" if refund else ""
            kind = CaseKind.REFUND_MISSING_HERE
            yield _differs(kind, number, said, booked, order_no)
        elif not _is(told, refund.amount) or refund.booked != refund.amount:
            booked = f"{Money(refund.booked)} of {Money(refund.amount)}"
            kind = CaseKind.AMOUNT_DIFFERS
            yield _differs(kind, number, said, booked, order_no)
    alone = here.refunded_today - {refund.number for refund in pairs.values()}
    for refund in here.refunds:
        if refund.number in alone:
            number, order_no = refund.number, refund.merchant_order_no
            kind = CaseKind.REFUND_MISSING_THERE
            yield _differs(kind, number, "", str(Money(refund.amount)), order_no)


def _strange(there: There, here: Here) -> Iterator[Difference]:
    for number, row in there.strange.items():
        if row.order_no in here.orders or row.pay_scene_code == OUR_SCENE:
            said = f"{row.transaction_type} {row.status} {Told(row, row.amount).money}"
            kind = CaseKind.UNKNOWN_NUMBER
            yield _differs(kind, number, said, order_no=row.order_no)


def _unknown(row: StatementRow, said: str) -> Iterator[Difference]:
    """Pass over what the merchant sells in other ways: it is not in these books."""
    if row.pay_scene_code == OUR_SCENE:
        kind = CaseKind.UNKNOWN_NUMBER
        yield _differs(kind, row.number, said, order_no=row.order_no)


def _is(told: Told, fils: int) -> bool:
    return told.row.currency == "AED" and told.amount == Money(fils).aed


def _differs(
    kind: CaseKind,
    number: str,
    there: str = "",
    here: str = "",
    order_no: str = "",
) -> Difference:
    return Difference(
        kind=kind,
        number=number,
        merchant_order_no=order_no or number,
        there=there,
        here=here,
    )
