"""Support hears of each case once, with what to do about it."""

import asyncio

import pytest
from dbos import DBOS

from bot.channel import Refused
from bot.support_desk import case_text
from core import engine
from core.database.messages import Delivery
from core.domain.cases import Case, CaseKind
from core.domain.orders import Status
from tests.fakes import NOW
from tests.integration.conftest import SUPPORT_CHAT, done
from tests.integration.telling import an_order_in

FACTS = {"payby_says": "FAILURE"}


def heard(town) -> list[str]:
    chat = town.channel.shown.get(SUPPORT_CHAT, [])
    return [message.text for message in chat]


async def test_a_case_names_the_order_and_what_to_do(town):
    order = await an_order_in(town, Status.PAID)
    number = await town.desk.open_case(CaseKind.HELD, order.merchant_order_no, FACTS)
    await done(f"case:{number}")
    assert heard(town)[-1].splitlines() == [
        f"Case {number}: Paid, but the account cannot be credited",
        f"Order {order.merchant_order_no}",
        "AED 50.00, now paid",
        "payby says: FAILURE",
        "",
        "Open the account again and it is credited; or give the money back.",
    ]
    (opens,), (retries,) = town.channel.shown[SUPPORT_CHAT][-1].choices
    assert opens.id == f"s1:order:{order.merchant_order_no}"
    assert retries.id == f"s1:retry:{order.merchant_order_no}"
    case = await town.cases.get(number)
    assert case.conversation_id == order.conversation_id


async def test_the_same_case_five_times_at_once_is_heard_of_once(town):
    before = len(heard(town))
    numbers = await asyncio.gather(
        *(town.desk.open_case(CaseKind.STRANGER, "T-nobody-s", {}) for _ in range(5))
    )
    assert len(set(numbers)) == 1
    await done(f"case:{numbers[0]}")
    assert len(heard(town)) == before + 1


async def test_a_case_that_cannot_be_told_opens_no_other(town):
    town.channel.only = SUPPORT_CHAT
    town.channel.fails(Refused("chat not found"))
    number = await town.desk.open_case(CaseKind.STRANGER, "T-elsewhere", {})
    await done(f"case:{number}")
    record = await town.messages.get(f"case:{number}:0")
    assert record.state is Delivery.REFUSED
    [newest] = await town.cases.newest(1)
    assert newest.number == number


async def test_a_case_comes_after_whatever_payers_wait_for(town):
    number = await town.desk.open_case(CaseKind.STRANGER, "T-later", {})
    job = await DBOS.get_workflow_status_async(f"case:{number}")
    assert job
    assert (job.queue_name, job.priority) == ("outbox", max(engine.Urgency))
    await done(f"case:{number}")


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_of_case_says_what_happened_and_what_to_do(kind):
    case = Case(
        number=7,
        kind=kind,
        merchant_order_no="T1",
        conversation_id="",
        opened_at=NOW,
    )
    first, second, empty, advice = case_text(case, None).splitlines()
    assert first.startswith("Case 7: ")
    assert (second, empty) == ("Order T1", "")
    assert advice.endswith(".")
