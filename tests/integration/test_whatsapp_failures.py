"""What Twilio could not tell of is found in its list."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from twilio.rest import Client

from bot.pushes import push_id
from bot.twilio_client import open_twilio
from bot.whatsapp_failures import WhatsAppFailures
from bot.whatsapp_progress import WhatsAppProgress
from core.database.menus import SqlMenus
from core.database.messages import Delivery, Record
from core.domain.orders import Event, Order, Status
from tests.contract.sandbox.twilio.desk import (
    ACCOUNT,
    FROM,
    PHONE,
    TO,
    TOKEN,
    Desk,
    product_server,
    twilio_desk,
)
from tests.integration.conftest import Town, until
from tests.integration.telling import an_order_in, shown, told

NOBODY = "http://127.0.0.1:9/status"


@dataclass
class Silence:
    """A Twilio whose word on our messages reaches nobody, and who looks there."""

    desk: Desk
    town: Town
    twilio: Client
    failures: WhatsAppFailures

    async def result(self) -> Order:
        """Tell a payer of a payment, in a message that Twilio has taken."""
        chat = await self.town.contacts.heard(PHONE, "", self.town.clock.now())
        await self.desk.act(text="hello")
        order = await an_order_in(self.town, Status.CREDITED, chat)
        await told(self.town, order, Event.CREDITED)
        sent = await self.twilio.messages.create_async(
            from_=FROM, to=TO, body="paid", status_callback=NOBODY
        )
        await self.desk.settled()
        await self.town.messages.save(
            replace(await self.record(order), provider_ref=sent.sid)
        )
        return order

    def copies(self, order: Order) -> int:
        """Count the messages that tell of it."""
        texts = shown(self.town, order)
        return sum(order.merchant_order_no in text for text in texts)

    async def record(self, order: Order) -> Record:
        record = await self.town.messages.get(f"{push_id(order, Event.CREDITED)}:0")
        assert record
        return record


@pytest_asyncio.fixture(loop_scope="session")
async def silence(town: Town, tmp_path: Path) -> AsyncIterator[Silence]:
    town.clock.time = datetime.now(UTC)
    progress = WhatsAppProgress(
        town.messages,
        town.contacts,
        SqlMenus(town.database),
        town.whatsapp_inbox.bring_again,
        busy_s=0.1,
    )
    async with (
        product_server() as product,
        twilio_desk(tmp_path, product) as desk,
        open_twilio(f"{desk.url}/twilio", ACCOUNT, TOKEN) as client,
    ):
        failures = WhatsAppFailures(
            client,
            sender=FROM.removeprefix("whatsapp:"),
            messages=town.messages,
            contacts=town.contacts,
            progress=progress,
            clock=town.clock,
        )
        yield Silence(desk, town, client, failures)


async def test_a_result_that_failed_unheard_of_is_sent_again_once(silence):
    silence.desk.fail_next("messages", "fail_63012")
    order = await silence.result()
    await silence.failures.look()
    await silence.failures.look()

    async def is_sent_again() -> bool:
        return (await silence.record(order)).state is Delivery.SENT

    await until(is_sent_again)
    assert silence.copies(order) == 2


async def test_a_result_that_arrived_is_left_alone(silence):
    order = await silence.result()
    before = await silence.record(order)
    await silence.failures.look()
    assert await silence.record(order) == before
    assert silence.copies(order) == 1


async def test_a_failure_of_long_ago_is_left_alone(silence):
    silence.desk.fail_next("messages", "fail_63012")
    order = await silence.result()
    silence.town.clock.pass_by(timedelta(days=2))
    await silence.failures.look()
    assert silence.copies(order) == 1
