"""What Twilio took and could not bring is begun again, or support hears of it."""

import pytest

from bot.pushes import push_id
from bot.whatsapp_progress import WhatsAppProgress
from core.database.menus import SqlMenus
from core.database.messages import Delivery
from core.domain.cases import CaseKind
from core.domain.orders import Event, Order, Status
from tests.integration.conftest import Town, until
from tests.integration.telling import an_order_in, shown, told


async def fails(
    town: Town,
    order: Order,
    code: str,
    times: int = 1,
    event: Event = Event.CREDITED,
) -> None:
    """Let the first message of a push turn out to have failed."""
    message_id = f"{push_id(order, event)}:0"
    record = await town.messages.get(message_id)
    assert record
    form = {
        "MessageSid": record.provider_ref,
        "MessageStatus": "failed",
        "ErrorCode": code,
    }
    progress = WhatsAppProgress(
        town.messages,
        town.contacts,
        SqlMenus(town.database),
        town.whatsapp_inbox.bring_again,
        busy_s=0.1,
    )
    for _ in range(times):
        await progress.heed(message_id, form)


@pytest.mark.parametrize("code", ["63016", "63012", "63021", "63027"])
async def test_a_result_that_did_not_arrive_is_sent_again_once(town, code):
    order = await an_order_in(town, Status.CREDITED)
    (first,) = await told(town, order, Event.CREDITED)
    await fails(town, order, code, times=3)

    async def is_sent_again() -> bool:
        record = await town.messages.get(f"{push_id(order, Event.CREDITED)}:0")
        return record is not None and record.state is Delivery.SENT

    await until(is_sent_again)
    assert shown(town, order) == [first, first]


async def test_what_fails_while_its_push_still_brings_the_rest_is_sent_again(town):
    order = await an_order_in(town, Status.OPEN)

    async def nothing_happens() -> None:
        pass

    async def the_first_fails() -> None:
        await fails(town, order, "63012", event=Event.READY)

    town.channel.meanwhile.extend([nothing_happens, the_first_fails])
    card, guide = await told(town, order, Event.READY)

    async def is_sent_again() -> bool:
        return shown(town, order) == [card, guide, card]

    await until(is_sent_again)


async def test_support_hears_of_a_result_that_will_never_arrive(town):
    order = await an_order_in(town, Status.CREDITED)
    await told(town, order, Event.CREDITED)
    await fails(town, order, "63032")

    async def has_case() -> bool:
        return bool(town.support.kinds(order))

    await until(has_case)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]
    assert len(shown(town, order)) == 1
