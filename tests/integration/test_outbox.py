"""Every event of an order is told once, and no old code looks payable."""

import asyncio
import json
from dataclasses import replace

import pytest
import pytest_asyncio
from dbos import DBOS

from bot.channel import NotSent
from bot.chats import Chat
from bot.pushes import push_id
from bot.words import words_in
from core import engine
from core.aftercare import Aftercare
from core.domain.orders import Event, Order, Status
from core.settlement import Settlement
from tests.integration.conftest import done, held_back, until
from tests.integration.telling import (
    HOUR,
    TRUE_IN,
    an_order_in,
    code_becomes,
    code_shown,
    moved,
    shown,
    told,
)


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid, of which its payer has not heard yet."""
    return await an_order_in(town, Status.OPEN)


async def test_a_code_comes_with_its_guide_and_looks_payable(town, order):
    texts = await told(town, order, Event.READY)
    assert len(texts) == 2
    assert order.merchant_order_no in texts[0]
    assert code_shown(town, order) == ("", True)


async def test_an_event_told_five_times_at_once_is_one_message(town):
    order = await an_order_in(town, Status.FAILED)
    await asyncio.gather(*(town.outbox.tell(order, Event.FAILED) for _ in range(5)))
    await told(town, order, Event.FAILED)
    assert len(shown(town, order)) == 1


@pytest.mark.parametrize("event", Event)
async def test_every_event_is_told_while_it_is_true_and_then_it_is_told(town, event):
    order = await an_order_in(town, TRUE_IN[event])
    assert not await town.outbox.has_told(order, event)
    assert await told(town, order, event)
    assert await town.outbox.has_told(order, event)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("status", Status)
async def test_no_event_is_told_that_is_not_true_any_more(town, event, status):
    order = await an_order_in(town, status)
    if TRUE_IN[event] is status:
        return
    assert await town.outbox.has_told(order, event)
    assert not await told(town, order, event)


async def test_nobody_is_reminded_of_a_code_that_has_ended(town, order):
    town.clock.pass_by(25 * HOUR)
    assert await town.outbox.has_told(order, Event.REMINDER)
    assert not await told(town, order, Event.REMINDER)


async def test_a_payer_is_reminded_once_of_each_end_of_the_code(town, order):
    assert len(await told(town, order, Event.REMINDER, Event.REMINDER)) == 1
    number = order.merchant_order_no
    longer = await town.orders.extended(number, order.expires_at + 24 * HOUR)
    assert not await town.outbox.has_told(longer, Event.REMINDER)
    assert len(await told(town, longer, Event.REMINDER)) == 2


async def test_a_reminder_offers_to_extend_the_code(town, order):
    await told(town, order, Event.REMINDER)
    [message] = town.channel.shown[order.conversation_id]
    titles = [choice.title for row in message.choices for choice in row]
    assert any(title.startswith("Keep it until") for title in titles)


async def test_nobody_is_reminded_of_an_end_that_was_put_off(town, order):
    longer = order.expires_at + 24 * HOUR
    await town.orders.extended(order.merchant_order_no, longer)
    assert not await told(town, order, Event.REMINDER)


async def test_a_push_that_is_on_its_way_is_not_told_yet(town, order):
    seen = []

    async def look() -> None:
        seen.append(await town.outbox.has_told(order, Event.READY))

    town.channel.only = order.conversation_id
    town.channel.meanwhile.append(look)
    await told(town, order, Event.READY)
    assert seen == [False]


async def test_a_push_whose_job_has_died_is_told_when_it_is_asked_for_again(
    town, order
):
    """The second message of the two is the one that is missing."""

    async def fall_over() -> None:
        raise MemoryError

    town.channel.only = order.conversation_id
    town.channel.meanwhile += [no_trouble, fall_over]
    await town.outbox.tell(order, Event.READY)
    with pytest.raises(MemoryError):
        await done(push_id(order, Event.READY))
    assert len(shown(town, order)) == 1
    assert not await town.outbox.has_told(order, Event.READY)
    await told(town, order, Event.READY)
    # what the died attempt had on its way counts as a copy that may have arrived
    assert len(shown(town, order)) == 2
    assert await town.outbox.has_told(order, Event.READY)


async def no_trouble() -> None:
    """Let this call pass."""


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.CANCELLED, Status.FAILED])
async def test_an_end_that_a_crash_left_unsaid_reaches_the_chat_once(town, status):
    """Whoever looks after the order enqueues the push under the usual id."""
    order = await an_order_in(town, status)
    parts = replace(town.parts, notifier=town.outbox)
    aftercare = Aftercare(parts, Settlement(parts), no_creation)
    for _ in range(2):
        await aftercare.attend(order.merchant_order_no)
        await done(push_id(order, Event(status)))
    await town.outbox.tell(order, Event(status))
    assert len(shown(town, order)) == 1


async def no_creation(_order: Order) -> None:
    """No order here is being made."""


async def test_a_push_that_was_told_is_not_begun_again(town, order):
    await told(town, order, Event.READY)
    before = town.channel.tries
    await told(town, order, Event.READY)
    assert town.channel.tries == before


async def test_a_credited_order_is_told_with_its_balance_and_the_code_says_paid(
    town, order
):
    await told(town, order, Event.READY)
    paid = await moved(town, order, Status.CREDITED)
    texts = await told(town, paid, Event.CREDITED)
    assert "paid" in texts[-1]
    assert "AED 50.00" in texts[-1]
    await code_becomes(town, order, "paid")


async def test_an_expired_code_says_so_and_paid_when_money_comes_late(town, order):
    await told(town, order, Event.READY)
    ended = await moved(town, order, Status.EXPIRED)
    await told(town, ended, Event.EXPIRED)
    await code_becomes(town, order, "expired")
    paid = await moved(town, ended, Status.CREDITED)
    await told(town, paid, Event.CREDITED)
    await code_becomes(town, order, "paid")


async def test_an_extended_code_names_its_new_end(town, order):
    await told(town, order, Event.READY)
    before = shown(town, order)[0]
    for hours in (1, 2, 1):
        end = order.expires_at + hours * HOUR
        await town.outbox.refresh(
            await town.orders.extended(order.merchant_order_no, end)
        )
        wanted = words_in("en").moment(end, town.clock.now())

        async def it_is_named(wanted: str = wanted) -> bool:
            return wanted in shown(town, order)[0]

        await until(it_is_named)
    assert shown(town, order)[0] != before
    assert code_shown(town, order) == ("", True)


async def test_a_code_that_was_extended_while_it_was_being_sent_names_its_new_end(
    town, order
):
    end = order.expires_at + HOUR

    async def extend() -> None:
        await town.orders.extended(order.merchant_order_no, end)

    town.channel.only = order.conversation_id
    town.channel.meanwhile.append(extend)
    await told(town, order, Event.READY)

    async def it_is_named() -> bool:
        return words_in("en").moment(end, town.clock.now()) in shown(town, order)[0]

    await until(it_is_named)


async def test_a_code_that_was_paid_while_it_was_being_sent_says_paid(town, order):
    async def pay() -> None:
        paid = await moved(town, order, Status.CREDITED)
        await town.outbox.tell(paid, Event.CREDITED)

    town.channel.only = order.conversation_id
    town.channel.meanwhile.append(pay)
    await told(town, order, Event.READY)
    await code_becomes(town, order, "paid")


async def test_news_of_a_scan_that_comes_late_does_not_hide_that_it_was_paid(
    town, order
):
    """The cashier is quick: it is paid while the scan is still being shown."""
    await told(town, order, Event.READY)

    async def pay() -> None:
        paid = await moved(town, order, Status.CREDITED)
        await town.outbox.tell(paid, Event.CREDITED)

    town.channel.only = order.conversation_id
    town.channel.meanwhile.append(pay)
    await town.outbox.amend(order.merchant_order_no, Event.SCANNED)
    await code_becomes(town, order, "paid")


async def test_a_payer_is_told_in_the_language_of_the_chat(town):
    order = await an_order_in(town, Status.FAILED)
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


async def test_results_overtake_the_reminders_that_waited_before_them(town):
    queue = await held_back(engine.Queue.OUTBOX)
    reminded = [await an_order_in(town, Status.OPEN) for _ in range(6)]
    paid = [await an_order_in(town, Status.CREDITED) for _ in range(6)]
    news = [(order, Event.REMINDER) for order in reminded]
    news += [(order, Event.CREDITED) for order in paid]
    for order, event in news:
        await town.outbox.tell(order, event)
    town.channel.turns.clear()
    await queue.set_worker_concurrency_async(1)
    for order, event in news:
        await done(push_id(order, event))
    await queue.set_worker_concurrency_async(None)
    assert set(town.channel.turns[:6]) == {order.conversation_id for order in paid}


async def test_where_no_message_shows_the_code_there_is_nothing_to_amend(town):
    order = await an_order_in(town, Status.CREDITED)
    await told(town, order, Event.CREDITED)
    codes = f"{order.merchant_order_no}:code"
    assert not await DBOS.list_workflows_async(workflow_id_prefix=codes)


async def test_a_network_that_takes_nothing_holds_up_no_other(town):
    stuck = await held_back(engine.Queue.OUTBOX)
    on_telegram = await an_order_in(town, Status.CREDITED)
    on_whatsapp = await an_order_in(town, Status.CREDITED, chat=f"wa:{town.number()}")
    await town.outbox.tell(on_telegram, Event.CREDITED)
    assert await told(town, on_whatsapp, Event.CREDITED)
    assert not shown(town, on_telegram)
    await stuck.set_worker_concurrency_async(None)
    assert await told(town, on_telegram, Event.CREDITED)


@pytest.mark.parametrize(
    ("event", "overtaken_by"),
    [
        (Event.EXPIRED, Status.CREDITED),
        (Event.CANCELLED, Status.CREDITED),
        (Event.FAILED, Status.CREDITED),
        (Event.HELD, Status.CREDITED),
        (Event.REMINDER, Status.EXPIRED),
    ],
)
async def test_what_is_overtaken_while_the_network_is_troubled_is_not_said(
    town, event, overtaken_by
):
    """Else who paid late would read last that nothing was paid."""
    order = await an_order_in(town, TRUE_IN[event])

    async def move_on() -> None:
        await moved(town, order, overtaken_by)

    town.channel.only = order.conversation_id
    town.channel.fails(NotSent("ConnectError"))
    town.channel.meanwhile.append(move_on)
    assert not await told(town, order, event)
    assert await town.outbox.has_told(order, event)
    assert town.support.kinds(order) == []


async def test_a_reminder_is_not_said_of_an_end_put_off_while_the_network_is_troubled(
    town, order
):
    async def extend() -> None:
        longer = order.expires_at + 24 * HOUR
        await town.orders.extended(order.merchant_order_no, longer)

    town.channel.only = order.conversation_id
    town.channel.fails(NotSent("ConnectError"))
    town.channel.meanwhile.append(extend)
    assert not await told(town, order, Event.REMINDER)


async def test_a_push_of_the_first_version_is_still_brought(town):
    """Its job is kept without a name."""
    order = await an_order_in(town, Status.CREDITED)
    number, name = order.merchant_order_no, push_id(order, Event.CREDITED)
    await engine.enqueue(
        engine.Queue.OUTBOX, name, town.outbox.push, number, Event.CREDITED
    )
    await done(name)
    assert len(shown(town, order)) == 1
    assert await town.outbox.has_told(order, Event.CREDITED)
