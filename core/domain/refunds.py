"""Money that goes back: what was asked for, how it stands, and what is possible.

A refund has a number of its own, ours, fixed before PayBy hears of it. So however
often it is asked for, money goes back once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from core.domain.money import NOTHING, Money
from core.domain.orders import NUMBER_ALPHABET, Order, Status

LONGEST_REASON: Final = 64  # characters; PayBy takes no more
_POSSIBLE_FOR = timedelta(days=180)  # PayBy: Refund


class Way(StrEnum):
    """How money goes back."""

    REFUND = "refund"  # a sum, by Refund
    REVOKE = "revoke"  # the whole order is undone, by Revoke


class RefundStatus(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"  # fixed here; PayBy may have it, or not yet
    PROCESSING = "processing"  # PayBy has it, and is not done
    DONE = "done"  # PayBy has given the money to the wallet that paid
    FAILED = "failed"  # PayBy will not give it back
    REFUSED = "refused"  # the account held too little, so PayBy was never asked


class Obstacle(StrEnum):
    """What keeps money from going back."""

    NOT_PAID = "not_paid"  # nothing was paid, or it went back before it was booked
    BEING_MADE = "being_made"  # its code is being made: what is undone may come again
    NOTHING_LEFT = "nothing_left"  # all of it has gone back
    UNDER_WAY = "under_way"  # another refund of the order has not ended yet
    TOO_LATE = "too_late"  # PayBy gives back for 180 days
    GIVEN_IN_PART = "given_in_part"  # an order is undone whole, and part has gone back
    TOO_MUCH = "too_much"  # more than is left
    NO_AMOUNT = "no_amount"  # nothing, or less
    CHANGED = "changed"  # another sum is left than the one who asks has seen
    ACCOUNT_SPENT = "account_spent"  # the account holds less than that


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money of an order that goes back, or has. Times are UTC."""

    refund_no: str
    """Our number; PayBy's, if somebody began it there."""
    request_id: str
    """The wish it came from: one wish makes at most one refund."""
    merchant_order_no: str
    amount: Money
    way: Way
    status: RefundStatus
    reason: str
    asked_by: str
    """Who of support; empty when it was begun at PayBy and not here."""
    asked_at: datetime
    payby_refund_no: str = ""
    """PayBy's number, once it has told."""
    unsure_at: datetime | None = None
    """When it was last sent without our hearing what came of it."""
    done_at: datetime | None = None
    """When we heard that PayBy has given the money back."""
    trouble: str = ""
    """Why it failed, in PayBy's word or ours."""

    @property
    def is_ours(self) -> bool:
        """Whether it was asked for here."""
        return bool(self.asked_by)

    @property
    def is_under_way(self) -> bool:
        """Whether it has not come to its end."""
        return self.status in {RefundStatus.ASKED, RefundStatus.PROCESSING}

    @property
    def is_done(self) -> bool:
        """Whether the money has gone back."""
        return self.status is RefundStatus.DONE


@dataclass(frozen=True, kw_only=True)
class Possible:
    """What can be given back of an order now, and what keeps it."""

    order: Order
    refunds: tuple[Refund, ...]
    """All of the order, oldest first."""
    left: Money
    """What has neither gone back nor is on its way."""
    most: Money
    """The most that a refund may be now: what is left, and the account still holds."""
    balance: Money | None
    """What the account holds; None while the money is not on it."""
    no_refund: Obstacle | None
    """Why no refund is possible; None when one is."""
    no_revoke: Obstacle | None
    """Why the order cannot be undone; None when it can."""


def new_refund_no(at: datetime) -> str:
    """Make a number like R261124-7K3QXMPA from the day (UTC) and 40 random bits."""
    random = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
    return f"R{at:%y%m%d}-{random}"


def given_back(refunds: Sequence[Refund]) -> Money:
    """Return what has gone back."""
    return sum((each.amount for each in refunds if each.is_done), NOTHING)


def left_of(order: Order, refunds: Sequence[Refund]) -> Money:
    """Return what of an order has neither gone back nor is on its way."""
    counted = [each for each in refunds if each.is_done or each.is_under_way]
    return order.amount + -sum((each.amount for each in counted), NOTHING)


def obstacle_to_refund(
    order: Order, refunds: Sequence[Refund], now: datetime
) -> Obstacle | None:
    """Tell why nothing of the order can be given back; None when something can.

    One at a time: of two people who mean the same refund, one is too late.
    """
    if not order.is_paid:
        return Obstacle.NOT_PAID
    if any(each.is_under_way for each in refunds):
        return Obstacle.UNDER_WAY
    if left_of(order, refunds) <= NOTHING:
        return Obstacle.NOTHING_LEFT
    if now > order.created_at + _POSSIBLE_FOR:
        return Obstacle.TOO_LATE
    return None


def obstacle_to_revoke(
    order: Order, refunds: Sequence[Refund], now: datetime
) -> Obstacle | None:
    """Tell why the order cannot be undone; None when it can.

    An unpaid one can be as long as PayBy has not said that its code is closed.
    """
    if order.status is Status.CREATING:
        return Obstacle.BEING_MADE
    if not order.is_paid:
        return Obstacle.NOT_PAID if order.is_closed else None
    obstacle = obstacle_to_refund(order, refunds, now)
    if obstacle is None and left_of(order, refunds) != order.amount:
        return Obstacle.GIVEN_IN_PART
    return obstacle


def obstacle_to(
    refund: Refund,
    order: Order,
    refunds: Sequence[Refund],
    left: Money,
    now: datetime,
) -> Obstacle | None:
    """Tell why this new refund cannot begin; `left` is what its asker has seen."""
    if refund.way is Way.REVOKE:
        return obstacle_to_revoke(order, refunds, now)
    if obstacle := obstacle_to_refund(order, refunds, now):
        return obstacle
    if left_of(order, refunds) != left:
        return Obstacle.CHANGED
    if refund.amount <= NOTHING:
        return Obstacle.NO_AMOUNT
    return Obstacle.TOO_MUCH if refund.amount > left else None
