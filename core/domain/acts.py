"""What staff may do to an order, and when: one table for all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.orders import Order, Status
from core.domain.refunds import Possible, Refund

AT_PAYBY_FOR = timedelta(hours=25)
"""So long after its end a code that is not closed there is worth closing."""


class Act(StrEnum):
    """What can be done to an order; the value is the command's name."""

    CHECK = "check"  # ask PayBy now
    RETRY = "retry"  # whatever did not go through
    RESEND = "resend"  # show the payer the code or the result again
    CANCEL = "cancel"
    EXTEND = "extend"
    REFUND = "refund"
    REVOKE = "revoke"
    SAY = "say"  # write to the payer
    FREEZE = "freeze"  # stop the payer's top-ups, or those to the account
    UNFREEZE = "unfreeze"


class Retry(StrEnum):
    """What is tried again; of several, the first that has failed."""

    CREATION = "creation"  # under the same number
    CANCEL = "cancel"  # PayBy gave no clear answer
    REFUND = "refund"
    CREDIT = "credit"
    CLOSING = "closing"  # the code is called off at PayBy
    TELLING = "telling"  # the payer has not heard of it
    NEW_ORDER = "new_order"  # another number, for the same payer, account and amount


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything about an order on which it depends what can be done."""

    order: Order
    now: datetime
    money: Possible
    """What of its money has gone back, and could now."""
    longer_end: datetime | None = None
    """Until when the code could be extended."""
    is_told: bool = True
    """Whether the payer has heard how it stands, as far as we know."""
    is_cancel_unclear: bool = False
    """Whether support was the last to act, cancelled it, and PayBy did not say."""
    is_frozen: bool = False
    """Whether support has stopped its payer's top-ups, or those to its account."""
    retried_as: str = ""
    """The number of the order that took the place of this one."""

    @property
    def can_be_paid(self) -> bool:
        """Whether the code can be shown at a store now."""
        is_open = self.order.status is Status.OPEN
        return is_open and self.now < self.order.expires_at

    @property
    def unfinished_refund(self) -> Refund | None:
        """The newest refund, if it has failed or has not come to its end."""
        newest = self.money.refunds[-1] if self.money.refunds else None
        return newest if newest and not newest.is_done else None


def right_retry(standing: Standing) -> Retry | None:
    """Tell what is to be tried again; None when nothing has failed."""
    order = standing.order
    not_closed = order.is_over and not order.is_closed
    unpaid = order.status in {Status.FAILED, Status.EXPIRED}
    failed = {
        Retry.CREATION: order.status is Status.CREATING,
        Retry.CANCEL: order.status is Status.OPEN and standing.is_cancel_unclear,
        Retry.REFUND: standing.unfinished_refund is not None,
        Retry.CREDIT: order.status is Status.PAID and not standing.is_frozen,
        Retry.CLOSING: not_closed and _is_fresh(standing),
        Retry.TELLING: not standing.is_told and not _is_hidden(standing),
        Retry.NEW_ORDER: unpaid and not standing.retried_as and not standing.is_frozen,
    }
    return next((what for what in Retry if failed[what]), None)


def possible(standing: Standing) -> tuple[Act, ...]:
    """Return what can be done now, in the order in which it is offered."""
    order = standing.order
    can = {
        Act.CHECK: True,
        Act.RETRY: right_retry(standing) is not None,
        Act.RESEND: (standing.can_be_paid and not standing.is_frozen)
        or order.is_paid
        or order.is_over,
        Act.CANCEL: order.status is Status.OPEN,
        Act.EXTEND: standing.longer_end is not None and not standing.is_frozen,
        Act.REFUND: standing.money.no_refund is None,
        Act.REVOKE: standing.money.no_revoke is None,
        Act.SAY: True,
        Act.FREEZE: not standing.is_frozen,
        Act.UNFREEZE: standing.is_frozen,
    }
    return tuple(act for act in Act if can[act])


def _is_hidden(standing: Standing) -> bool:
    """Tell whether there is a code that the payer is not to be shown."""
    return standing.is_frozen and standing.order.status is Status.OPEN


def _is_fresh(standing: Standing) -> bool:
    return standing.now < standing.order.expires_at + AT_PAYBY_FOR
