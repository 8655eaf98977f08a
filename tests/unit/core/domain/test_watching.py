"""When an order is looked at, though nothing happens to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from core.domain.gulf import GULF
from core.domain.orders import Order, Status
from core.domain.terms import Lifetime, Pace
from core.domain.watching import is_time_to_remind, next_look, remind_at
from tests.fakes import NOW, an_order

PACE, LIFETIME = Pace(), Lifetime()
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OPEN = an_order(status=Status.OPEN)


def gulf(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=GULF)


def ends(at: datetime):
    """An open order that was made a day before its end."""
    return replace(OPEN, created_at=at - 24 * HOUR, expires_at=at)


def look(order: Order, looks: int, now: datetime) -> datetime:
    """The next look at an order that is looked at again."""
    again = next_look(order, looks, now, PACE, LIFETIME)
    assert again
    return again


def looks_at(order, until: datetime) -> list[datetime]:
    """All the times at which an order is looked at to which nothing happens."""
    times: list[datetime] = []
    now = order.created_at
    while now < until:
        again = next_look(order, len(times), now, PACE, LIFETIME)
        if again is None:
            break
        times.append(now := again)
    return times


def test_an_open_code_is_asked_after_at_growing_intervals_until_its_end():
    times = looks_at(OPEN, OPEN.expires_at)
    reminder = OPEN.expires_at - 2 * HOUR
    waits = [b - a for a, b in pairwise([OPEN.created_at, *times])]
    assert waits[0] < 2 * MINUTE
    before = [wait for wait, at in zip(waits, times, strict=True) if at < reminder]
    growing = before[: len(PACE.open_looks)]
    assert all(a < b * 1.5 for a, b in pairwise(growing))
    assert waits[8] > 2 * HOUR
    assert len(times) < 20


def test_a_look_falls_on_the_reminder_and_on_the_end():
    order = ends(gulf(18))
    times = looks_at(order, order.expires_at)
    assert order.expires_at - 2 * HOUR in times
    assert times[-1] == order.expires_at + PACE.after_the_end


def test_orders_made_in_the_same_second_are_not_asked_after_in_the_same_second():
    orders = [an_order(f"T261124-{n:08}", status=Status.OPEN) for n in range(100)]
    times = {look(order, 0, NOW) for order in orders}
    assert len(times) > 90
    assert max(times) - min(times) > timedelta(seconds=15)


def test_a_code_that_is_not_closed_yet_is_looked_at_again_within_minutes_of_its_end():
    over = OPEN.expires_at + PACE.after_the_end
    again = look(OPEN, 0, over)
    assert MINUTE / 2 < again - over < 2 * MINUTE


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED, Status.FAILED])
@pytest.mark.parametrize("is_closed", [True, False])
def test_an_ended_order_is_asked_after_until_25_hours_after_its_end(status, is_closed):
    order = replace(OPEN, status=status, is_closed=is_closed)
    order = replace(order, created_at=order.expires_at)
    times = looks_at(order, datetime.max.replace(tzinfo=UTC))
    assert times[-1] == order.expires_at + 25 * HOUR
    assert next_look(order, len(times), times[-1], PACE, LIFETIME) is None


def test_what_ends_later_than_that_is_looked_at_once_so_that_its_payer_hears():
    order = replace(OPEN, status=Status.EXPIRED, is_closed=True)
    late = order.expires_at + 30 * HOUR
    assert look(order, 0, late) < late + 2 * HOUR
    assert next_look(order, 1, late + 2 * HOUR, PACE, LIFETIME) is None


def test_a_code_that_payby_has_closed_is_asked_after_seldom():
    closed = replace(OPEN, status=Status.EXPIRED, is_closed=True)
    not_closed = replace(closed, is_closed=False)
    end = OPEN.expires_at
    assert look(closed, 0, end) > end + 30 * MINUTE
    assert look(not_closed, 0, end) < end + 2 * MINUTE


def test_held_money_is_tried_for_ever():
    order = an_order(status=Status.PAID)
    assert look(order, 1000, NOW) < NOW + 2 * HOUR


def test_a_credited_order_is_looked_at_a_few_times_and_then_never():
    order = an_order(status=Status.CREDITED)
    times = looks_at(order, NOW + 1000 * HOUR)
    assert len(times) == len(PACE.told_looks)


def test_the_reminder_comes_two_hours_before_the_end():
    assert remind_at(ends(gulf(18)), LIFETIME) == gulf(16)


@pytest.mark.parametrize(
    ("end", "reminder"),
    [
        (gulf(9, 30), gulf(8)),  # not at half past seven
        (gulf(0, 30), gulf(22, 30, day=23)),  # the end comes before the morning
        (gulf(7), gulf(5)),  # the same
        (gulf(23, 59), gulf(21, 59)),  # the evening is not night yet
        (gulf(10), gulf(8)),  # nor is eight o'clock
    ],
)
def test_nobody_is_woken_at_night_unless_the_code_ends_before_the_morning(
    end, reminder
):
    assert remind_at(ends(end), LIFETIME) == reminder


def test_a_code_made_for_less_than_the_reminders_time_has_no_reminder():
    order = replace(OPEN, expires_at=OPEN.created_at + HOUR)
    assert remind_at(order, LIFETIME) is None


def test_a_merchant_may_want_no_reminders():
    assert remind_at(ends(gulf(18)), replace(LIFETIME, reminder=timedelta())) is None


def test_an_extended_code_is_reminded_of_again_before_its_new_end():
    order = ends(gulf(18)).extended(gulf(18, day=25))
    assert remind_at(order, LIFETIME) == gulf(16, day=25)


@pytest.mark.parametrize(
    ("now", "is_time"),
    [
        (gulf(15, 59), False),
        (gulf(16), True),
        (gulf(17, 50), True),  # late, and still of use
        (gulf(17, 58), False),  # nobody gets to a store in two minutes
    ],
)
def test_a_reminder_is_given_while_it_is_of_use(now, is_time):
    assert is_time_to_remind(ends(gulf(18)), LIFETIME, now) is is_time


def test_an_order_that_cannot_be_paid_is_not_reminded_of():
    order = replace(ends(gulf(18)), status=Status.CANCELLED)
    assert not is_time_to_remind(order, LIFETIME, gulf(17))


def test_a_rehearsal_runs_faster_all_along():
    pace, lifetime = PACE.faster(60), LIFETIME.faster(60)
    assert pace.ask_again == timedelta(milliseconds=50)
    assert pace.open_looks[0] == timedelta(seconds=1)
    assert pace.most_cancels == PACE.most_cancels
    assert lifetime.first == timedelta(minutes=24)
    assert lifetime.reminder == timedelta(minutes=2)
