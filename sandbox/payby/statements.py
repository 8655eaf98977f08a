"""PayBy's statements, and the mistakes that they make on command.

A mistake is in what is written down only: PayBy's own book, and what it answers when
it is asked about an order, stay right.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.payby.numbers import new_order_no
from sandbox.payby.orders import Order, Refund, Status
from sandbox.payby.statement import (
    Form,
    Row,
    all_rows,
    gulf_day,
    payment_row,
    written,
)

TARGET = "payby.statement"
_FEW_LINES = 2
_PAYMENT, _REFUND = "PAYMENT", "REFUND"


@dataclass(frozen=True)
class Draft:
    """A statement before it is written down."""

    form: Form
    rows: list[Row]


Mistake = Callable[[Draft], Draft]


@dataclass
class Statements:
    """Writes the statement of any day; each mistake spoils one of them."""

    mid: str
    clock: Clock
    faults: Faults
    _late: set[str] = field(default_factory=set)
    """PayBy's numbers of payments that stand in the next day's statement."""

    def __post_init__(self) -> None:
        """Declare the mistakes."""
        self.faults.offer([TARGET], [*_MISTAKES, "late", "pays_unpaid"])

    def clear(self) -> None:
        """Put every payment into its own day again."""
        self._late.clear()

    async def of(self, day: date, orders: list[Order], refunds: list[Refund]) -> bytes:
        """Write the ZIP; raises Rejected when there is nothing to write."""
        fault = self.faults.take(TARGET)
        rows = [r for r in all_rows(orders, refunds) if self._day(r) == day]
        draft = Draft(Form(mid=self.mid, day=day), rows)
        if fault is not None:
            draft = self._spoilt(draft, fault.mode, orders)
        packed = await asyncio.to_thread(written, draft.form, draft.rows)
        is_damaged = fault is not None and fault.mode == "damaged"
        return packed[: len(packed) // 2] if is_damaged else packed

    def _day(self, row: Row) -> date:
        late = timedelta(days=1 if row.order_no in self._late else 0)
        return gulf_day(row.at) + late

    def _spoilt(self, draft: Draft, mode: str, orders: list[Order]) -> Draft:
        if mode == "late":
            moved = [row for row in draft.rows if _is(row, _PAYMENT)][-1:]
            self._late.update(row.order_no for row in moved)
            return replace(draft, rows=_without(draft.rows, moved))
        if mode == "pays_unpaid":
            unpaid = [o for o in orders if o.status is Status.CREATED][-1:]
            now = self.clock.now_ms()
            return _with(draft, [payment_row(order, now, "") for order in unpaid])
        return _MISTAKES[mode](draft)


def _lacks_payment(draft: Draft) -> Draft:
    return replace(draft, rows=_without(draft.rows, _first(draft, _PAYMENT)))


def _lacks_refund(draft: Draft) -> Draft:
    return replace(draft, rows=_without(draft.rows, _first(draft, _REFUND)))


def _other_amount(draft: Draft) -> Draft:
    """Let the first payment be a fils more than it was."""
    first = _first(draft, _PAYMENT)
    more = [
        row.changed(
            totalAmount=f"{Decimal(row.cells['totalAmount']) + Decimal('0.01')}"
        )
        for row in first
    ]
    return replace(draft, rows=more + _without(draft.rows, first))


def _doubled(draft: Draft) -> Draft:
    return _with(draft, _first(draft, _PAYMENT))


def _adds_payment(draft: Draft) -> Draft:
    """Let somebody else's payment slip in."""
    return _with(
        draft,
        [
            row.changed(
                merchantOrderNo=f"X-{row.order_no}", orderNo=new_order_no(row.at)
            )
            for row in _first(draft, _PAYMENT)
        ],
    )


def _adds_refund(draft: Draft) -> Draft:
    """Let the first payment be given back, as by somebody in PayBy's portal."""
    return _with(draft, [_given_back(r, _REFUND) for r in _first(draft, _PAYMENT)])


def _chargeback(draft: Draft) -> Draft:
    return _with(draft, [_given_back(r, "CHARGEBACK") for r in _first(draft, _PAYMENT)])


def _given_back(row: Row, transaction_type: str) -> Row:
    number = new_order_no(row.at)
    return row.changed(
        transactionType=transaction_type,
        merchantOrderNo=number,
        orderNo=number,
        originMerchantOrderNo=row.cells["merchantOrderNo"],
    )


def _reverted(draft: Draft) -> Draft:
    first = _first(draft, _PAYMENT)
    undone = [row.changed(status="REVERTED") for row in first]
    return replace(draft, rows=undone + _without(draft.rows, first))


def _miscounted(draft: Draft) -> Draft:
    return replace(draft, form=replace(draft.form, more_promised=1))


def _other_day(draft: Draft) -> Draft:
    before = draft.form.day - timedelta(days=1)
    return replace(draft, form=replace(draft.form, day=before))


def _split(draft: Draft) -> Draft:
    return replace(draft, form=replace(draft.form, lines_per_file=_FEW_LINES))


_MISTAKES: dict[str, Mistake] = {
    "lacks_payment": _lacks_payment,
    "lacks_refund": _lacks_refund,
    "other_amount": _other_amount,
    "doubled": _doubled,
    "adds_payment": _adds_payment,
    "adds_refund": _adds_refund,
    "chargeback": _chargeback,
    "reverted": _reverted,
    "miscounted": _miscounted,
    "other_day": _other_day,
    "split": _split,
    "damaged": lambda draft: draft,
}


def _is(row: Row, transaction_type: str) -> bool:
    return row.cells["transactionType"] == transaction_type


def _first(draft: Draft, transaction_type: str) -> list[Row]:
    return [row for row in draft.rows if _is(row, transaction_type)][:1]


def _without(rows: list[Row], some: list[Row]) -> list[Row]:
    return [row for row in rows if row not in some]


def _with(draft: Draft, more: list[Row]) -> Draft:
    return replace(draft, rows=draft.rows + more)
