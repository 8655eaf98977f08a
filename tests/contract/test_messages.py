"""What was sent is known, and stands in its order's timeline."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.database.conversations import KeptConversation, SqlConversations
from core.database.messages import (
    AT_ONCE,
    FAILED,
    Delivery,
    Record,
    Spacing,
    SqlMessages,
)
from core.database.orders import SqlOrders
from tests.fakes import an_order

CODE = Record(
    id="T261124-AAAA2222:ready:0",
    conversation_id="tg:700001",
    merchant_order_no="T261124-AAAA2222",
    shows_code=True,
)


@pytest.fixture
def messages(database, clock):
    return SqlMessages(database, clock)


async def test_a_message_that_was_never_tried_is_not_known(messages):
    assert await messages.get("m") is None


async def test_a_message_comes_back_as_far_as_it_has_come(messages):
    sending = replace(CODE, state=Delivery.SENDING, unconfirmed=1)
    await messages.save(sending)
    assert await messages.get(CODE.id) == sending
    sent = replace(CODE, state=Delivery.SENT, provider_ref="9007199254740993")
    await messages.save(sent)
    assert await messages.get(CODE.id) == sent


async def test_only_sent_messages_with_the_orders_own_code_show_it(messages):
    sent = replace(CODE, state=Delivery.SENT, provider_ref="1")
    again = replace(sent, id="tg:1:7:0", provider_ref="2")
    other = replace(sent, id="other", merchant_order_no="T2")
    guide = replace(sent, id="guide", shows_code=False)
    unsent = replace(CODE, id="unsent", state=Delivery.SENDING)
    for record in (sent, again, other, guide, unsent):
        await messages.save(record)
    showing = await messages.showing_code(CODE.merchant_order_no)
    assert {record.id for record in showing} == {sent.id, again.id}
    await messages.save(replace(sent, shows_code=False))
    assert await messages.showing_code(CODE.merchant_order_no) == [again]


@pytest.mark.parametrize("state", Delivery)
async def test_the_end_of_a_message_stands_in_its_orders_timeline(
    messages, database, clock, state
):
    await messages.save(replace(CODE, state=state))
    orders = SqlOrders(database, clock)
    lines = await orders.timeline(CODE.merchant_order_no)
    ended = [{"message": CODE.id, "state": str(state)}]
    waiting = {Delivery.WAITING, Delivery.SENDING}
    assert [line.facts for line in lines] == ([] if state in waiting else ended)


async def test_a_message_about_no_order_stands_in_no_timeline(
    messages, database, clock
):
    reply = replace(CODE, merchant_order_no="", state=Delivery.SENT)
    await messages.save(reply)
    orders = SqlOrders(database, clock)
    assert await orders.timeline("") == []
    assert await orders.timeline(an_order().merchant_order_no) == []


NEXT = replace(CODE, id="T261124-AAAA2222:credited:0", shows_code=False)
SECOND = timedelta(seconds=1)
APART = Spacing(SECOND)


def ends_of(records) -> list[str]:
    return [record.id.partition(":")[2] for record in records]


async def test_an_attempt_begins_at_once_in_a_chat_at_rest(messages, clock):
    assert not await messages.begin(CODE, APART)
    begun = replace(CODE, state=Delivery.SENDING, unconfirmed=1, began_at=clock.now())
    assert await messages.get(CODE.id) == begun


async def test_a_message_gets_its_turn_a_gap_after_the_one_before_it(messages, clock):
    await messages.begin(CODE, APART)
    clock.pass_by(timedelta(milliseconds=300))
    assert await messages.begin(NEXT, APART) == timedelta(milliseconds=700)
    assert await messages.get(NEXT.id) == NEXT
    assert not await messages.begin(NEXT, None)


async def test_messages_that_come_at_once_get_turns_of_their_own(database, clock):
    """The chat's row is what workers on PostgreSQL wait for each other at."""
    chats, messages = SqlConversations(database), SqlMessages(database, clock)
    await chats.save(CODE.conversation_id, KeptConversation())
    turns = await asyncio.gather(
        *(
            messages.begin(replace(CODE, id=f"T1:expired:{number}"), APART)
            for number in range(6)
        )
    )
    assert sorted(turns) == [SECOND * number for number in range(6)]


async def test_a_chat_that_is_to_be_left_alone_is_left_alone(messages):
    await messages.save(CODE, wait=SECOND * 30)
    assert await messages.begin(NEXT, APART) == SECOND * 31
    elsewhere = replace(NEXT, id="elsewhere", conversation_id="tg:700002")
    assert not await messages.begin(elsewhere, APART)


@pytest.mark.parametrize("spacing", [AT_ONCE, APART])
async def test_a_message_that_is_to_wait_waits(messages, clock, spacing):
    await messages.save(CODE, wait=SECOND * 30)
    clock.pass_by(SECOND * 10)
    assert await messages.begin(CODE, spacing) == SECOND * 20
    clock.pass_by(SECOND * 20)
    assert not await messages.begin(CODE, spacing)


async def test_what_a_network_could_not_bring_waits_by_itself(messages, clock):
    def fail(record):
        return replace(record, state=Delivery.WAITING, progress=FAILED)

    await messages.save(replace(CODE, state=Delivery.SENT))
    clock.pass_by(SECOND * 2)
    await messages.change(CODE.id, fail, lambda _: SECOND * 90)
    assert not await messages.begin(NEXT, APART)
    assert await messages.begin(CODE, AT_ONCE) == SECOND * 90


async def test_only_so_many_messages_are_started_in_a_chat_within_a_while(
    messages, clock
):
    """Whatever is said in it counts; in the long run the network's limit holds."""
    few = Spacing(SECOND, most=3, within=SECOND * 18)
    waits = []
    for number in range(7):
        message = replace(CODE, id=f"T1:expired:{number}")
        wait = await messages.begin(message, few)
        waits.append(wait.total_seconds())
        clock.pass_by(wait)
        if wait:
            await messages.begin(message, None)
    assert waits == [0, 1, 1, 16, 1, 1, 16]


async def test_a_message_does_not_wait_for_itself(messages):
    await messages.begin(CODE, APART)
    assert not await messages.begin(CODE, APART)


async def test_what_a_payer_may_not_have_got_is_held_for_them(messages, clock):
    for kind, state, unconfirmed in (
        ("1:sent", Delivery.SENT, 0),
        ("2:blocked", Delivery.UNREACHABLE, 0),
        ("3:unknown", Delivery.UNKNOWN, 2),
        ("4:shown", Delivery.UNKNOWN, 3),
        ("5:refused", Delivery.REFUSED, 0),
        ("6:passed", Delivery.PASSED, 0),
        ("7:waiting", Delivery.WAITING, 0),
        ("8:sending", Delivery.SENDING, 1),
    ):
        name = f"{CODE.merchant_order_no}:{kind}"
        await messages.save(
            replace(CODE, id=name, state=state, unconfirmed=unconfirmed)
        )
    answer = replace(CODE, id="tg:1", merchant_order_no="", state=Delivery.UNREACHABLE)
    await messages.save(answer)
    held = await messages.held(CODE.conversation_id, 2)
    assert ends_of(held) == ["2:blocked", "3:unknown"]
    assert not await messages.held("tg:700002", 2)
    clock.pass_by(timedelta(minutes=11))
    held = await messages.held(CODE.conversation_id, 2)
    assert ends_of(held) == ["2:blocked", "3:unknown", "7:waiting", "8:sending"]


async def test_the_messages_of_a_push_are_those_of_its_name(messages):
    await messages.save(CODE)
    await messages.save(replace(CODE, id="T261124-AAAA2222:ready:1"))
    await messages.save(replace(CODE, id="T261124-AAAA2222:readyish:0"))
    found = await messages.of_push(CODE.merchant_order_no, "T261124-AAAA2222:ready")
    assert sorted(ends_of(found)) == ["ready:0", "ready:1"]
