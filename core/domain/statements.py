"""What PayBy's statement of a day says, sorted out by number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

OUR_SCENE = "CASHTOPUP"
_GIVES_BACK = frozenset({"REFUND", "VOID", "CHARGEBACK"})
_PAYMENT = "PAYMENT"
_DONE, _UNDONE = "SUCCESS", "REVERTED"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRow:
    """A payment, a refund or another movement of the day."""

    paid_at: datetime
    """UTC."""
    transaction_type: str
    """PAYMENT, REFUND, VOID, CHARGEBACK and more."""
    amount: Decimal
    currency: str
    pay_scene_code: str
    """CASHTOPUP for ours; a merchant may sell in other ways too."""
    merchant_order_no: str
    """Our number; of a refund, the refund's."""
    payby_order_no: str
    status: str
    """SUCCESS or REVERTED."""
    store_id: str
    origin_merchant_order_no: str
    """Our number of the order that a refund gives back."""

    @property
    def order_no(self) -> str:
        """Our number of the order that it is about."""
        return self.origin_merchant_order_no or self.merchant_order_no

    @property
    def number(self) -> str:
        """Our number of it; PayBy's, where somebody began it at PayBy."""
        return self.merchant_order_no or self.payby_order_no


@dataclass(frozen=True, slots=True)
class Told:
    """A payment or a refund by the statement, all its rows together."""

    row: StatementRow
    amount: Decimal
    """The sum of the rows: more than one row of a number is a difference."""

    @property
    def money(self) -> str:
        """The amount, as support reads it."""
        return f"{self.row.currency} {self.amount:,.2f}"


@dataclass(frozen=True)
class There:
    """A statement, by number: ours of the payment, or the refund's."""

    paid: dict[str, Told] = field(default_factory=dict)
    given_back: dict[str, Told] = field(default_factory=dict)
    strange: dict[str, StatementRow] = field(default_factory=dict)
    """Movements of kinds that we do not know."""

    def order_numbers(self) -> set[str]:
        """Return our numbers of all orders that it is about."""
        refunded = {told.row.order_no for told in self.given_back.values()}
        strange = {row.order_no for row in self.strange.values()}
        return {*self.paid, *refunded, *strange}


def sort_out(
    rows: Iterable[StatementRow], settlements: Iterable[StatementRow] = ()
) -> There:
    """Put rows in order by what they say.

    What is only among the settlements, which follow the payment, counts as said too.
    A payment that was reverted was paid, and given back.
    """
    there = There()
    for row in rows:
        _take(there, row)
    late = There()
    for row in settlements:
        _take(late, row)
    return There(
        paid=late.paid | there.paid,
        given_back=late.given_back | there.given_back,
        strange=late.strange | there.strange,
    )


def _take(there: There, row: StatementRow) -> None:
    kind = row.transaction_type
    if kind == _PAYMENT and row.status == _DONE:
        _add(there.paid, row, row.amount)
    elif kind == _PAYMENT and row.status == _UNDONE:
        there.paid.setdefault(row.number, Told(row, row.amount))
        _add(there.given_back, row, abs(row.amount))
    elif kind in _GIVES_BACK and row.status == _DONE:
        _add(there.given_back, row, abs(row.amount))
    elif kind not in _GIVES_BACK or row.status != _UNDONE:
        there.strange[row.number] = row


def _add(to: dict[str, Told], row: StatementRow, amount: Decimal) -> None:
    known = to.get(row.number)
    so_far = known.amount if known else Decimal(0)
    to[row.number] = Told(row, so_far + amount)
