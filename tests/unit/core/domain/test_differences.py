"""What is only late waits for the next statement; what stays is a case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.domain.books import Books, Difference, Here
from core.domain.cases import CaseKind
from core.domain.differences import (
    Fate,
    Known,
    is_known_elsewhere,
    is_only_late,
    is_settled,
    on_another_day,
    parted,
)
from core.domain.statements import There, sort_out
from tests.fakes import NOW
from tests.unit.core.domain.test_books import (
    CREDITED,
    GIVEN_BACK,
    NUMBER,
    OPEN,
    PAID,
    REFUND,
    RETURNED,
    books,
)

DAY = date(2026, 11, 24)
NEXT = DAY + timedelta(days=1)


def known(kind: CaseKind, **facts: str) -> Known:
    difference = Difference(
        kind=kind,
        number=facts.pop("number", NUMBER),
        merchant_order_no=NUMBER,
        there=facts.pop("there", ""),
        here=facts.pop("here", ""),
    )
    return Known(difference=difference, day=DAY, fate=Fate.WAITING)


@pytest.mark.parametrize(
    ("found", "both"),
    [
        (known(CaseKind.PAID_HERE_ONLY), books([PAID])),
        (known(CaseKind.PAID_HERE_ONLY), books([], settled=[PAID])),
        (known(CaseKind.PAID_THERE_ONLY), books([])),
        (known(CaseKind.PAID_THERE_ONLY), books([], GIVEN_BACK)),
        (known(CaseKind.CREDIT_MISSING), books([])),
        (
            known(CaseKind.REFUND_MISSING_THERE, number=REFUND.number),
            books([RETURNED], CREDITED, REFUND),
        ),
        (
            known(CaseKind.REFUND_MISSING_HERE, number=REFUND.number),
            books([], CREDITED, REFUND),
        ),
        (
            known(CaseKind.REFUND_MISSING_HERE, number="RV1", there="REFUND AED 20.00"),
            books([], CREDITED, REFUND),
        ),
        (known(CaseKind.REFUND_MISSING_HERE), books([], GIVEN_BACK)),
    ],
)
def test_what_was_missing_is_settled_once_it_is_there(found, both):
    assert is_settled(found, both)


@pytest.mark.parametrize(
    ("found", "both"),
    [
        (known(CaseKind.PAID_HERE_ONLY), books([])),
        (known(CaseKind.PAID_THERE_ONLY), books([], OPEN)),
        (known(CaseKind.CREDIT_MISSING), books([], replace(CREDITED, credit=1))),
        (
            known(CaseKind.REFUND_MISSING_THERE, number=REFUND.number),
            books([], CREDITED, REFUND),
        ),
        (
            known(CaseKind.REFUND_MISSING_HERE, number="RV1", there="REFUND AED 19.00"),
            books([], CREDITED, REFUND),
        ),
        (
            known(CaseKind.REFUND_MISSING_HERE, number=REFUND.number),
            books([], CREDITED, replace(REFUND, done_at=None)),
        ),
        (known(CaseKind.AMOUNT_DIFFERS), books([PAID])),
        (known(CaseKind.UNKNOWN_NUMBER), books([], None)),
    ],
)
def test_nothing_else_settles_it(found, both):
    assert not is_settled(found, both)


@pytest.mark.parametrize(
    ("found", "first_day", "later"),
    [
        (known(CaseKind.PAID_HERE_ONLY), True, False),
        (known(CaseKind.REFUND_MISSING_THERE), True, False),
        (known(CaseKind.REFUND_MISSING_HERE, here="on its way"), True, False),
        (known(CaseKind.PAID_THERE_ONLY), True, False),
        (known(CaseKind.AMOUNT_DIFFERS), False, False),
        (known(CaseKind.UNKNOWN_NUMBER), False, False),
    ],
)
def test_only_what_may_be_there_the_next_day_waits_for_it(found, first_day, later):
    here = Here(orders={NUMBER: CREDITED})
    now = NOW + timedelta(days=1)
    assert is_only_late(found, DAY, here, now) is first_day
    assert is_only_late(found, NEXT, here, now) is later


def test_a_credit_may_be_late_for_an_hour():
    here = Here(orders={NUMBER: replace(CREDITED, credit=0)})
    found = known(CaseKind.CREDIT_MISSING)
    assert is_only_late(found, DAY, here, NOW + timedelta(minutes=59))
    assert not is_only_late(found, DAY, here, NOW + timedelta(minutes=60))


def test_what_our_books_have_on_another_day_is_remembered_as_settled():
    both = books([PAID, RETURNED], CREDITED, REFUND)
    assert on_another_day(both) == []
    elsewhere = Books(both.there, replace(both.here, paid_today=frozenset()))
    assert [each.kind for each in on_another_day(elsewhere)] == [
        CaseKind.PAID_HERE_ONLY
    ]
    elsewhere = Books(both.there, replace(both.here, refunded_today=frozenset()))
    [late] = on_another_day(elsewhere)
    assert (late.kind, late.number) == (CaseKind.REFUND_MISSING_THERE, REFUND.number)
    unbooked = Books(sort_out([PAID]), Here(orders={NUMBER: OPEN}))
    assert on_another_day(unbooked) == []
    assert on_another_day(Books(There(), both.here)) == []


def test_only_what_another_days_statement_may_have_stays_settled():
    for kind in (CaseKind.PAID_HERE_ONLY, CaseKind.REFUND_MISSING_THERE):
        assert is_known_elsewhere(replace(known(kind), fate=Fate.SETTLED))
        assert not is_known_elsewhere(known(kind))
    again = replace(known(CaseKind.AMOUNT_DIFFERS), fate=Fate.SETTLED)
    assert not is_known_elsewhere(again)


@pytest.mark.parametrize(
    ("alone_here", "earlier", "was_there"),
    [
        (
            known(CaseKind.PAID_HERE_ONLY, here="AED 50.00"),
            known(CaseKind.PAID_THERE_ONLY, there="AED 50.00"),
            True,
        ),
        (
            known(CaseKind.REFUND_MISSING_THERE, number="R1", here="AED 20.00"),
            known(CaseKind.REFUND_MISSING_HERE, number="PT1", there="REFUND AED 20.00"),
            True,
        ),
        (
            known(CaseKind.REFUND_MISSING_THERE, number="R1", here="AED 20.00"),
            known(CaseKind.REFUND_MISSING_HERE, number="PT1", there="REFUND AED 19.00"),
            False,
        ),
        (
            known(CaseKind.REFUND_MISSING_THERE, number="R1", here="AED 50.00"),
            known(CaseKind.PAID_THERE_ONLY, there="AED 50.00"),
            False,
        ),
        (
            known(CaseKind.AMOUNT_DIFFERS, here="AED 50.00"),
            known(CaseKind.PAID_THERE_ONLY, there="AED 50.00"),
            False,
        ),
    ],
)
def test_what_an_earlier_statement_had_is_no_difference(alone_here, earlier, was_there):
    differs, was_before = parted([alone_here.difference], [earlier])
    assert (len(differs), len(was_before)) == ((0, 1) if was_there else (1, 0))
