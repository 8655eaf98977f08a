"""Limits in the database: counted as they are set, and kept by many taps at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.database.links import SqlLinks
from core.database.orders import SqlOrders
from core.domain.ceilings import Ceilings
from core.domain.errors import CodeIsLive, OverLimit
from core.domain.limits import Rule, Span, Whose
from core.domain.links import digest_of
from core.domain.money import Money
from core.domain.orders import Order, Status
from tests.fakes import NOW, a_payment, an_order

AED_100 = Money(10_000)
DAY = Span.DAY


@pytest.fixture
def limited(database, clock):
    """Make the orders' keeper, with these limits."""

    def limited(**ceilings: Any) -> SqlOrders:
        return SqlOrders(database, clock, ceilings=Ceilings(**ceilings))

    return limited


def wish(number: int, **facts: object) -> Order:
    """A wish for AED 50.00, for an account and from a chat of its own."""
    usual = {"account_id": f"player-{number}", "conversation_id": f"tg:{number}"}
    return an_order(f"T261124-AAAA222{number}", **(usual | facts))


async def pay(orders: SqlOrders, order: Order) -> None:
    await orders.opened(order.merchant_order_no, "1", "https://x/", order.expires_at)
    await orders.settle(
        order.merchant_order_no, a_payment(order, paid_at=NOW), "notice"
    )


async def kept(orders: SqlOrders, *wishes: Order) -> int:
    """Return how many were kept of wishes that come all at once."""
    ends = await asyncio.gather(*map(orders.add, wishes), return_exceptions=True)
    assert all(isinstance(end, Order | OverLimit) for end in ends), ends
    return sum(isinstance(end, Order) for end in ends)


@pytest.mark.parametrize(
    ("whose", "same"),
    [
        (Whose.PAYER, {"conversation_id": "tg:1"}),
        (Whose.CHAT, {"conversation_id": "tg:1"}),
        (Whose.ACCOUNT, {"account_id": "player-1"}),
    ],
)
async def test_of_five_wishes_at_once_only_so_many_are_kept_as_fit(
    limited, whose, same
):
    orders = limited(sums={(whose, DAY): AED_100})
    assert await kept(orders, *(wish(n, **same) for n in range(2, 7))) == 2


async def test_of_five_codes_at_once_only_so_many_are_kept_as_one_may_have(limited):
    orders = limited(open_codes=3)
    same = [wish(n, conversation_id="tg:1") for n in range(2, 7)]
    assert await kept(orders, *same) == 3


async def test_linked_chats_count_together_also_at_once(limited, database, clock):
    links = SqlLinks(database, clock)
    await links.give("tg:1", digest_of("AB3"))
    await links.join(digest_of("AB3"), "wa:1")
    orders = limited(sums={(Whose.PAYER, DAY): AED_100})
    chats = ["tg:1", "wa:1"] * 2
    wishes = [wish(n, conversation_id=chat) for n, chat in enumerate(chats, start=2)]
    assert await kept(orders, *wishes) == 2


async def test_the_same_draft_again_is_the_same_order_though_it_fills_the_limit(
    limited,
):
    orders = limited(sums={(Whose.PAYER, DAY): Money(5000)})
    first = await orders.add(wish(2))
    assert await orders.add(wish(2)) == first


async def test_a_code_in_the_way_is_told_before_a_limit(limited):
    orders = limited(sums={(Whose.PAYER, DAY): Money(5000)})
    await orders.add(wish(2))
    with pytest.raises(CodeIsLive):
        await orders.add(wish(2, draft_id="another"))


async def test_what_ended_unpaid_makes_room_again(limited):
    orders = limited(sums={(Whose.PAYER, DAY): Money(5000)})
    old = await orders.add(wish(2))
    assert await orders.breach("tg:2", "player-9", Money(5000))
    await orders.ended(old.merchant_order_no, Status.FAILED, is_closed=True)
    assert await orders.breach("tg:2", "player-9", Money(5000)) is None


async def test_a_code_that_is_given_up_for_it_takes_no_room(limited):
    orders = limited(sums={(Whose.PAYER, DAY): Money(5000)})
    old = await orders.add(wish(2))
    number = old.merchant_order_no
    fits = await orders.breach("tg:2", "player-2", Money(5000), instead_of=number)
    assert fits is None


async def test_what_was_paid_counts_until_the_day_is_over(limited, clock):
    orders = limited(sums={(Whose.ACCOUNT, DAY): AED_100})
    await pay(orders, await orders.add(wish(2)))
    told = await orders.breach("tg:9", "player-2", AED_100)
    assert told
    assert (told.rule, told.room) == (Rule.ACCOUNT_DAY, Money(5000))
    clock.pass_by(timedelta(days=1))
    assert await orders.breach("tg:9", "player-2", AED_100) is None


async def test_somebody_new_is_known_a_day_after_the_first_payment(limited, clock):
    orders = limited(first=AED_100)
    await pay(orders, await orders.add(wish(2)))
    told = await orders.breach("tg:2", "player-2", AED_100)
    assert told
    assert told.again_at == NOW + timedelta(days=1)
    clock.pass_by(timedelta(days=1))
    assert await orders.breach("tg:2", "player-2", Money(1_000_000)) is None


async def test_codes_asked_for_lately_count_whatever_became_of_them(limited, clock):
    orders = limited(codes=1)
    made = await orders.add(wish(2))
    await orders.ended(made.merchant_order_no, Status.FAILED, is_closed=True)
    assert await orders.breach("tg:2", "player-3", Money(500))
    clock.pass_by(timedelta(hours=1))
    assert await orders.breach("tg:2", "player-3", Money(500)) is None
