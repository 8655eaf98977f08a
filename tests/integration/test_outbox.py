"""Every event of an order is told once, and no old code looks payable."""

import asyncio
import json

import pytest
import pytest_asyncio
from dbos import DBOS

from bot.chats import Chat
from core import engine
from core.domain.orders import Event, Order, Status
from tests.fakes import a_payment
from tests.integration.conftest import Town, done, until


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid, of which its payer has not heard yet."""
    return await town.created()


async def told(town: Town, order: Order, *events: Event) -> list[str]:
    """Tell events in turn; return what the payer's chat shows at the end."""
    for event in events:
        await town.outbox.tell(order, event)
        await done(f"{order.merchant_order_no}:{event}")
    return shown(town, order)


def shown(town: Town, order: Order) -> list[str]:
    return [message.text for message in town.channel.shown[order.conversation_id]]


def code_shown(town: Town, order: Order) -> tuple[str, bool]:
    """The stamp on the card, and whether it still has buttons."""
    chat = town.channel.shown[order.conversation_id]
    [message] = [message for message in chat if message.card]
    assert message.card
    return message.card.stamp, bool(message.choices)


async def credited(town: Town, order: Order) -> Order:
    await town.orders.settle(order.merchant_order_no, a_payment(order))
    await town.accounts.credit(order)
    return await town.orders.credited(order.merchant_order_no)


async def test_a_code_comes_with_its_guide_and_looks_payable(town, order):
    texts = await told(town, order, Event.READY)
    assert len(texts) == 2
    assert order.merchant_order_no in texts[0]
    assert code_shown(town, order) == ("", True)


async def test_an_event_told_five_times_at_once_is_one_message(town, order):
    await asyncio.gather(*(town.outbox.tell(order, Event.DELAYED) for _ in range(5)))
    await done(f"{order.merchant_order_no}:delayed")
    assert len(shown(town, order)) == 1


@pytest.mark.parametrize("event", Event)
async def test_every_event_can_be_told(town, order, event):
    assert await told(town, order, event)


async def test_a_credited_order_is_told_with_its_balance_and_the_code_says_paid(
    town, order
):
    await told(town, order, Event.READY)
    paid = await credited(town, order)
    texts = await told(town, paid, Event.CREDITED)
    assert "paid" in texts[-1]
    assert "AED 50.00" in texts[-1]
    await done(f"{order.merchant_order_no}:credited:code")
    assert code_shown(town, order) == ("paid", False)


async def test_an_expired_code_says_so(town, order):
    await told(town, order, Event.READY)
    ended = await town.orders.ended(order.merchant_order_no, Status.EXPIRED)
    await told(town, ended, Event.EXPIRED)
    await done(f"{order.merchant_order_no}:expired:code")
    assert code_shown(town, order) == ("expired", False)


async def test_a_code_that_ended_before_it_was_sent_is_not_sent(town, order):
    await town.orders.ended(order.merchant_order_no, Status.EXPIRED)
    await town.outbox.tell(order, Event.READY)
    await done(f"{order.merchant_order_no}:ready")
    assert order.conversation_id not in town.channel.shown


async def test_a_code_that_was_paid_while_it_was_being_sent_says_paid(town, order):
    async def pay() -> None:
        await town.outbox.tell(await credited(town, order), Event.CREDITED)
        await done(f"{order.merchant_order_no}:credited:code")

    town.channel.meanwhile.append(pay)
    await told(town, order, Event.READY)

    async def says_paid() -> bool:
        return code_shown(town, order) == ("paid", False)

    await until(says_paid)


async def test_news_of_a_scan_that_comes_late_does_not_hide_that_it_was_paid(
    town, order
):
    """The cashier is quick: it is paid while the scan is still being shown."""
    await told(town, order, Event.READY)

    async def pay() -> None:
        await town.outbox.tell(await credited(town, order), Event.CREDITED)
        await done(f"{order.merchant_order_no}:credited:code")

    town.channel.meanwhile.append(pay)
    await town.outbox.amend(order.merchant_order_no, Event.SCANNED)
    assert code_shown(town, order) == ("paid", False)


async def test_a_payer_is_told_in_the_language_of_the_chat(town, order):
    chat = Chat(conversation_id=order.conversation_id, language="ar")
    await town.chats.save(chat, "tg:1:1", ())
    texts = await told(town, order, Event.FAILED)
    assert any("\u0600" <= sign <= "\u06ff" for sign in texts[0])


async def test_nothing_that_was_told_is_kept_with_a_secret(town, order):
    await told(town, order, Event.READY)
    jobs = await DBOS.list_workflows_async(workflow_id_prefix=order.merchant_order_no)
    kept = json.dumps([[str(job.input), str(job.output)] for job in jobs])
    assert order.token_url not in kept
    assert "+" not in kept


async def test_the_engine_answers_while_it_runs(town):
    assert await engine.answers()
