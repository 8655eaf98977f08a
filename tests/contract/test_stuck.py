"""What should have moved on is found, oldest first, and nothing else."""

from datetime import timedelta

import pytest

from core.database.messages import Delivery, Record, SqlMessages
from core.database.orders import SqlOrders
from core.database.stuck import Halt, SqlStuck, Stuck
from core.database.tables.refunds import RefundRow
from core.domain.orders import Order, Status
from tests.fakes import NOW, a_payment, an_order

MINUTE = timedelta(minutes=1)
END = NOW + timedelta(hours=24)


@pytest.fixture
def orders(database, clock):
    return SqlOrders(database, clock)


@pytest.fixture
async def order(orders) -> Order:
    added: Order = await orders.add(an_order("T1"))
    return added


@pytest.fixture
def stuck(database):
    return SqlStuck(database)


async def opened(orders: SqlOrders) -> Order:
    return await orders.opened("T1", "131", "https://qr", END)


async def test_a_creation_and_a_credit_may_take_five_minutes(stuck, orders, order):
    assert await stuck.find(NOW + 5 * MINUTE) == []
    late = NOW + 5 * MINUTE + timedelta(milliseconds=1)
    assert await stuck.find(late) == [Stuck(NOW, "T1", Halt.MADE)]
    await opened(orders)
    assert await stuck.find(late) == []
    paid_at = NOW + 7 * MINUTE
    await orders.settle("T1", a_payment(order, paid_at=paid_at), "notice")
    assert await stuck.find(paid_at + 4 * MINUTE) == []
    assert await stuck.find(paid_at + 6 * MINUTE) == [
        Stuck(paid_at, "T1", Halt.CREDITED)
    ]
    await orders.credited("T1")
    assert await stuck.find(paid_at + 6 * MINUTE) == []


async def test_a_code_whose_end_nobody_tells_is_stuck(stuck, orders, order):
    await opened(orders)
    assert await stuck.find(END + 4 * MINUTE) == []
    assert await stuck.find(END + 6 * MINUTE) == [Stuck(END, "T1", Halt.ENDED)]


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED])
async def test_a_code_that_is_not_closed_at_payby_is_stuck(
    stuck, orders, order, status
):
    await opened(orders)
    await orders.ended("T1", status, is_closed=False)
    assert await stuck.find(END + 9 * MINUTE) == []
    assert await stuck.find(END + 11 * MINUTE) == [Stuck(END, "T1", Halt.CLOSED)]
    await orders.closed("T1")
    assert await stuck.find(END + 11 * MINUTE) == []


@pytest.mark.parametrize(
    ("status", "is_stuck"),
    [("asked", True), ("processing", True), ("done", False), ("failed", False)],
)
async def test_a_refund_may_take_an_hour(stuck, database, order, status, is_stuck):
    row = RefundRow(
        refund_no="R1",
        request_id="1",
        merchant_order_no="T1",
        amount_fils=1,
        way="refund",
        status=status,
        reason="",
        asked_by="",
        asked_at=NOW,
        payby_refund_no="",
        trouble="",
    )
    await database.write(lambda session: session.add(row))
    kinds = [each.halt for each in await stuck.find(NOW + 61 * MINUTE)]
    assert (Halt.GIVEN_BACK in kinds) is is_stuck
    kinds = [each.halt for each in await stuck.find(NOW + 59 * MINUTE)]
    assert Halt.GIVEN_BACK not in kinds


def a_record(message_id: str, state: Delivery) -> Record:
    return Record(
        id=message_id, conversation_id="tg:1", merchant_order_no="T1", state=state
    )


@pytest.mark.parametrize(
    ("messages", "is_stuck"),
    [
        ({"T1:credited:0": Delivery.REFUSED}, True),
        ({"T1:held:0": Delivery.UNREACHABLE}, True),
        ({"T1:credited:0": Delivery.WAITING}, True),
        ({"T1:credited:0": Delivery.SENT}, False),
        ({"T1:credited:0": Delivery.PASSED}, False),
        ({"T1:expired:0": Delivery.REFUSED}, False),
        ({"T1:credited:0": Delivery.REFUSED, "T1:credited:again-1:0": "sent"}, False),
        ({"T1:held:0": Delivery.REFUSED, "T1:credited:0": Delivery.SENT}, True),
    ],
)
async def test_a_result_that_reached_nobody_is_stuck(
    stuck, database, clock, orders, messages, is_stuck
):
    await orders.add(an_order("T1"))
    await opened(orders)
    for message_id, state in messages.items():
        record = a_record(message_id, Delivery(state))
        await SqlMessages(database, clock).save(record)
    kinds = [each.halt for each in await stuck.find(NOW + 11 * MINUTE)]
    assert kinds == ([Halt.TOLD] if is_stuck else [])
    assert await stuck.find(NOW + 9 * MINUTE) == []


async def test_the_oldest_come_first(stuck, orders, order, clock):
    clock.pass_by(MINUTE)
    later = an_order("T0", created_at=clock.now(), conversation_id="tg:2")
    await orders.add(later)
    found = await stuck.find(NOW + 30 * MINUTE)
    assert [each.merchant_order_no for each in found] == ["T1", "T0"]
