from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.stores.hours import Opening, opening

GULF = ZoneInfo("Asia/Dubai")
FRIDAY_BREAK = "Mo-Th,Sa-Su 08:00-23:00; Fr 08:00-12:00,14:00-23:00"


def gulf(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in November 2026, where the 2nd is a Monday and the 6th a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=GULF)


def closes(day: int, hour: int) -> Opening:
    return Opening(open_now=True, changes_at=gulf(day, hour))


def opens(day: int, hour: int) -> Opening:
    return Opening(open_now=False, changes_at=gulf(day, hour))


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("Mo-Su 09:00-22:00", gulf(2, 8, 59), opens(2, 9)),
        ("Mo-Su 09:00-22:00", gulf(2, 9), closes(2, 22)),
        ("Mo-Su 09:00-22:00", gulf(2, 21, 59), closes(2, 22)),
        ("Mo-Su 09:00-22:00", gulf(2, 22), opens(3, 9)),
        ("Mo-Su 18:00-04:00", gulf(3, 1), closes(3, 4)),
        ("Mo-Su 18:00-04:00", gulf(3, 23), closes(4, 4)),
        ("Mo-Su 18:00-04:00", gulf(3, 5), opens(3, 18)),
        ("Mo-Su 09:00-13:00,16:00-22:00", gulf(2, 12), closes(2, 13)),
        ("Mo-Su 09:00-13:00,16:00-22:00", gulf(2, 14), opens(2, 16)),
        (FRIDAY_BREAK, gulf(5, 13), closes(5, 23)),
        (FRIDAY_BREAK, gulf(6, 11), closes(6, 12)),
        (FRIDAY_BREAK, gulf(6, 13), opens(6, 14)),
        ("Mo-Fr 08:00-20:00; Su off", gulf(6, 21), opens(9, 8)),
        ("24/7", gulf(6, 13), Opening(open_now=True, changes_at=None)),
        ("Mo-Su 00:00-24:00", gulf(6, 13), Opening(open_now=True, changes_at=None)),
        ("off", gulf(6, 13), Opening(open_now=False, changes_at=None)),
    ],
)
def test_a_store_is_open_and_changes_by_its_hours(hours, at, expected):
    assert opening(hours, at) == expected


def test_hours_are_meant_in_gulf_time_wherever_the_clock_stands():
    at = datetime(2026, 11, 2, 5, 30, tzinfo=UTC)

    found = opening("Mo-Su 09:00-22:00", at)

    assert found == closes(2, 22)
    assert found.changes_at
    assert found.changes_at.utcoffset() == timedelta(hours=4)


def test_a_change_later_than_two_weeks_is_no_change():
    assert opening("24/7; Nov 16 off", gulf(2, 1)).changes_at == gulf(16, 0)
    assert opening("24/7; Nov 16 off", gulf(1, 23)).changes_at is None


def test_a_remark_alone_is_no_change():
    hours = 'Mo-Su 08:00-20:00 open "till one", Mo-Su 20:00-22:00 open "till two"'

    assert opening(hours, gulf(2, 10)) == closes(2, 22)


def test_a_store_that_may_be_open_counts_as_closed_and_never_opens():
    hours = "Mo-Su 08:00-20:00 unknown; Nov 30 08:00-20:00"
    never = Opening(open_now=False, changes_at=None)

    assert opening("Mo-Su 08:00-20:00 unknown", gulf(2, 10)) == never
    assert opening(hours, gulf(2, 10)) == never
    assert opening(hours, gulf(20, 10)) == opens(30, 8)


@pytest.mark.parametrize("hours", ["nine to five", "Mo-Su 8-23", "25:99-26:00", "Mx"])
def test_hours_nobody_can_read_are_refused_by_name(hours):
    with pytest.raises(ValueError, match=f"{hours!r} cannot be read"):
        opening(hours, gulf(2, 10))


@pytest.mark.parametrize("hours", ["", "   "])
def test_no_hours_are_refused_with_advice(hours):
    with pytest.raises(ValueError, match="write 24/7 for always open"):
        opening(hours, gulf(2, 10))
