"""When an order is looked at, though nothing happens to it.

The time is kept with the order, so that a hundred thousand open orders cost their rows
and nothing else.
"""

from datetime import datetime, time, timedelta
from zlib import crc32

from core.domain.gulf import GULF
from core.domain.orders import Order, Status
from core.domain.refunds import Refund, RefundStatus
from core.domain.terms import Lifetime, Pace

_NIGHT_BEGINS = time(22)
_NIGHT_ENDS = time(8)
_USEFUL = timedelta(minutes=5)
_JITTER = 0.2


def next_look(
    order: Order, looks: int, now: datetime, pace: Pace, lifetime: Lifetime
) -> datetime | None:
    """Tell when to look next after so many looks in this status; None for never."""
    match order.status:
        case Status.CREATING:
            return now + _interval(order, pace.creation_looks, looks)
        case Status.OPEN:
            return _look_at_open(order, looks, now, pace, lifetime)
        case Status.PAID:
            later = now + _interval(order, pace.credit_looks, looks)
            return None if order.is_refunded else later
        case Status.CREDITED:
            given_up = looks >= len(pace.told_looks)
            return None if given_up else now + pace.told_looks[looks]
        case Status.EXPIRED | Status.CANCELLED | Status.FAILED:
            intervals = pace.ended_looks if order.is_closed else pace.over_looks
            last = order.expires_at + pace.late_money
            later = now + _interval(order, intervals, looks)
            if now >= last:  # once, for it may be that its payer was not told
                return None if looks else later
            return min(later, last)


def next_refund_look(
    refund: Refund, looks: int, now: datetime, pace: Pace
) -> datetime | None:
    """Tell when to look next at a refund; None once its payer is told or given up."""
    if refund.status is RefundStatus.REFUSED:
        return None
    if refund.is_under_way:
        return now + _spread(refund.refund_no, pace.refund_looks, looks)
    given_up = looks >= len(pace.told_looks)
    return None if given_up else now + pace.told_looks[looks]


def _look_at_open(
    order: Order, looks: int, now: datetime, pace: Pace, lifetime: Lifetime
) -> datetime:
    over = order.expires_at + pace.after_the_end
    if now >= over:
        return now + _interval(order, pace.over_looks, looks)
    times = [now + _interval(order, pace.open_looks, looks), over]
    reminder = remind_at(order, lifetime)
    if reminder and reminder > now:
        times.append(reminder)
    return min(times)


def remind_at(order: Order, lifetime: Lifetime) -> datetime | None:
    """Tell when the payer is reminded of the end; None when that would be no use.

    Not at night (22:00 to 08:00, Gulf time) but at eight, unless the code has ended
    by then. Not when the code was made, or last extended, for so short a time only.
    """
    at = order.expires_at - lifetime.reminder
    if not lifetime.reminder or at <= order.created_at:
        return None
    morning = _end_of_night(at)
    if morning and morning + _USEFUL < order.expires_at:
        return morning
    return at


def is_time_to_remind(order: Order, lifetime: Lifetime, now: datetime) -> bool:
    """Tell whether the payer should hear of the end now.

    A reminder that was missed is given as long as the payer can still use it.
    """
    if order.status is not Status.OPEN:
        return False
    at = remind_at(order, lifetime)
    useful_until = order.expires_at - min(_USEFUL, lifetime.reminder / 4)
    return at is not None and at <= now < useful_until


def longer_end(order: Order, lifetime: Lifetime, now: datetime) -> datetime | None:
    """Tell until when one tap would extend the code; None when it cannot."""
    if order.status is not Status.OPEN or now >= order.expires_at:
        return None
    longest = order.created_at + lifetime.longest
    longer = min(order.expires_at + lifetime.extension, longest)
    return longer if longer > order.expires_at else None


def _end_of_night(at: datetime) -> datetime | None:
    """Return when the night ends in which that time lies; None by day."""
    local = at.astimezone(GULF)
    if _NIGHT_ENDS <= local.time() < _NIGHT_BEGINS:
        return None
    morning = local.replace(hour=_NIGHT_ENDS.hour, minute=0, second=0, microsecond=0)
    return morning if local.time() < _NIGHT_ENDS else morning + timedelta(days=1)


def _interval(order: Order, intervals: tuple[timedelta, ...], looks: int) -> timedelta:
    return _spread(order.merchant_order_no, intervals, looks)


def _spread(number: str, intervals: tuple[timedelta, ...], looks: int) -> timedelta:
    """Return the wait after so many looks, a fifth more or less by number and look.

    Orders of the same second are so spread, and a test still knows what comes.
    """
    planned = intervals[min(looks, len(intervals) - 1)]
    part = crc32(f"{number}:{looks}".encode()) / 2**32
    return planned * (1 - _JITTER + 2 * _JITTER * part)
