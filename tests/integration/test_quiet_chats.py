"""Who has said stop hears no news; what becomes of cash is always told."""

from dataclasses import replace

import pytest

from bot.channel import Unreachable
from core.database.messages import Delivery
from core.domain.orders import Event, Order, Status
from tests.integration.conftest import Town
from tests.integration.telling import an_order_in, told


async def be(town: Town, order: Order, *, quiet: bool) -> None:
    chat = await town.chats.chat(order.conversation_id)
    await town.chats.save(replace(chat, quiet=quiet), f"{quiet}", ())


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (Event.REMINDER, Status.OPEN),
        (Event.EXPIRED, Status.EXPIRED),
        (Event.CANCELLED, Status.CANCELLED),
    ],
)
async def test_a_quiet_chat_hears_no_news_and_it_counts_as_told(town, event, status):
    order = await an_order_in(town, status)
    await be(town, order, quiet=True)
    assert await town.outbox.has_told(order, event)
    assert not await told(town, order, event)


@pytest.mark.parametrize(
    ("event", "status"),
    [(Event.CREDITED, Status.CREDITED), (Event.HELD, Status.PAID)],
)
async def test_a_quiet_chat_hears_what_became_of_its_cash(town, event, status):
    order = await an_order_in(town, status)
    await be(town, order, quiet=True)
    assert len(await told(town, order, event)) == 1


async def test_a_quiet_chat_gets_the_code_it_asked_for(town):
    order = await an_order_in(town, Status.OPEN)
    await be(town, order, quiet=True)
    assert await told(town, order, Event.READY)


async def test_who_has_gone_on_is_told_again(town):
    order = await an_order_in(town, Status.EXPIRED)
    await be(town, order, quiet=True)
    await be(town, order, quiet=False)
    assert len(await told(town, order, Event.EXPIRED)) == 1


async def test_news_that_was_held_back_is_not_shown_to_a_quiet_chat(town):
    order = await an_order_in(town, Status.EXPIRED)
    town.channel.fails(Unreachable("blocked"))
    await told(town, order, Event.EXPIRED)
    await be(town, order, quiet=True)
    await town.outbox.show_held(order.conversation_id)
    assert not town.channel.shown.get(order.conversation_id)
    (record,) = await town.messages.of_push(
        order.merchant_order_no, f"{order.merchant_order_no}:{Event.EXPIRED}"
    )
    assert record.state is Delivery.PASSED
