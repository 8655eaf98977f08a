"""What becomes of a difference between the books: it waits, is a case, or is settled.

What one side wrote down on the other side of midnight is only late: it waits for the
next day's statement, and a case is made of it only when that does not have it either.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.domain.books import Books, Difference, Here
from core.domain.cases import CaseKind
from core.domain.money import Money

_COUNTERPARTS = {
    CaseKind.PAID_HERE_ONLY: CaseKind.PAID_THERE_ONLY,
    CaseKind.REFUND_MISSING_THERE: CaseKind.REFUND_MISSING_HERE,
}
ALONE_HERE = frozenset(_COUNTERPARTS)
"""What our books have, and the statement of the day does not."""
_BEING_BOOKED = timedelta(hours=1)
"""So long after a payment its credit may be missing because it is just being made."""


class Fate(StrEnum):
    """How a difference stands."""

    WAITING = "waiting"  # may be only late
    CASE = "case"  # a person must look
    SETTLED = "settled"  # the books agree about it now


@dataclass(frozen=True, kw_only=True)
class Known:
    """A difference that was found, and how it stands."""

    difference: Difference
    day: date
    """Of the statement with which it was found, Gulf time."""
    fate: Fate
    case_number: int | None = None

    @property
    def key(self) -> tuple[str, CaseKind]:
        """What makes it the same difference when it is found again."""
        return self.difference.number, self.difference.kind


def is_settled(known: Known, books: Books) -> bool:
    """Tell whether a statement and our books have by now what was missing."""
    number, kind = known.difference.number, known.difference.kind
    if kind is CaseKind.PAID_HERE_ONLY:
        return number in books.there.paid
    if kind is CaseKind.REFUND_MISSING_THERE:
        return any(refund.number == number for refund in books.pairs.values())
    order = books.here.orders.get(known.difference.merchant_order_no)
    if order is None:
        return False
    is_booked = {
        CaseKind.PAID_THERE_ONLY: order.payment != 0 or order.given_back_unbooked,
        CaseKind.CREDIT_MISSING: order.is_credited,
        CaseKind.REFUND_MISSING_HERE: order.given_back_unbooked
        or _is_refunded(known.difference, books.here),
    }
    return is_booked.get(kind, False)


def _is_refunded(difference: Difference, here: Here) -> bool:
    """Tell whether our books have that refund by now, by number or by order and sum."""
    return any(
        refund.done_at is not None
        and refund.merchant_order_no == difference.merchant_order_no
        and (
            difference.number in {refund.number, refund.payby_number}
            or difference.there.endswith(str(Money(refund.amount)))
        )
        for refund in here.refunds
    )


def is_known_elsewhere(known: Known) -> bool:
    """Tell whether another day's statement has it; see `on_another_day`."""
    return known.fate is Fate.SETTLED and known.difference.kind in ALONE_HERE


def is_only_late(known: Known, day: date, here: Here, now: datetime) -> bool:
    """Tell whether to wait for another day, after the comparing of that one."""
    difference = known.difference
    order = here.orders.get(difference.merchant_order_no)
    if difference.kind is CaseKind.CREDIT_MISSING:
        paid_at = order.paid_at if order else None
        return paid_at is not None and now - paid_at < _BEING_BOOKED
    may_be_in_the_next = {
        CaseKind.PAID_THERE_ONLY,
        CaseKind.PAID_HERE_ONLY,
        CaseKind.REFUND_MISSING_THERE,
        CaseKind.REFUND_MISSING_HERE,
    }
    return difference.kind in may_be_in_the_next and day <= known.day


def on_another_day(books: Books) -> list[Difference]:
    """Return what this day's statement has and our books have on another day.

    To be remembered as settled: that day's statement will not have it.
    """
    here = books.here
    payments = (
        (CaseKind.PAID_HERE_ONLY, number, order.merchant_order_no, order.payment)
        for number in books.there.paid
        if (order := here.orders.get(number))
        and order.payment
        and number not in here.paid_today
    )
    refunds = (
        (
            CaseKind.REFUND_MISSING_THERE,
            refund.number,
            refund.merchant_order_no,
            refund.amount,
        )
        for refund in books.pairs.values()
        if refund.done_at and refund.number not in here.refunded_today
    )
    return [
        Difference(
            kind=kind, number=number, merchant_order_no=order, here=str(Money(fils))
        )
        for kind, number, order, fils in (*payments, *refunds)
    ]


def case_facts(known: Known, day: date) -> dict[str, str]:
    """Tell support what differs, after the comparing of that day."""
    difference = known.difference
    return {
        "number": difference.number,
        "statement_of": f"{known.day}",
        "compared_until": f"{day}",
        "payby_says": difference.there or "nothing",
        "our_books_say": difference.here or "nothing",
    }


def parted(
    found: Iterable[Difference], known: Iterable[Known]
) -> tuple[list[Difference], list[Difference]]:
    """Part what differs from what an earlier statement had before we booked it.

    What is booked because a statement had it, stands in our books on a later day.
    """
    of_order: dict[str, list[Known]] = defaultdict(list)
    for each in known:
        of_order[each.difference.merchant_order_no].append(each)
    parts: tuple[list[Difference], list[Difference]] = ([], [])
    for difference in found:
        earlier = of_order.get(difference.merchant_order_no, ())
        parts[_was_there(difference, earlier)].append(difference)
    return parts


def _was_there(difference: Difference, earlier: Iterable[Known]) -> bool:
    """Tell whether what is alone here is what was alone there, by number or by sum."""
    counterpart = _COUNTERPARTS.get(difference.kind)
    return any(
        each.difference.kind is counterpart
        and (
            each.difference.number == difference.number
            or each.difference.there.endswith(difference.here)
        )
        for each in earlier
    )
