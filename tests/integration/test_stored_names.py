"""What the engine has stored under a name must find that name after every change.

A job in flight is kept under its name, its queue, its class, its instance and the
version of the code. Change one of these and every order in flight is stranded: if a
test here fails, change the code back, or bring the stored jobs along.
"""

from dataclasses import replace

import pytest
from dbos import DBOS

from bot.whatsapp_progress import begin_anew
from core import engine
from core.domain.cases import CaseKind
from core.domain.orders import Event, Status
from tests.integration.conftest import Town, done
from tests.integration.telling import told


@pytest.mark.parametrize(
    ("job", "name"),
    [
        ("create", "create"),
        ("stranger", "ask_about_stranger"),
        ("ready", "push"),
        ("code:credited", "amend"),
    ],
)
async def test_every_job_is_stored_under_the_name_it_always_had(
    town: Town, job: str, name: str
):
    order = await town.created()
    number = order.merchant_order_no
    await told(town, order, Event.READY)
    await town.outbox.tell(replace(order, status=Status.CREDITED), Event.CREDITED)
    await engine.start(f"{number}:stranger", town.topups.ask_about_stranger, number)
    stored = await DBOS.list_workflows_async(workflow_id_prefix=f"{number}:{job}")
    assert {each.name for each in stored} == {name}
    assert {each.app_version for each in stored} == {"1"}
    owners = {"create": "TopUps", "stranger": "TopUps"}
    assert {each.class_name for each in stored} == {owners.get(job, "Outbox")}
    assert {each.config_name for each in stored} == {owners.get(job, "Outbox").lower()}


async def test_an_update_is_stored_under_the_name_it_always_had(town: Town):
    chat = {"id": 900_001, "type": "private"}
    await town.inbox.accept(
        {"update_id": 424242, "message": {"chat": chat, "text": "/help"}}
    )
    await done("tg:1234567890:424242")
    [stored] = await DBOS.list_workflows_async(workflow_ids=["tg:1234567890:424242"])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "receive",
        "Inbox",
        "inbox",
    )
    assert (stored.queue_name, stored.executor_id) == ("inbox", "test-worker")


async def test_the_wait_for_a_push_is_stored_under_the_name_it_always_had(town: Town):
    job = "T-stored:credited:failed:SM1"
    await engine.enqueue(
        engine.Queue.OUTBOX, job, begin_anew, engine.Queue.OUTBOX, "T-stored:credited"
    )
    await done(job)
    [stored] = await DBOS.list_workflows_async(workflow_ids=[job])
    assert (stored.name, stored.class_name) == ("begin_anew", None)


async def test_a_message_is_stored_under_the_name_it_always_had(town: Town):
    form = {"MessageSid": "SMstored", "From": "whatsapp:+971500009999", "Body": "hi"}
    await town.whatsapp_inbox.accept(form)
    await done("wa:SMstored")
    [stored] = await DBOS.list_workflows_async(workflow_ids=["wa:SMstored"])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "receive-whatsapp",
        "WhatsAppInbox",
        "whatsapp-inbox",
    )


async def test_a_case_is_stored_under_the_name_it_always_had(town: Town):
    number = await town.desk.open_case(CaseKind.STRANGER, "T-stored", {})
    await done(f"case:{number}")
    [stored] = await DBOS.list_workflows_async(workflow_ids=[f"case:{number}"])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "alert",
        "SupportDesk",
        "support_desk",
    )


async def test_the_queues_have_the_names_they_always_had(town: Town):
    queues = {queue.name for queue in await DBOS.list_queues_async()}
    names = {"inbox", "outbox", "outbox-whatsapp", "codes"}
    assert queues >= names
    assert {str(queue) for queue in engine.Queue} == names


def test_the_words_in_our_tables_are_the_words_they_always_were():
    assert {str(status) for status in Status} == {
        "creating",
        "open",
        "paid",
        "credited",
        "expired",
        "cancelled",
        "failed",
    }
    assert {str(event) for event in Event} == {
        "delayed",
        "ready",
        "failed",
        "scanned",
        "credited",
        "held",
        "reminder",
        "expired",
        "cancelled",
    }
