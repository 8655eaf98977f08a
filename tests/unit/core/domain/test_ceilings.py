"""Limits: what counts, for whom, for how long, and what is left."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.ceilings import Ceilings, Past, Wish
from core.domain.gulf import GULF
from core.domain.limits import Breach, Rule, Span, Whose
from core.domain.money import Money
from core.domain.orders import Order, Status
from tests.fakes import an_order

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=GULF)
TODAY, MONTH = Span.DAY, Span.MONTH
TOMORROW = datetime(2026, 11, 25, tzinfo=GULF)
NEXT_MONTH = datetime(2026, 12, 1, tzinfo=GULF)


def aed(amount: int) -> Money:
    return Money(amount * 100)


def paid(amount: int, at: datetime = NOW, **facts: object) -> Order:
    usual: dict[str, Any] = {"status": Status.CREDITED, "created_at": at}
    return an_order(amount=aed(amount), paid_at=at, **(usual | facts))


def waiting(amount: int, **facts: object) -> Order:
    usual: dict[str, Any] = {
        "status": Status.OPEN,
        "created_at": NOW - timedelta(days=1),
    }
    return an_order(amount=aed(amount), **(usual | facts))


def breach(ceilings: Ceilings, amount: int, *orders: Order) -> Breach | None:
    wish = Wish(
        conversation_id="tg:700001",
        chats=("tg:700001", "wa:1"),
        account_id="player-1001",
        amount=aed(amount),
    )
    times = [o.paid_at for o in orders if o.is_paid and o.paid_at]
    past = Past(orders=orders, first_paid_at=min(times, default=None))
    return ceilings.breach(wish, past, NOW)


def a_sum(whose: Whose, span: Span, most: int = 100) -> Ceilings:
    return Ceilings(sums={(whose, span): aed(most)})


def test_without_limits_everything_goes():
    assert breach(Ceilings(), 1_000_000, paid(1_000_000), waiting(1)) is None
    assert Ceilings().are_none


def test_what_is_paid_and_what_can_be_paid_counts_and_what_ended_unpaid_does_not():
    ended = [
        an_order(status=status)
        for status in (Status.EXPIRED, Status.CANCELLED, Status.FAILED)
    ]
    day = a_sum(Whose.PAYER, TODAY)
    counted = paid(30), waiting(20), *ended
    assert breach(day, 50, *counted) is None
    assert breach(day, 51, *counted) == Breach(
        Rule.PAYER_DAY, aed(50), TOMORROW, with_unpaid=True
    )


def test_what_was_refunded_makes_room_again():
    assert breach(a_sum(Whose.PAYER, TODAY), 60, paid(90, refunded=aed(50))) is None
    assert breach(a_sum(Whose.PAYER, TODAY), 61, paid(90, refunded=aed(50)))


def test_cash_that_was_given_back_before_it_was_booked_does_not_count():
    given_back = replace(paid(90), status=Status.CANCELLED)
    assert breach(a_sum(Whose.PAYER, TODAY), 100, given_back) is None


@pytest.mark.parametrize(
    ("span", "before", "within", "again_at"),
    [
        (
            TODAY,
            datetime(2026, 11, 23, 23, 59, 59, tzinfo=GULF),
            datetime(2026, 11, 24, 0, 0, tzinfo=GULF),
            TOMORROW,
        ),
        (
            MONTH,
            datetime(2026, 10, 31, 23, 59, 59, tzinfo=GULF),
            datetime(2026, 11, 1, 0, 0, tzinfo=GULF),
            NEXT_MONTH,
        ),
    ],
)
def test_days_and_months_begin_at_midnight_in_the_gulf(span, before, within, again_at):
    limit = a_sum(Whose.PAYER, span)
    assert breach(limit, 100, paid(100, before)) is None
    left = breach(limit, 1, paid(100, within))
    assert left == Breach(
        Rule.of(Whose.PAYER, span), aed(0), again_at, with_unpaid=False
    )


@pytest.mark.parametrize("at", ["2026-01-31", "2026-02-28", "2026-12-31"])
def test_every_month_ends_where_the_next_begins(at):
    day = datetime.fromisoformat(at).replace(hour=23, tzinfo=GULF)
    assert MONTH.end(day) == TODAY.end(day)


@pytest.mark.parametrize(
    ("whose", "counts"),
    [
        (Whose.CHAT, [True, False, True, False]),
        (Whose.PAYER, [True, True, True, False]),
        (Whose.ACCOUNT, [True, True, False, True]),
    ],
)
def test_a_payers_chats_count_together_and_an_account_counts_whoever_pays(
    whose, counts
):
    orders = [
        paid(10),
        paid(10, conversation_id="wa:1"),
        paid(10, account_id="player-2"),
        paid(10, conversation_id="tg:2"),
    ]
    broken = [bool(breach(a_sum(whose, TODAY), 91, each)) for each in orders]
    assert broken == counts


def test_of_several_limits_the_one_that_leaves_least_is_told():
    both = Ceilings(
        sums={(Whose.PAYER, TODAY): aed(100), (Whose.ACCOUNT, MONTH): aed(120)}
    )
    elsewhere = paid(60, NOW - timedelta(days=2), conversation_id="tg:2")
    assert breach(both, 70, paid(50), elsewhere) == Breach(
        Rule.ACCOUNT_MONTH, aed(10), NEXT_MONTH, with_unpaid=False
    )


def test_of_two_that_leave_as_little_the_one_that_lasts_longer_is_told():
    both = Ceilings(sums={(Whose.PAYER, TODAY): aed(50), (Whose.PAYER, MONTH): aed(50)})
    told = breach(both, 1, paid(50))
    assert told
    assert told.rule is Rule.PAYER_MONTH


def test_money_that_came_late_over_a_limit_leaves_nothing_and_not_less():
    told = breach(a_sum(Whose.PAYER, TODAY), 1, paid(90), paid(90))
    assert told
    assert told.room == aed(0)


@pytest.mark.parametrize(
    ("orders", "room", "again_at"),
    [
        ((), 100, None),
        ((waiting(60),), 40, None),
        (
            (paid(60, NOW - timedelta(hours=23)),),
            40,
            NOW + timedelta(hours=1),
        ),
        ((paid(60, NOW - timedelta(hours=24)),), None, None),
    ],
)
def test_somebody_new_waits_a_day_after_the_first_payment_for_large_sums(
    orders, room, again_at
):
    told = breach(Ceilings(first=aed(100)), 101, *orders)
    if room is None:
        assert told is None
    else:
        assert told
        assert (told.rule, told.room, told.again_at) == (
            Rule.FIRST,
            aed(room),
            again_at,
        )


def test_so_many_codes_can_be_open_at_once():
    two = Ceilings(open_codes=2)
    other = waiting(5, account_id="player-2")
    strangers = waiting(5, conversation_id="tg:2")
    assert breach(two, 5, waiting(5), strangers, paid(5)) is None
    assert breach(two, 5, waiting(5), other) == Breach(
        Rule.OPEN_CODES, aed(0), None, with_unpaid=True
    )


def test_so_many_codes_can_be_asked_for_in_an_hour_whatever_became_of_them():
    two = Ceilings(codes=2)
    tries = [
        an_order(status=Status.CANCELLED, created_at=NOW - timedelta(minutes=minutes))
        for minutes in (70, 50, 20)
    ]
    assert breach(two, 5, *tries) == Breach(
        Rule.PACE, aed(0), NOW + timedelta(minutes=10), with_unpaid=False
    )
    assert breach(two, 5, *tries[:2]) is None


def test_a_rehearsal_does_not_wait_a_day():
    rehearsed = Ceilings(first=aed(100)).faster(60)
    assert rehearsed.first_for == timedelta(minutes=24)
    assert rehearsed.pace_over == timedelta(minutes=1)
