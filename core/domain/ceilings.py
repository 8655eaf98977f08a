"""How much may be topped up in all, how fast, and with how many codes at once.

What is paid counts on the day it was paid, and a code that can still be paid counts
today; what ended unpaid or was given back does not count. Days and months are the
Gulf's.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.domain.limits import Breach, Rule, Span, Whose
from core.domain.money import NOTHING, Money
from core.domain.orders import Order


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A top-up that somebody wants."""

    conversation_id: str
    chats: Collection[str]
    """All chats of the payer, this one too."""
    account_id: str
    amount: Money


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a wish is measured against."""

    orders: Collection[Order]
    """Those of the payer or the account that wait, or lie as little back as matters."""
    first_paid_at: datetime | None
    """When the payer first paid an order."""


@dataclass(frozen=True, kw_only=True)
class Ceilings:
    """The limits; without any, everything goes."""

    sums: Mapping[tuple[Whose, Span], Money] = field(default_factory=dict)
    first: Money | None = None
    """How much in all until a payer's first payment lies `first_for` back."""
    first_for: timedelta = timedelta(hours=24)
    open_codes: int | None = None
    """How many codes a payer may have that can still be paid."""
    codes: int | None = None
    """How many codes a payer may ask for within `pace_over`, whatever they became."""
    pace_over: timedelta = timedelta(hours=1)

    @property
    def are_none(self) -> bool:
        """Whether everything goes."""
        others = (self.first, self.open_codes, self.codes)
        return not self.sums and all(each is None for each in others)

    def faster(self, speed: int) -> "Ceilings":
        """Return the limits of a rehearsal, in which hours run so much faster."""
        return replace(
            self,
            first_for=self.first_for / speed,
            pace_over=self.pace_over / speed,
        )

    def since(self, now: datetime) -> datetime:
        """Return from when on orders matter that do not wait any more."""
        return min(Span.MONTH.start(now), now - self.first_for, now - self.pace_over)

    def breach(self, wish: Wish, past: Past, now: datetime) -> Breach | None:
        """Return the limit that leaves the least room for a wish; None if it fits.

        Of several that leave as much, the one that lasts longest.
        """
        own = [o for o in past.orders if o.conversation_id in wish.chats]
        found = [
            *self._of_codes(own, now),
            *self._of_somebody_new(own, past.first_paid_at, now),
            *self._of_sums(wish, past.orders, now),
        ]
        broken = [each for each in found if each.room < wish.amount]
        return min(broken, key=_least_and_longest) if broken else None

    def _of_codes(self, own: Collection[Order], now: datetime) -> Iterator[Breach]:
        waiting = [order for order in own if order.is_waiting]
        if self.open_codes is not None and len(waiting) >= self.open_codes:
            yield Breach(Rule.OPEN_CODES, NOTHING, None, with_unpaid=True)
        if self.codes is None:
            return
        made = sorted((order.created_at for order in own), reverse=True)
        if len(made) >= self.codes:
            again_at = made[self.codes - 1] + self.pace_over
            if again_at > now:
                yield Breach(Rule.PACE, NOTHING, again_at, with_unpaid=False)

    def _of_somebody_new(
        self, own: Collection[Order], first_paid_at: datetime | None, now: datetime
    ) -> Iterator[Breach]:
        if self.first is None:
            return
        known_at = first_paid_at + self.first_for if first_paid_at else None
        if known_at is None or known_at > now:
            counted = [order for order in own if order.is_waiting or order.is_paid]
            yield _measured(Rule.FIRST, self.first, counted, known_at)

    def _of_sums(
        self, wish: Wish, orders: Collection[Order], now: datetime
    ) -> Iterator[Breach]:
        for (whose, span), most in self.sums.items():
            counted = [
                order
                for order in orders
                if _is_of(order, whose, wish) and _counts(order, span.start(now))
            ]
            yield _measured(Rule.of(whose, span), most, counted, span.end(now))


def _measured(
    rule: Rule, most: Money, counted: Collection[Order], again_at: datetime | None
) -> Breach:
    used = sum(order.amount.fils - order.refunded.fils for order in counted)
    return Breach(
        rule,
        Money(max(0, most.fils - used)),
        again_at,
        with_unpaid=any(order.is_waiting for order in counted),
    )


def _is_of(order: Order, whose: Whose, wish: Wish) -> bool:
    match whose:
        case Whose.PAYER:
            return order.conversation_id in wish.chats
        case Whose.CHAT:
            return order.conversation_id == wish.conversation_id
        case Whose.ACCOUNT:
            return order.account_id == wish.account_id


def _counts(order: Order, start: datetime) -> bool:
    if order.is_waiting:
        return True
    return order.is_paid and order.paid_at is not None and order.paid_at >= start


def _least_and_longest(breach: Breach) -> tuple[int, float]:
    lasts = breach.again_at.timestamp() if breach.again_at else 0
    return breach.room.fils, -lasts
