"""What could not be brought is shown when the payer is there again, before anything."""

from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio

from bot.announcements import announce
from bot.channel import Refused, Unconfirmed, Unreachable, Unworded
from bot.pushes import push_id
from bot.words import words_in
from core.database.messages import Delivery, Record
from core.domain.cases import CaseKind
from core.domain.orders import Event, Order, Status
from tests.integration.conftest import SHOP, Town, until
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

SEEN_ALREADY = "You may have seen this already:"


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid, of which its payer has not heard yet."""
    return await an_order_in(town, Status.OPEN)


async def away(town: Town, order: Order, *events: Event) -> None:
    """Tell events while the chat is closed to us."""
    town.channel.only = order.conversation_id
    for event in events:
        for _ in range(2 if event is Event.READY else 1):
            town.channel.fails(Unreachable("blocked"))
        await told(town, order, event)
        assert await town.outbox.has_told(order, event)


async def back(town: Town, order: Order) -> list[str]:
    """Let the payer come back; return what the chat shows then."""
    await town.outbox.show_held(order.conversation_id)
    return shown(town, order)


@pytest.mark.parametrize(
    ("event", "messages"),
    [
        (Event.READY, 2),
        (Event.HELD, 1),
        (Event.CREDITED, 1),
        (Event.FAILED, 1),
        (Event.EXPIRED, 1),
        (Event.CANCELLED, 1),
        (Event.DELAYED, 0),
        (Event.SCANNED, 0),
        (Event.REMINDER, 0),
    ],
)
async def test_what_is_still_worth_saying_is_shown_once(town, event, messages):
    order = await an_order_in(town, TRUE_IN[event])
    await away(town, order, event)
    texts = await back(town, order)
    said = announce(order, event, words_in("en"), SHOP, town.clock.now())
    assert len(texts) == messages
    for text, message in zip(texts, said, strict=False):
        assert text.startswith(message.text)
    assert await back(town, order) == texts


async def test_what_two_jobs_show_at_once_is_shown_once(town, order):
    await away(town, order, Event.READY)
    town.channel.meanwhile.append(partial(back, town, order))
    assert len(await back(town, order)) == 2
    for index in range(2):
        record = await town.messages.get(f"{push_id(order, Event.READY)}:{index}")
        assert record.stands


async def test_what_is_not_true_any_more_is_not_shown(town, order):
    await away(town, order, Event.READY)
    await moved(town, order, Status.EXPIRED)
    assert await back(town, order) == []


async def test_what_became_of_cash_is_shown_however_late(town):
    order = await an_order_in(town, Status.CREDITED)
    await away(town, order, Event.CREDITED)
    town.clock.pass_by(1000 * HOUR)
    assert len(await back(town, order)) == 1


async def test_an_old_code_that_was_never_paid_is_not_spoken_of(town):
    order = await an_order_in(town, Status.EXPIRED)
    await away(town, order, Event.EXPIRED)
    town.clock.pass_by(100 * HOUR)
    assert await back(town, order) == []


async def test_it_is_shown_another_time_when_the_chat_is_still_closed(town):
    order = await an_order_in(town, Status.CREDITED)
    await away(town, order, Event.CREDITED)
    town.channel.fails(Unreachable("blocked"))
    assert await back(town, order) == []
    assert len(await back(town, order)) == 1


async def test_a_code_that_is_paid_while_it_is_shown_again_says_paid(town, order):
    await away(town, order, Event.READY)

    async def pay() -> None:
        await moved(town, order, Status.CREDITED)

    town.channel.meanwhile.append(pay)
    await back(town, order)
    await code_becomes(town, order, "paid")


async def test_a_code_that_could_not_be_amended_says_paid_when_its_payer_is_back(
    town, order
):
    await told(town, order, Event.READY)
    order = await moved(town, order, Status.CREDITED)
    town.channel.only = order.conversation_id
    for _ in range(2):  # the result, and the picture
        town.channel.fails(Unreachable("blocked"))
    await told(town, order, Event.CREDITED)
    await until(lambda: nothing_goes_wrong_any_more(town))
    await back(town, order)

    async def it_says_paid_to_who_is_back() -> bool:
        await back(town, order)
        return code_shown(town, order) == ("paid", False)

    await until(it_says_paid_to_who_is_back)


async def test_a_code_out_of_reach_is_amended_also_when_nothing_is_left_to_be_said(
    town, order
):
    town.channel.only = order.conversation_id
    town.channel.mishaps.append((None, True))  # the code arrives
    town.channel.fails(Unreachable("blocked"))  # the guide does not
    await told(town, order, Event.READY)
    order = await moved(town, order, Status.CREDITED)
    town.channel.fails(Unreachable("blocked"))
    await town.outbox.refresh(order)
    await until(lambda: nothing_goes_wrong_any_more(town))
    await says_paid_and_nothing_more_when_back(town, order)


async def test_a_code_that_alone_was_out_of_reach_says_paid_when_its_payer_is_back(
    town, order
):
    await told(town, order, Event.READY)
    order = await moved(town, order, Status.CREDITED)
    town.channel.only = order.conversation_id
    town.channel.fails(Unreachable("blocked"))
    await town.outbox.refresh(order)
    await until(lambda: code_is_out_of_reach(town, order))
    await says_paid_and_nothing_more_when_back(town, order)


async def says_paid_and_nothing_more_when_back(town: Town, order: Order) -> None:
    """A change that is only just being given up is made when the payer comes again."""
    texts = shown(town, order)

    async def it_does() -> bool:
        assert len(await back(town, order)) == len(texts)
        return code_shown(town, order) == ("paid", False)

    await until(it_does)


async def code_is_out_of_reach(town: Town, order: Order) -> bool:
    code = await town.messages.get(f"{push_id(order, Event.READY)}:0")
    return code is not None and code.state is Delivery.UNREACHABLE


async def nothing_goes_wrong_any_more(town: Town) -> bool:
    return not town.channel.mishaps


async def test_an_answer_that_did_not_arrive_is_not_shown_again(town, order):
    """Which shows an order's code, but was asked for at another time."""
    answer = Record(
        id=f"tg:1:{town.number()}:0",
        conversation_id=order.conversation_id,
        merchant_order_no=order.merchant_order_no,
        state=Delivery.UNREACHABLE,
    )
    await town.messages.save(answer)
    assert await back(town, order) == []
    passed = replace(answer, state=Delivery.PASSED)
    assert await town.messages.get(answer.id) == passed


async def silence(town: Town, *, arrives: bool) -> Order:
    """Let the network say nothing, twice, about a payer's result."""
    order = await an_order_in(town, Status.PAID)
    town.channel.only = order.conversation_id
    for _ in range(2):
        town.channel.fails(Unconfirmed("ReadTimeout"), arrives=arrives)
    await told(town, order, Event.HELD)
    return order


async def test_a_result_that_may_not_have_arrived_is_a_case_for_support(town):
    order = await silence(town, arrives=True)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]


async def test_a_result_that_may_not_have_arrived_is_shown_again_and_says_so(town):
    order = await silence(town, arrives=False)
    await town.outbox.show_held(order.conversation_id)
    await town.outbox.show_held(order.conversation_id)
    [text] = shown(town, order)
    assert text.startswith(SEEN_ALREADY)


async def test_a_code_shown_again_says_so_for_good_also_when_it_is_paid(town, order):
    town.channel.only = order.conversation_id
    for _ in range(2):
        town.channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    await told(town, order, Event.READY)
    await back(town, order)
    paid = await moved(town, order, Status.CREDITED)
    await told(town, paid, Event.CREDITED)

    async def it_is_paid() -> bool:
        return (True, "paid") in codes(town, order)

    await until(it_is_paid)
    assert [is_marked for is_marked, _ in codes(town, order)] == [False, False, True]


def codes(town: Town, order: Order) -> list[tuple[bool, str]]:
    """Tell of each code in the chat whether it says it is a copy, and its stamp."""
    return [
        (message.text.startswith(SEEN_ALREADY), message.card.stamp)
        for message in town.channel.shown[order.conversation_id]
        if message.card
    ]


async def test_a_result_is_never_shown_a_fourth_time(town):
    order = await silence(town, arrives=True)
    town.channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    for _ in range(3):
        await town.outbox.show_held(order.conversation_id)
    assert len(shown(town, order)) == 3
    record = await town.messages.get(f"{push_id(order, Event.HELD)}:0")
    assert (record.state, record.unconfirmed) == (Delivery.UNKNOWN, 3)


async def test_a_result_that_is_refused_is_a_case_for_support(town):
    order = await an_order_in(town, Status.CREDITED)
    town.channel.fails(Refused("chat not found"))
    await told(town, order, Event.CREDITED)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]


async def test_a_result_that_came_through_is_no_case(town):
    order = await an_order_in(town, Status.CREDITED)
    await told(town, order, Event.CREDITED)
    assert town.support.kinds(order) == []


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (Unworded("not written to us for a day"), [CaseKind.NO_TEMPLATE]),
        (Unreachable("blocked"), []),
    ],
    ids=["no words for it", "blocked"],
)
async def test_support_hears_of_a_result_that_no_approved_sentence_could_tell(
    town, error, kinds
):
    order = await an_order_in(town, Status.CREDITED)
    town.channel.fails(error)
    for _ in range(2):
        await told(town, order, Event.CREDITED)
    assert town.support.kinds(order) == kinds
    await town.outbox.show_held(order.conversation_id)
    assert len(shown(town, order)) == 1
