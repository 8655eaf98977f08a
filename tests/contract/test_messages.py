"""What was sent is known, and stands in its order's timeline."""

from dataclasses import replace

import pytest

from core.database.messages import Delivery, Record, SqlMessages
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
