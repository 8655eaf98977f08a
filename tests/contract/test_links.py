"""Chats of one payer, joined by codes that work once."""

import asyncio
from datetime import timedelta

import pytest

from core.database.conversations import KeptConversation, SqlConversations
from core.database.engine import Database
from core.database.links import SqlLinks
from core.database.orders import SqlOrders
from core.domain.errors import CodeIsLive
from core.domain.links import (
    CODE_LIFETIME,
    CodeFault,
    Payer,
    digest_of,
    new_link_code,
    read_link_code,
)
from core.domain.orders import Order, Status
from tests.contract.conftest import MEMORY
from tests.fake_links import MemoryLinks
from tests.fakes import an_order


@pytest.fixture
async def links(place, clock):
    if place == MEMORY:
        yield MemoryLinks(clock)
        return
    database = Database(place)
    yield SqlLinks(database, clock)
    await database.close()


@pytest.fixture
def sql_links(database, clock):
    return SqlLinks(database, clock)


@pytest.fixture
def orders(database, clock):
    return SqlOrders(database, clock)


async def given(links, chat: str) -> str:
    """Give a chat a code; return its digest."""
    digest = digest_of(new_link_code())
    await links.give(chat, digest)
    return digest


async def joined(links, *chats: str) -> Payer:
    """Join the first chat with each of the others."""
    payer = None
    for chat in chats[1:]:
        payer = await links.join(await given(links, chats[0]), chat)
    assert isinstance(payer, Payer)
    return payer


async def test_a_chat_that_sends_the_code_of_another_is_the_same_payers(links):
    payer = await joined(links, "tg:1", "wa:2")
    assert payer.chats == ("tg:1", "wa:2")
    assert await links.payer("tg:1") == await links.payer("wa:2") == payer
    assert payer.others("tg:1") == ("wa:2",)
    assert await links.payer("tg:3") is None


async def test_a_code_works_once(links):
    digest = await given(links, "tg:1")
    await links.join(digest, "wa:2")
    assert await links.join(digest, "wa:3") is CodeFault.USED
    assert await links.payer("wa:3") is None


async def test_the_chat_that_used_a_code_may_say_so_again(links):
    """Its update may be taken up again after a crash."""
    digest = await given(links, "tg:1")
    payer = await links.join(digest, "wa:2")
    assert await links.join(digest, "wa:2") == payer


async def test_of_chats_that_send_one_code_at_once_one_is_joined(links):
    digest = await given(links, "tg:1")
    chats = [f"wa:{number}" for number in range(2, 10)]
    ends = await asyncio.gather(*(links.join(digest, chat) for chat in chats))
    assert sum(isinstance(end, Payer) for end in ends) == 1
    assert ends.count(CodeFault.USED) == len(chats) - 1
    payer = await links.payer("tg:1")
    assert len(payer.chats) == 2


async def test_groups_that_are_joined_at_once_become_one(links):
    await joined(links, "tg:1", "tg:2")
    await joined(links, "tg:3", "tg:4")
    codes = [await given(links, chat) for chat in ("tg:1", "tg:3", "tg:5")]
    senders = ("tg:3", "tg:5", "tg:2")
    await asyncio.gather(
        *(links.join(code, chat) for code, chat in zip(codes, senders, strict=True))
    )
    payer = await links.payer("tg:5")
    assert payer.chats == ("tg:1", "tg:2", "tg:3", "tg:4", "tg:5")


async def test_a_payer_is_another_one_whenever_a_chat_joins(links):
    before = await joined(links, "tg:1", "tg:2")
    after = await joined(links, "tg:1", "tg:3")
    assert before.id != after.id
    assert await links.payer("tg:2") == after


async def test_a_code_is_over_after_ten_minutes(links, clock):
    digest = await given(links, "tg:1")
    clock.pass_by(CODE_LIFETIME - timedelta(milliseconds=1))
    late = await given(links, "tg:5")
    assert isinstance(await links.join(digest, "tg:2"), Payer)
    clock.pass_by(CODE_LIFETIME)
    assert await links.join(late, "tg:2") is CodeFault.EXPIRED
    assert await links.payer("tg:5") is None


async def test_a_new_code_takes_the_place_of_the_older(links):
    older, newer = await given(links, "tg:1"), await given(links, "tg:1")
    assert await links.join(older, "tg:2") is CodeFault.WRONG
    assert isinstance(await links.join(newer, "tg:2"), Payer)


async def test_a_chat_is_not_joined_with_itself_and_its_code_stays_good(links):
    digest = await given(links, "tg:1")
    assert await links.join(digest, "tg:1") is CodeFault.OWN
    assert isinstance(await links.join(digest, "tg:2"), Payer)


async def test_a_code_that_nobody_was_given_is_wrong(links):
    assert await links.join(digest_of("ABCD2345"), "tg:1") is CodeFault.WRONG


async def test_a_chat_that_leaves_is_alone_and_the_others_stay_joined(links):
    await joined(links, "tg:1", "tg:2", "tg:3")
    await links.leave("tg:1")
    assert await links.payer("tg:1") is None
    assert (await links.payer("tg:2")).chats == ("tg:2", "tg:3")
    await links.leave("tg:2")
    assert await links.payer("tg:3") is None
    await links.leave("tg:3")


async def test_codes_have_a_letter_and_a_digit_and_are_read_as_people_write_them():
    for _ in range(200):
        code = new_link_code()
        assert read_link_code(f" \u2066{code.lower()}\u2069\n") == code
    for text in ("", "ABCDEFGH", "23456789", "ABCD234", "ABCD23456", "ABCD 2345"):
        assert read_link_code(text) == ""


def order_of(chat: str, number: str, **facts: object) -> Order:
    return an_order(number, conversation_id=chat, draft_id=f"draft-{number}", **facts)


async def test_a_payers_orders_are_those_of_all_their_chats(sql_links, orders):
    first = await orders.add(order_of("tg:1", "T261124-AAAA2222"))
    later = first.created_at + timedelta(minutes=1)
    second = order_of("wa:2", "T261124-BBBB3333", account_id="b", created_at=later)
    await orders.add(second)
    await orders.add(order_of("tg:9", "T261124-CCCC4444"))
    assert await orders.of_conversation("tg:1", 9) == [first]
    await joined(sql_links, "tg:1", "wa:2")
    for chat in ("tg:1", "wa:2"):
        assert await orders.of_conversation(chat, 9) == [second, first]
        assert await orders.live(chat, first.account_id) == first
    await sql_links.leave("wa:2")
    assert await orders.of_conversation("wa:2", 9) == [second]


async def test_a_payer_has_one_live_code_per_account_in_all_chats(sql_links, orders):
    await joined(sql_links, "tg:1", "wa:2")
    first = await orders.add(order_of("tg:1", "T261124-AAAA2222"))
    second = order_of("wa:2", "T261124-BBBB3333")
    with pytest.raises(CodeIsLive, match=first.merchant_order_no):
        await orders.add(second)
    number = first.merchant_order_no
    await orders.ended(number, Status.CANCELLED, is_closed=False)
    [unclosed] = await orders.unclosed("wa:2", first.account_id)
    assert unclosed.merchant_order_no == number
    assert await orders.add(second) == second


async def test_of_two_chats_that_begin_a_code_at_once_one_does(sql_links, orders):
    await joined(sql_links, "tg:1", "wa:2")
    begun = [
        order_of(chat, f"T261124-{sign}{number:07}", account_id=f"player-{number}")
        for number in range(12)
        for sign, chat in (("A", "tg:1"), ("B", "wa:2"))
    ]
    ends = await asyncio.gather(*map(orders.add, begun), return_exceptions=True)
    kept = [end.account_id for end in ends if isinstance(end, Order)]
    assert sorted(kept) == sorted({order.account_id for order in begun})
    assert sum(isinstance(end, CodeIsLive) for end in ends) == len(kept)


async def test_codes_that_lived_before_their_chats_were_joined_live_on(
    sql_links, orders
):
    first = await orders.add(order_of("tg:1", "T261124-AAAA2222"))
    second = await orders.add(order_of("wa:2", "T261124-BBBB3333"))
    await joined(sql_links, "tg:1", "wa:2")
    assert await orders.add(first) == first
    await orders.ended(second.merchant_order_no, Status.CANCELLED, is_closed=True)
    with pytest.raises(CodeIsLive, match=first.merchant_order_no):
        await orders.add(order_of("wa:2", "T261124-CCCC4444"))
    await sql_links.leave("wa:2")
    assert await orders.add(order_of("wa:2", "T261124-DDDD5555"))


async def test_a_chat_is_kept_without_the_others_and_read_with_them(
    database, sql_links
):
    conversations = SqlConversations(database)
    await joined(sql_links, "tg:1", "wa:2")
    await conversations.save("tg:1", KeptConversation({"a": 1}, "tg:1:7"))
    await conversations.save("wa:2", await conversations.load("tg:1"))
    assert (await conversations.load("wa:2")).linked == ({"a": 1},)
    await sql_links.leave("wa:2")
    assert (await conversations.load("wa:2")).linked == ()
