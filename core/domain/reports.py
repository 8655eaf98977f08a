"""What came of comparing a day's statement with our books."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.domain.books import Books
from core.domain.differences import Fate, Known
from core.domain.money import Money
from core.domain.statements import OUR_SCENE, Told


@dataclass(frozen=True)
class Total:
    """How many there are of something, and their sum."""

    count: int = 0
    sum: Decimal = Decimal(0)

    def __str__(self) -> str:
        """Write it as people read it."""
        return f"{self.count}, AED {self.sum:,.2f}"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Both sides of a day, in sums."""

    paid_there: Total
    paid_here: Total
    credited: Total
    given_back_there: Total
    given_back_here: Total


@dataclass(frozen=True, kw_only=True)
class Report:
    """What came of comparing a day."""

    day: date
    totals: Totals
    differences: tuple[Known, ...]
    """All of this day, and those of other days that moved, as they stand now."""
    is_finished: bool = True
    """Whether PayBy has answered all that it was asked."""

    def of_fate(self, fate: Fate) -> list[Known]:
        """Return the differences that stand like this."""
        return [each for each in self.differences if each.fate is fate]


def facts_of(report: Report) -> dict[str, str]:
    """Say in a few words what came of a day, for a line in the log."""
    return {
        "day": f"{report.day}",
        **{name: str(total) for name, total in vars(report.totals).items()},
        **{f"{fate}": str(len(report.of_fate(fate))) for fate in Fate},
    }


def totals_of(books: Books) -> Totals:
    """Add up both sides; what the merchant sells in other ways is passed over."""
    there, here = books.there, books.here

    def is_ours(told: Told) -> bool:
        return told.row.pay_scene_code == OUR_SCENE or told.row.order_no in here.orders

    paid = [here.orders[number] for number in here.paid_today]
    refunds = [each for each in here.refunds if each.number in here.refunded_today]
    return Totals(
        paid_there=_total(t.amount for t in there.paid.values() if is_ours(t)),
        paid_here=_total(Money(order.payment).aed for order in paid),
        credited=_total(Money(order.credit).aed for order in paid if order.credit),
        given_back_there=_total(
            t.amount for t in there.given_back.values() if is_ours(t)
        ),
        given_back_here=_total(Money(refund.amount).aed for refund in refunds),
    )


def _total(amounts: Iterable[Decimal]) -> Total:
    each = list(amounts)
    return Total(len(each), sum(each, Decimal(0)))
