"""The payer hears each step of money that goes back once, or on coming back."""

from dataclasses import replace

import pytest
from dbos import DBOS

from bot.channel import Refused, Unconfirmed, Unreachable
from bot.pushes import refund_push_id
from core.domain.cases import CaseKind
from core.domain.orders import Order
from core.domain.refunds import Refund, RefundStatus, Way
from tests.integration.conftest import Town, done
from tests.integration.refunding import paid, refund
from tests.integration.telling import shown

ASKED, PROCESSING = RefundStatus.ASKED, RefundStatus.PROCESSING
DONE, FAILED = RefundStatus.DONE, RefundStatus.FAILED


async def begun(town: Town) -> tuple[Order, Refund]:
    """Begin to give back what a payer has topped up, of whom we ask no more."""
    order = await paid(town)
    given = await refund(town, order, 5000)
    return order, given


async def moved(town: Town, given: Refund, status: RefundStatus) -> Refund:
    """Let a refund come to its end."""
    if status is DONE:
        return (await town.refunds.done(given.refund_no, "1914")).refund
    return (await town.refunds.failed(given.refund_no, status, "62045")).refund


async def told(town: Town, order: Order, given: Refund) -> list[str]:
    """Tell how a refund stands; return what the payer's chat shows then."""
    order = await town.orders.get(order.merchant_order_no)
    await town.refund_post.tell(order, given)
    await done(refund_push_id(given))
    return shown(town, order)


async def test_each_step_is_told_once_however_often_it_is_asked(town):
    order, given = await begun(town)
    for stands in (replace(given, status=ASKED), given):
        [text] = await told(town, order, stands)
    assert "Money back: " in text
    given = await moved(town, given, DONE)
    for _ in range(2):
        texts = await told(town, order, given)
    assert len(texts) == 2
    assert "the store gives you the cash" in texts[1]
    assert await town.refund_post.has_told(order, given)


async def test_a_step_that_is_over_is_not_told_any_more(town):
    order, given = await begun(town)
    await moved(town, given, FAILED)
    assert await told(town, order, given) == []


async def test_what_we_refused_ourselves_needs_no_telling(town):
    order, given = await begun(town)
    refused = replace(given, status=RefundStatus.REFUSED)
    await town.refund_post.tell(order, refused)
    assert await town.refund_post.has_told(order, refused)
    assert shown(town, order) == []


@pytest.mark.parametrize("status", [PROCESSING, DONE, FAILED])
async def test_what_was_out_of_reach_is_shown_once_the_payer_is_back(town, status):
    order, given = await begun(town)
    if status is not PROCESSING:
        given = await moved(town, given, status)
    town.channel.only = order.conversation_id
    town.channel.fails(Unreachable("blocked"))
    assert await told(town, order, given) == []
    assert await town.refund_post.has_told(order, given)
    for _ in range(2):
        await town.outbox.show_held(order.conversation_id)
        assert len(shown(town, order)) == 1


async def test_what_is_not_so_any_more_is_not_shown_to_a_payer_who_is_back(town):
    order, given = await begun(town)
    town.channel.only = order.conversation_id
    town.channel.fails(Unreachable("blocked"))
    await told(town, order, given)
    await moved(town, given, DONE)
    await town.outbox.show_held(order.conversation_id)
    assert shown(town, order) == []


async def test_what_may_have_come_says_so_when_it_is_shown_again(town):
    order, given = await begun(town)
    given = await moved(town, given, DONE)
    town.channel.only = order.conversation_id
    for _ in range(2):
        town.channel.fails(Unconfirmed("ReadTimeout"))
    await told(town, order, given)
    await town.outbox.show_held(order.conversation_id)
    assert shown(town, order)[-1].startswith("You may have seen this already:")


@pytest.mark.parametrize(
    ("status", "cases"),
    [
        (PROCESSING, []),
        (DONE, [CaseKind.NOT_TOLD]),
        (FAILED, [CaseKind.NOT_TOLD]),
    ],
)
async def test_support_hears_of_an_end_that_no_chat_takes(town, status, cases):
    order, given = await begun(town)
    if status is not PROCESSING:
        given = await moved(town, given, status)
    town.channel.only = order.conversation_id
    town.channel.fails(Refused("400"))
    await told(town, order, given)
    assert town.support.kinds(order) == cases


async def test_a_push_whose_job_is_lost_is_begun_again(town):
    order, given = await begun(town)
    given = await moved(town, given, DONE)
    town.channel.only = order.conversation_id
    town.channel.fails(RuntimeError("a fault that nobody thought of"))
    await town.refund_post.tell(order, given)
    with pytest.raises(RuntimeError):
        await done(refund_push_id(given))
    assert not await town.refund_post.has_told(order, given)
    assert len(await told(town, order, given)) == 1


async def test_its_job_is_stored_under_the_name_it_always_had(town):
    order, given = await begun(town)
    await told(town, order, given)
    number, refund_no = order.merchant_order_no, given.refund_no
    job = f"{number}:refund_asked:{refund_no}"
    [stored] = await DBOS.list_workflows_async(workflow_ids=[job])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "push_refund",
        "RefundPost",
        "refund_post",
    )


def test_the_words_in_the_table_of_refunds_are_the_words_they_always_were():
    assert {str(status) for status in RefundStatus} == {
        "asked",
        "processing",
        "done",
        "failed",
        "refused",
    }
    assert {str(way) for way in Way} == {"refund", "revoke"}
