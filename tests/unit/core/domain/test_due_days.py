"""Which days should be compared with PayBy's statement by now."""

from datetime import date, datetime, timedelta

import pytest

from core.domain.due_days import OVERDUE_AFTER, READY_AFTER, newest_day, uncompared
from core.domain.gulf import GULF

SUNDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (22, 23, 24))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=GULF)


@pytest.mark.parametrize(
    ("now", "after", "newest"),
    [
        (at(TUESDAY, 1, 59), READY_AFTER, SUNDAY),
        (at(TUESDAY, 2), READY_AFTER, MONDAY),
        (at(TUESDAY, 12, 59), OVERDUE_AFTER, SUNDAY),
        (at(TUESDAY, 13), OVERDUE_AFTER, MONDAY),
    ],
)
def test_a_day_is_due_so_long_after_its_midnight_in_the_gulf(now, after, newest):
    assert newest_day(now, after) == newest


def test_where_none_was_ever_compared_only_the_last_day_is_due():
    assert uncompared([], at(TUESDAY, 3), READY_AFTER) == [MONDAY]


def test_every_day_after_the_first_compared_one_is_due_the_oldest_first():
    compared = [SUNDAY - timedelta(days=2), MONDAY]
    missing = [SUNDAY - timedelta(days=1), SUNDAY]
    assert uncompared(compared, at(TUESDAY, 3), READY_AFTER) == missing


def test_no_day_is_due_where_more_is_compared_than_must_be():
    assert uncompared([SUNDAY, MONDAY], at(TUESDAY, 9), OVERDUE_AFTER) == []
    assert uncompared([MONDAY], at(TUESDAY, 9), OVERDUE_AFTER) == []
