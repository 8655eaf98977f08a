"""What staff may do to an order in each state: one table, read by a test as by them."""

from datetime import timedelta

import pytest

from core.domain.acts import Act, Retry, Standing, possible, right_retry
from core.domain.money import NOTHING, Money
from core.domain.orders import Order, Status
from core.domain.refunds import Obstacle, Possible, Refund, RefundStatus, Way
from tests.fakes import NOW, an_order

LATER = NOW + timedelta(hours=24)


def money(order: Order, *refunds: Refund) -> Possible:
    """What can go back of an order, as core.refunds finds it."""
    obstacle = None if order.is_paid else Obstacle.NOT_PAID
    no_revoke = obstacle
    if not order.is_paid and order.status is not Status.CREATING:
        no_revoke = Obstacle.NOT_PAID if order.is_closed else None
    return Possible(
        order=order,
        refunds=refunds,
        left=order.amount,
        most=order.amount if order.is_paid else NOTHING,
        balance=None,
        no_refund=obstacle,
        no_revoke=no_revoke,
    )


def a_standing(status: Status, **facts: object) -> Standing:
    ended = status in {Status.FAILED, Status.EXPIRED, Status.CANCELLED}
    order = an_order(status=status, expires_at=LATER, is_closed=ended)
    usual: dict[str, object] = {
        "order": order,
        "now": NOW,
        "money": money(order),
        "longer_end": LATER if status is Status.OPEN else None,
    }
    return Standing(**(usual | facts))  # type: ignore[arg-type]


def a_refund(status: RefundStatus) -> Refund:
    return Refund(
        refund_no="R1",
        request_id="1",
        merchant_order_no="T1",
        amount=Money(100),
        way=Way.REFUND,
        status=status,
        reason="",
        asked_by="Agent One",
        asked_at=NOW,
    )


TABLE = {
    #                  check retry resend cancel extend refund revoke say freeze un-
    Status.CREATING: "   x     x     -      -      -      -      -    x    x     -",
    Status.OPEN: "       x     -     x      x      x      -      x    x    x     -",
    Status.PAID: "       x     x     x      -      -      x      x    x    x     -",
    Status.CREDITED: "   x     -     x      -      -      x      x    x    x     -",
    Status.EXPIRED: "    x     x     x      -      -      -      -    x    x     -",
    Status.CANCELLED: "  x     -     x      -      -      -      -    x    x     -",
    Status.FAILED: "     x     x     x      -      -      -      -    x    x     -",
}
FROZEN = {
    Status.CREATING: "   x     x     -      -      -      -      -    x    -     x",
    Status.OPEN: "       x     -     -      x      -      -      x    x    -     x",
    Status.PAID: "       x     -     x      -      -      x      x    x    -     x",
    Status.CREDITED: "   x     -     x      -      -      x      x    x    -     x",
    Status.EXPIRED: "    x     -     x      -      -      -      -    x    -     x",
    Status.CANCELLED: "  x     -     x      -      -      -      -    x    -     x",
    Status.FAILED: "     x     -     x      -      -      -      -    x    -     x",
}
CELLS = [
    pytest.param(status, frozen, act, cell == "x", id=f"{status}-{frozen}-{act}")
    for frozen, table in ((False, TABLE), (True, FROZEN))
    for status, row in table.items()
    for act, cell in zip(Act, row.split(), strict=True)
]


@pytest.mark.parametrize(("status", "frozen", "act", "offered"), CELLS)
def test_in_each_state_each_command_is_offered_or_not(status, frozen, act, offered):
    assert (act in possible(a_standing(status, is_frozen=frozen))) is offered


def test_the_tables_have_every_state():
    assert set(TABLE) == set(FROZEN) == set(Status)


def test_a_code_whose_time_is_over_is_shown_to_nobody_and_extended_no_more():
    over = a_standing(Status.OPEN, now=LATER, longer_end=None)
    assert Act.RESEND not in possible(over)
    assert Act.EXTEND not in possible(over)
    assert Act.CANCEL in possible(over)


@pytest.mark.parametrize(
    ("status", "facts", "what"),
    [
        (Status.CREATING, {}, Retry.CREATION),
        (Status.OPEN, {}, None),
        (Status.OPEN, {"is_told": False}, Retry.TELLING),
        (Status.OPEN, {"is_cancel_unclear": True}, Retry.CANCEL),
        (Status.CANCELLED, {"is_cancel_unclear": True}, None),
        (Status.PAID, {}, Retry.CREDIT),
        (Status.PAID, {"is_told": False}, Retry.CREDIT),
        (Status.CREDITED, {}, None),
        (Status.CREDITED, {"is_told": False}, Retry.TELLING),
        (Status.EXPIRED, {}, Retry.NEW_ORDER),
        (Status.EXPIRED, {"retried_as": "T2"}, None),
        (Status.EXPIRED, {"is_told": False}, Retry.TELLING),
        (Status.FAILED, {}, Retry.NEW_ORDER),
        (Status.CANCELLED, {}, None),
    ],
)
def test_the_right_thing_is_tried_again(status, facts, what):
    assert right_retry(a_standing(status, **facts)) is what


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED, Status.FAILED])
def test_what_payby_has_not_closed_is_closed_first_as_long_as_it_can_be_paid(status):
    order = an_order(status=status, expires_at=LATER, is_closed=False)
    facts = {"order": order, "money": money(order)}
    assert right_retry(a_standing(status, **facts)) is Retry.CLOSING
    long_after = LATER + timedelta(days=2)
    late = right_retry(a_standing(status, **facts, now=long_after))
    assert late is not Retry.CLOSING


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (RefundStatus.ASKED, Retry.REFUND),
        (RefundStatus.PROCESSING, Retry.REFUND),
        (RefundStatus.FAILED, Retry.REFUND),
        (RefundStatus.REFUSED, Retry.REFUND),
        (RefundStatus.DONE, None),
    ],
)
def test_a_refund_that_did_not_go_through_is_tried_again(status, what):
    order = an_order(status=Status.CREDITED)
    back = money(order, a_refund(RefundStatus.FAILED), a_refund(status))
    assert right_retry(a_standing(Status.CREDITED, money=back)) is what
