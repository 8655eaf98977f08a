"""What the story of a top-up relies on, of the database that keeps its orders."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select

from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.tables.orders import PostingRow
from core.domain.errors import CodeIsLive, IllegalMove, OrderNotFound
from core.domain.ledger import PAYBY, UNALLOCATED
from core.domain.orders import Status
from tests.fakes import NOW, HandClock, a_payment, an_order

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def orders(database, clock):
    return SqlOrders(database, clock)


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
        orders.settle("T0", a_payment(an_order("T0")), "notice"),
        orders.opened("T0", "1", "u", NOW),
        orders.ended("T0", Status.EXPIRED, is_closed=True),
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


async def test_an_order_is_found_by_the_token_of_its_page_and_one_without_never_is(
    orders,
):
    with_page = an_order("T261124-AAAA2222", page_token="k" * 22, draft_id="one")
    without = an_order("T261124-BBBB3333", account_id="player-9", draft_id="two")
    for each in (with_page, without):
        await orders.add(each)
    assert await orders.of_page("k" * 22) == with_page
    assert await orders.of_page("j" * 22) is None
    assert await orders.of_page("") is None


async def test_one_draft_confirmed_ten_times_at_once_makes_one_order(orders):
    same = [an_order(f"T261124-AAAA222{n}", draft_id="draft") for n in range(2, 10)]
    made = await asyncio.gather(*map(orders.add, same))
    assert len({order.merchant_order_no for order in made}) == 1
    assert await orders.of_conversation(same[0].conversation_id, 99) == [made[0]]


async def test_a_chat_sees_its_own_orders_only_and_the_newest_first(orders):
    for minute in range(4):
        made_at = NOW + timedelta(minutes=minute)
        account = f"player-{minute}"
        await orders.add(an_order(f"T{minute}", created_at=made_at, account_id=account))
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
    failed = await orders.ended(failed.merchant_order_no, Status.FAILED, is_closed=True)
    assert failed.status is Status.FAILED
    assert await orders.opened(failed.merchant_order_no, "1", "u", LATER) == failed


async def test_only_a_waiting_order_ends(orders, order):
    number = order.merchant_order_no
    expired = await orders.ended(number, Status.EXPIRED, is_closed=True)
    assert expired.status is Status.EXPIRED
    assert await orders.ended(number, Status.CANCELLED, is_closed=True) == expired
    paid = (await orders.settle(number, a_payment(order), "notice")).order
    assert await orders.ended(number, Status.EXPIRED, is_closed=True) == paid


async def test_an_order_with_a_code_has_not_failed(orders, order):
    with pytest.raises(IllegalMove):
        await orders.ended(order.merchant_order_no, Status.FAILED, is_closed=True)
    assert (await orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_a_payment_tells_when_where_and_under_which_number(orders, order):
    payment = a_payment(order, payby_order_no="1314")
    settled = await orders.settle(order.merchant_order_no, payment, "notice")
    assert settled.first
    assert settled.order.status is Status.PAID
    assert settled.order.paid_at == payment.paid_at
    assert settled.order.store_id == "store-007"
    assert await orders.get(order.merchant_order_no) == settled.order


async def test_a_payment_without_a_time_was_paid_now(orders, order, clock):
    clock.pass_by(timedelta(minutes=3))
    payment = a_payment(order, paid_at=None)
    settled = await orders.settle(order.merchant_order_no, payment, "notice")
    assert settled.order.paid_at == clock.now()


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED])
async def test_money_that_comes_late_is_taken(orders, order, status):
    await orders.ended(order.merchant_order_no, status, is_closed=True)
    settled = await orders.settle(order.merchant_order_no, a_payment(order), "notice")
    assert settled.first
    assert settled.order.is_paid


async def test_a_payment_settled_twenty_times_at_once_is_first_once(orders, order):
    number = order.merchant_order_no
    payment = a_payment(order)
    settled = await asyncio.gather(
        *(orders.settle(number, payment, "notice") for _ in range(20))
    )
    assert [each.first for each in settled].count(True) == 1
    assert len({each.order for each in settled}) == 1
    kinds = [line.kind for line in await orders.timeline(number)]
    assert kinds.count("settled") == 1


async def test_an_order_is_credited_after_it_is_paid_and_once(orders, order):
    number = order.merchant_order_no
    with pytest.raises(IllegalMove):
        await orders.credited(number)
    await orders.settle(number, a_payment(order), "notice")
    credited = await orders.credited(number)
    assert credited.status is Status.CREDITED
    assert await orders.credited(number) == credited
    again = await orders.settle(number, a_payment(order), "notice")
    assert (again.first, again.order) == (False, credited)


async def test_a_timeline_tells_everything_in_turn_and_forgets_nothing(
    orders, order, clock
):
    number = order.merchant_order_no
    clock.pass_by(timedelta(minutes=1))
    await orders.note(number, "notice", {"verdict": "paid"})
    await orders.settle(number, a_payment(order), "notice")
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


async def test_a_payer_has_one_waiting_order_for_an_account(orders, order):
    second = an_order("T261124-BBBB3333")
    with pytest.raises(CodeIsLive) as refusal:
        await orders.add(second)
    assert refusal.value.merchant_order_no == order.merchant_order_no
    assert await orders.live(order.conversation_id, order.account_id) == order


async def test_ten_wishes_at_once_make_one_waiting_order(orders):
    wishes = [orders.add(an_order(f"T261124-AAAA222{n}")) for n in range(10)]
    ends = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(end, CodeIsLive) for end in ends) == 9


@pytest.mark.parametrize("other", [{"account_id": "p-2"}, {"conversation_id": "tg:2"}])
async def test_other_accounts_and_other_payers_do_not_wait(orders, order, other):
    await orders.add(an_order("T261124-BBBB3333", **other))


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED])
async def test_an_order_that_has_ended_makes_room_for_the_next(orders, order, status):
    number = order.merchant_order_no
    await orders.ended(number, status, is_closed=False)
    assert await orders.live(order.conversation_id, order.account_id) is None
    await orders.add(an_order("T261124-BBBB3333"))


async def test_a_paid_order_makes_room_for_the_next(orders, order):
    await orders.settle(order.merchant_order_no, a_payment(order), "notice")
    await orders.add(an_order("T261124-BBBB3333"))


async def test_a_code_that_payby_has_not_closed_is_remembered(orders, order):
    number = order.merchant_order_no
    payer = (order.conversation_id, order.account_id)
    assert await orders.unclosed(*payer) == []
    ended = await orders.ended(number, Status.CANCELLED, is_closed=False)
    assert await orders.unclosed(*payer) == [ended]
    closed = await orders.closed(number)
    assert closed.is_closed
    assert await orders.unclosed(*payer) == []


async def test_only_an_ended_order_is_closed(orders, order):
    assert await orders.closed(order.merchant_order_no) == order


async def test_an_open_code_is_extended_and_any_other_stays(orders, order):
    number = order.merchant_order_no
    later = LATER + timedelta(hours=24)
    assert (await orders.extended(number, later)).expires_at == later
    paid = (await orders.settle(number, a_payment(order), "notice")).order
    assert await orders.extended(number, LATER) == paid


async def test_what_is_due_comes_in_turn_and_only_in_the_wanted_states(orders, clock):
    numbers = [f"T{n}" for n in range(3)]
    for number in numbers:
        clock.pass_by(timedelta(minutes=1))
        await orders.add(an_order(number, account_id=number))
    assert await orders.due([Status.CREATING], 9) == []
    clock.pass_by(timedelta(minutes=9))
    assert await orders.due([Status.CREATING], 9) == numbers
    assert await orders.due([Status.CREATING], 2) == numbers[:2]
    assert await orders.due([Status.OPEN], 9) == []


async def test_an_order_that_was_looked_at_is_due_again_later(orders, order, clock):
    number = order.merchant_order_no
    clock.pass_by(timedelta(minutes=2))
    assert await orders.due([Status.OPEN], 9) == [number]
    await orders.looked(number, since=clock.now(), is_done=False)
    assert await orders.due([Status.OPEN], 9) == []
    clock.pass_by(timedelta(minutes=3))
    assert await orders.due([Status.OPEN], 9) == [number]
    await orders.looked(number, since=clock.now(), is_done=True)
    clock.pass_by(timedelta(days=30))
    assert await orders.due([Status.OPEN], 9) == []


async def test_a_look_that_was_asked_for_during_another_one_is_not_lost(
    orders, order, clock
):
    number = order.merchant_order_no
    began = clock.now()
    clock.pass_by(timedelta(seconds=1))
    await orders.look_now([number])
    await orders.looked(number, since=began, is_done=False)
    assert await orders.due([Status.OPEN], 9) == [number]
    await orders.looked(number, since=clock.now(), is_done=False)
    assert await orders.due([Status.OPEN], 9) == []


async def test_an_order_that_changes_is_looked_at_as_if_it_were_new(
    orders, order, clock
):
    number = order.merchant_order_no
    for _ in range(9):
        await orders.looked(number, since=clock.now(), is_done=False)
    await orders.extended(number, LATER + timedelta(hours=24))
    clock.pass_by(timedelta(minutes=2))
    assert await orders.due([Status.OPEN], 9) == [number]


async def test_unpaid_orders_can_be_looked_at_out_of_turn(orders, order):
    paid = await orders.add(an_order("T261124-BBBB3333", account_id="player-2"))
    await orders.settle(paid.merchant_order_no, a_payment(paid), "notice")
    numbers = [order.merchant_order_no, paid.merchant_order_no, "T0"]
    assert await orders.look_now(numbers) == 1
    assert await orders.due(list(Status), 9) == [order.merchant_order_no]
    assert await orders.look_now([]) == 0


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
            store.settle(order.merchant_order_no, a_payment(order), "notice")
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
        settled = await orders.settle(
            order.merchant_order_no, a_payment(order), "notice"
        )
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
        await orders.settle(order.merchant_order_no, a_payment(order), "notice")
    assert (await orders.get(order.merchant_order_no)).status is Status.CREATING
    kinds = [line.kind for line in await orders.timeline(order.merchant_order_no)]
    assert kinds == ["ordered"]


async def test_a_payment_is_booked_under_the_longest_number_that_payby_gives(
    orders, order
):
    number = 64 * "7"
    payment = a_payment(order, payby_order_no=number, store_id=number)
    await orders.settle(order.merchant_order_no, payment, "notice")
    paid = await orders.get(order.merchant_order_no)
    assert (paid.payby_order_no, paid.store_id) == (number, number)
