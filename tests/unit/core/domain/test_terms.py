"""The waits that PayBy's integration review demands, as we set out with them."""

from dataclasses import fields
from datetime import timedelta

from core.domain.terms import Lifetime, Pace

PACE = Pace()


def seconds(span: timedelta) -> float:
    return span.total_seconds()


def test_an_uncertain_creation_is_asked_about_every_2_to_6_seconds():
    assert 2 <= seconds(PACE.ask_again) <= 6


def test_a_creation_that_stays_uncertain_is_called_off_within_20_to_120_seconds():
    longest_answer = 15
    assert seconds(PACE.creation_patience) >= 20
    assert seconds(PACE.creation_patience) + longest_answer <= 120


def test_cancelling_is_tried_every_3_to_10_seconds_and_at_least_three_times():
    assert 3 <= seconds(PACE.cancel_again) <= 10
    assert PACE.most_cancels >= 3


def test_orders_are_asked_after_until_the_last_notice_of_a_payment_may_come():
    notices = timedelta(minutes=2 + 10 + 10 + 60 + 120 + 360 + 900)
    assert PACE.late_money > notices


def test_a_code_lives_no_longer_than_payby_allows():
    lifetime = Lifetime()
    assert lifetime.first <= timedelta(hours=48)
    assert lifetime.longest <= timedelta(days=15)


def test_every_wait_is_shorter_in_a_rehearsal():
    fast = PACE.faster(10)
    for each in fields(Pace):
        usual = getattr(PACE, each.name)
        if isinstance(usual, timedelta):
            assert getattr(fast, each.name) == usual / 10, each.name
        elif isinstance(usual, tuple):
            assert getattr(fast, each.name) == tuple(s / 10 for s in usual), each.name
