"""What can be given back of an order, and what keeps it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.money import NOTHING, Money
from core.domain.orders import Order, Status
from core.domain.refunds import (
    Obstacle,
    Refund,
    RefundStatus,
    Way,
    given_back,
    left_of,
    new_refund_no,
    obstacle_to,
    obstacle_to_refund,
    obstacle_to_revoke,
)
from tests.fakes import NOW, a_refund, an_order

ALL, PART = Money(5000), Money(2000)
PAID = an_order(status=Status.CREDITED)
DAYS = timedelta(days=1)


def part(status: RefundStatus) -> Refund:
    return a_refund(amount=PART, status=status)


def test_a_number_tells_the_day_and_is_no_orders():
    numbers = {new_refund_no(NOW) for _ in range(99)}
    assert len(numbers) == 99
    assert all(number.startswith("R261124-") for number in numbers)


def test_what_is_done_or_under_way_is_not_left_and_what_failed_is():
    left = {status: left_of(PAID, [part(status)]) for status in RefundStatus}
    gone = {RefundStatus.ASKED, RefundStatus.PROCESSING, RefundStatus.DONE}
    for status, money in left.items():
        assert money == (Money(3000) if status in gone else ALL), status
    assert given_back([part(status) for status in RefundStatus]) == PART


STATES: dict[str, tuple[Order, list[Refund], Obstacle | None, Obstacle | None]] = {
    "being made": (
        an_order(status=Status.CREATING),
        [],
        Obstacle.NOT_PAID,
        Obstacle.BEING_MADE,
    ),
    "open": (an_order(status=Status.OPEN), [], Obstacle.NOT_PAID, None),
    "ended": (an_order(status=Status.EXPIRED), [], Obstacle.NOT_PAID, None),
    "closed": (
        an_order(status=Status.EXPIRED, is_closed=True),
        [],
        Obstacle.NOT_PAID,
        Obstacle.NOT_PAID,
    ),
    "held": (an_order(status=Status.PAID), [], None, None),
    "credited": (PAID, [], None, None),
    "given back in part": (
        PAID,
        [part(RefundStatus.DONE)],
        None,
        Obstacle.GIVEN_IN_PART,
    ),
    "a part on its way": (
        PAID,
        [part(RefundStatus.PROCESSING)],
        Obstacle.UNDER_WAY,
        Obstacle.UNDER_WAY,
    ),
    "a part that failed": (PAID, [part(RefundStatus.FAILED)], None, None),
    "all given back": (
        PAID,
        [a_refund(status=RefundStatus.DONE)],
        Obstacle.NOTHING_LEFT,
        Obstacle.NOTHING_LEFT,
    ),
    "of long ago": (
        replace(PAID, created_at=NOW - 181 * DAYS),
        [],
        Obstacle.TOO_LATE,
        Obstacle.TOO_LATE,
    ),
    "of not so long ago": (replace(PAID, created_at=NOW - 180 * DAYS), [], None, None),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_says_what_can_be_given_back(state):
    order, refunds, no_refund, no_revoke = STATES[state]
    assert obstacle_to_refund(order, refunds, NOW) == no_refund
    assert obstacle_to_revoke(order, refunds, NOW) == no_revoke


@pytest.mark.parametrize(
    ("amount", "seen", "obstacle"),
    [
        (PART, Money(3000), None),
        (Money(3000), Money(3000), None),
        (Money(3001), Money(3000), Obstacle.TOO_MUCH),
        (PART, ALL, Obstacle.CHANGED),
        (NOTHING, Money(3000), Obstacle.NO_AMOUNT),
        (Money(-1), Money(3000), Obstacle.NO_AMOUNT),
    ],
)
def test_a_sum_must_be_what_is_left_to_the_one_who_asks(amount, seen, obstacle):
    wish = a_refund("R2", amount=amount)
    refunds = [part(RefundStatus.DONE)]
    assert obstacle_to(wish, PAID, refunds, seen, NOW) == obstacle


def test_an_order_is_undone_by_the_rules_of_undoing():
    wish = a_refund(way=Way.REVOKE)
    refunds = [part(RefundStatus.DONE)]
    assert obstacle_to(wish, PAID, refunds, ALL, NOW) == Obstacle.GIVEN_IN_PART
    assert obstacle_to(wish, PAID, [], ALL, NOW) is None
