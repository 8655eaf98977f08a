"""What the story of a top-up relies on, of every place that keeps orders."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select

from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.tables import PostingRow
from core.domain.errors import IllegalMove, OrderNotFound
from core.domain.ledger import PAYBY, UNALLOCATED
from core.domain.orders import Status
from tests.contract.conftest import MEMORY
from tests.fakes import NOW, HandClock, MemoryOrders, a_payment, an_order

LATER = NOW + timedelta(hours=2)


@pytest.fixture
async def orders(place, clock):
    if place == MEMORY:
        yield MemoryOrders(clock)
        return
    database = Database(place)
    yield SqlOrders(database, clock)
    await database.close()


@pytest.fixture
async def order(orders):
    """An order whose code can be paid."""
    made = an_order()
    await orders.add(made)
    return await orders.opened(made.merchant_order_no, "1314", "https://x/?ft=1", LATER)


async def test_an_order_comes_back_as_it_was_kept(orders):
    kept = an_order(paid_at=NOW.replace(microsecond=123_000), account_name="صق••اء")
    assert await orders.add(kept) == kept
    assert await orders.get(kept.merchant_order_no) == kept


async def test_an_unknown_number_is_said_to_be_unknown(orders):
    for asked in (
        orders.get("T0"),
        orders.settle("T0", a_payment(an_order("T0"))),
        orders.opened("T0", "1", "u", NOW),
        orders.ended("T0", Status.EXPIRED),
        orders.credited("T0"),
    ):
        with pytest.raises(OrderNotFound):
            await asked


async def test_one_draft_makes_one_order_however_often_it_is_confirmed(orders):
    first = an_order("T261124-AAAA2222", draft_id="draft")
    second = an_order("T261124-BBBB3333", draft_id="draft")
    await orders.add(first)
    assert await orders.add(second) == first
    with pytest.raises(OrderNotFound):
        await orders.get(second.merchant_order_no)
    assert await orders.timeline(second.merchant_order_no) == []


async def test_one_draft_confirmed_ten_times_at_once_makes_one_order(orders):
    same = [an_order(f"T261124-AAAA222{n}", draft_id="draft") for n in range(2, 10)]
    made = await asyncio.gather(*map(orders.add, same))
    assert len({order.merchant_order_no for order in made}) == 1
    assert await orders.of_conversation(same[0].conversation_id, 99) == [made[0]]


async def test_a_chat_sees_its_own_orders_only_and_the_newest_first(orders):
    for minute in range(4):
        await orders.add(
            an_order(f"T{minute}", created_at=NOW + timedelta(minutes=minute))
        )
    await orders.add(an_order("T9", conversation_id="tg:2"))
    seen = await orders.of_conversation("tg:700001", 3)
    assert [order.merchant_order_no for order in seen] == ["T3", "T2", "T1"]
    assert await orders.of_conversation("tg:3", 3) == []


async def test_the_first_code_stays_the_orders_code(orders, order):
    number = order.merchant_order_no
    assert (order.status, order.token_url) == (Status.OPEN, "https://x/?ft=1")
    assert order.expires_at == LATER
    assert await orders.opened(number, "9999", "https://x/?ft=2", NOW) == order
    assert await orders.get(number) == order


async def test_an_order_that_ended_is_not_opened_again(orders):
    failed = await orders.add(an_order())
    failed = await orders.ended(failed.merchant_order_no, Status.FAILED)
    assert failed.status is Status.FAILED
    assert await orders.opened(failed.merchant_order_no, "1", "u", LATER) == failed


async def test_only_a_waiting_order_ends(orders, order):
    number = order.merchant_order_no
    expired = await orders.ended(number, Status.EXPIRED)
    assert expired.status is Status.EXPIRED
    assert await orders.ended(number, Status.CANCELLED) == expired
    paid = (await orders.settle(number, a_payment(order))).order
    assert await orders.ended(number, Status.EXPIRED) == paid


async def test_an_order_with_a_code_has_not_failed(orders, order):
    with pytest.raises(IllegalMove):
        await orders.ended(order.merchant_order_no, Status.FAILED)
    assert (await orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_a_payment_tells_when_where_and_under_which_number(orders, order):
    payment = a_payment(order, payby_order_no="1314")
    settled = await orders.settle(order.merchant_order_no, payment)
    assert settled.first
    assert settled.order.status is Status.PAID
    assert settled.order.paid_at == payment.paid_at
    assert settled.order.store_id == "store-007"
    assert await orders.get(order.merchant_order_no) == settled.order


async def test_a_payment_without_a_time_was_paid_now(orders, order, clock):
    clock.pass_by(timedelta(minutes=3))
    payment = a_payment(order, paid_at=None)
    settled = await orders.settle(order.merchant_order_no, payment)
    assert settled.order.paid_at == clock.now()


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED])
async def test_money_that_comes_late_is_taken(orders, order, status):
    await orders.ended(order.merchant_order_no, status)
    settled = await orders.settle(order.merchant_order_no, a_payment(order))
    assert settled.first
    assert settled.order.is_paid


async def test_a_payment_settled_twenty_times_at_once_is_first_once(orders, order):
    number = order.merchant_order_no
    payment = a_payment(order)
    settled = await asyncio.gather(*(orders.settle(number, payment) for _ in range(20)))
    assert [each.first for each in settled].count(True) == 1
    assert len({each.order for each in settled}) == 1
    kinds = [line.kind for line in await orders.timeline(number)]
    assert kinds.count("settled") == 1


async def test_an_order_is_credited_after_it_is_paid_and_once(orders, order):
    number = order.merchant_order_no
    with pytest.raises(IllegalMove):
        await orders.credited(number)
    await orders.settle(number, a_payment(order))
    credited = await orders.credited(number)
    assert credited.status is Status.CREDITED
    assert await orders.credited(number) == credited
    again = await orders.settle(number, a_payment(order))
    assert (again.first, again.order) == (False, credited)


async def test_a_timeline_tells_everything_in_turn_and_forgets_nothing(
    orders, order, clock
):
    number = order.merchant_order_no
    clock.pass_by(timedelta(minutes=1))
    await orders.note(number, "notice", {"verdict": "paid"})
    await orders.settle(number, a_payment(order))
    await orders.credited(number)
    lines = await orders.timeline(number)
    kinds = [line.kind for line in lines]
    assert kinds == ["ordered", "opened", "notice", "settled", "credited"]
    assert lines[0].facts == {"amount": "AED 50.00"}
    assert lines[2].facts == {"verdict": "paid"}
    assert lines[1].at == NOW
    assert lines[2].at == clock.now()
    await orders.note(number, "notice", {"verdict": "paid"})
    assert (await orders.timeline(number))[:5] == lines


async def books(database: Database) -> dict[str, tuple[int, int]]:
    """Count and sum each ledger account's postings."""
    sums = select(
        PostingRow.ledger_account, func.count(), func.sum(PostingRow.amount_fils)
    ).group_by(PostingRow.ledger_account)
    rows = await database.read(lambda session: session.exec(sums).all())
    return {row[0]: (row[1], int(row[2])) for row in rows}


async def test_workers_side_by_side_book_a_payment_once(database_url):
    workers = [Database(database_url) for _ in range(4)]
    stores = [SqlOrders(database, HandClock()) for database in workers]
    order = await stores[0].add(an_order())
    settled = await asyncio.gather(
        *(
            store.settle(order.merchant_order_no, a_payment(order))
            for store in stores * 5
        )
    )
    assert [each.first for each in settled].count(True) == 1
    assert await books(workers[0]) == {PAYBY: (1, 5000), UNALLOCATED: (1, -5000)}
    for database in workers:
        await database.close()


async def test_threads_with_loops_of_their_own_book_a_payment_once(database_url):
    order = an_order()

    async def settle() -> bool:
        database = Database(database_url)
        orders = SqlOrders(database, HandClock())
        settled = await orders.settle(order.merchant_order_no, a_payment(order))
        await database.close()
        return settled.first

    database = Database(database_url)
    await SqlOrders(database, HandClock()).add(order)
    firsts = await asyncio.gather(
        *(asyncio.to_thread(asyncio.run, settle()) for _ in range(4))
    )
    assert firsts.count(True) == 1
    assert await books(database) == {PAYBY: (1, 5000), UNALLOCATED: (1, -5000)}
    await database.close()


async def test_a_booking_that_cannot_be_made_leaves_the_order_unpaid(database):
    """Order and ledger are one transaction: a unique key that bites undoes both."""
    orders = SqlOrders(database, HandClock())
    order = await orders.add(an_order())
    taken = PostingRow(
        merchant_order_no=order.merchant_order_no,
        kind="payment",
        ledger_account=PAYBY,
        amount_fils=1,
        at=NOW,
    )
    await database.write(lambda session: session.add(taken))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await orders.settle(order.merchant_order_no, a_payment(order))
    assert (await orders.get(order.merchant_order_no)).status is Status.CREATING
    kinds = [line.kind for line in await orders.timeline(order.merchant_order_no)]
    assert kinds == ["ordered"]
