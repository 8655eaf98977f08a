"""What is wrong is told at once, and the same thing not again within an hour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.alarms import Alarm, AlarmKind, Trouble, gathered
from tests.fakes import NOW

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
BACKLOG = Trouble(kind=AlarmKind.BACKLOG, about="inbox")
STORE = Trouble(kind=AlarmKind.STORE_REPORTED, about="store-1", mark="3")


def kept(trouble: Trouble, **facts: object) -> Alarm:
    alarm = Alarm(
        kind=trouble.kind, about=trouble.about, facts={}, since=NOW, seen_at=NOW
    )
    return replace(alarm, **facts)  # type: ignore[arg-type]


def test_what_was_never_told_is_told():
    assert kept(BACKLOG).should_be_told(BACKLOG, NOW)


@pytest.mark.parametrize("is_on", [True, False])
def test_what_lasts_or_is_back_is_told_again_after_an_hour_and_no_sooner(is_on):
    alarm = kept(BACKLOG, told_at=NOW, is_on=is_on)
    assert not alarm.should_be_told(BACKLOG, NOW + HOUR - SECOND)
    assert alarm.should_be_told(BACKLOG, NOW + HOUR)


def test_what_depends_on_news_is_told_again_only_with_news():
    alarm = kept(STORE, told_at=NOW, mark="3")
    assert not alarm.should_be_told(STORE, NOW + 2 * HOUR)
    again = replace(STORE, mark="4")
    assert alarm.should_be_told(again, NOW + HOUR)
    assert not alarm.should_be_told(again, NOW + HOUR - SECOND)


def test_a_few_of_a_kind_are_told_each_and_many_as_one():
    few = [Trouble(kind=AlarmKind.UNCREDITED, about=f"T{n}") for n in range(3)]
    assert gathered([*few, BACKLOG]) == [BACKLOG, *few]
    many = [*few, Trouble(kind=AlarmKind.UNCREDITED, about="T3")]
    one = Trouble(kind=AlarmKind.UNCREDITED, facts={"count": "4", "first": "T0"})
    assert gathered([*many, BACKLOG]) == [BACKLOG, one]
