"""A day's figures count that Gulf day and no other, on either database."""

from datetime import date, timedelta

import pytest

from core.database.day_figures import SqlDayFigures
from core.database.orders import SqlOrders
from core.domain.money import Money
from core.domain.orders import Status
from tests.fakes import NOW, a_payment, an_order

TODAY = date(2026, 11, 24)
MIDNIGHT = NOW.replace(hour=20)  # the next day begins in the Gulf


@pytest.fixture
def orders(database, clock):
    return SqlOrders(database, clock)


@pytest.fixture
def days(database):
    return SqlDayFigures(database)


async def test_a_day_without_anything_has_figures(days):
    day = await days.of(TODAY)
    assert (day.created, day.paid, day.expired) == (0, 0, 0)
    assert (day.sum_paid, day.time_to_pay, day.paid_by_hour) == (Money(0), None, {})


async def test_what_was_made_and_paid_that_day_is_counted(days, orders):
    for number, minutes in enumerate((3, 5, 30)):
        order = an_order(f"T261124-AAAA222{number}", conversation_id=f"tg:{number}")
        await orders.add(order)
        paid_at = NOW + timedelta(minutes=minutes)
        payment = a_payment(order, paid_at=paid_at, payby_order_no=f"13{number}")
        await orders.settle(order.merchant_order_no, payment, "notice")
    await orders.add(an_order("T261124-BBBB2222", conversation_id="tg:9"))
    day = await days.of(TODAY)
    assert (day.created, day.paid, day.sum_paid) == (4, 3, Money(15_000))
    assert day.time_to_pay == timedelta(minutes=5)
    assert (day.created_by_hour, day.paid_by_hour) == ({12: 4}, {12: 3})


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (MIDNIGHT - timedelta(milliseconds=1), TODAY),
        (MIDNIGHT, TODAY + timedelta(days=1)),
    ],
)
async def test_the_day_ends_at_midnight_in_the_gulf(days, orders, at, day):
    order = an_order(f"T{at:%y%m%d}-AAAA2222", created_at=at, expires_at=at)
    await orders.add(order)
    await orders.opened(order.merchant_order_no, "131", "https://qr", at)
    await orders.ended(order.merchant_order_no, Status.EXPIRED, is_closed=True)
    seen = {each: await days.of(each) for each in (TODAY, TODAY + timedelta(days=1))}
    assert [each for each, counted in seen.items() if counted.created] == [day]
    assert [each for each, counted in seen.items() if counted.expired] == [day]
