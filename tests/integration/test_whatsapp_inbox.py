"""What people send on WhatsApp is answered once and in order, as on Telegram."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest
from dbos import DBOS

from bot.whatsapp_choices import part_of
from bot.whatsapp_progress import WhatsAppProgress
from bot.whatsapp_text import menu_of
from core.database.menus import Item, Menu, SqlMenus
from core.database.messages import Delivery
from core.domain.money import Money
from core.domain.orders import Status
from tests.fakes import NOW
from tests.integration.clerks import hired
from tests.integration.conftest import Town, done, until
from tests.integration.telling import an_order_in, moved

NUMBERS = count(1)
LONG_AGO = NOW - timedelta(days=9)


class Person:
    """A person on WhatsApp, seen from the door."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.phone = f"+97150000{next(NUMBERS):04}"
        self.chat = ""

    def form(self, **what: str) -> dict[str, str]:
        sid = f"SM{2**128 - next(NUMBERS):x}"  # in no order that tells anything
        return {"MessageSid": sid, "From": f"whatsapp:{self.phone}", "Body": ""} | what

    async def send(self, *forms: dict[str, str]) -> list[str]:
        """Send forms as fast as can be; return what the chat shows after them."""
        for form in forms:
            await self._town.whatsapp_inbox.accept(form)
        for form in forms:
            await done(f"wa:{form['MessageSid']}")
        self.chat = await self._town.contacts.heard(self.phone, "", LONG_AGO)
        shown = self._town.channel.shown[self.chat]
        menu = menu_of(shown[-1].choices)
        menus = SqlMenus(self._town.database)
        await menus.show(self.chat, Menu(menu, menu), "shown")  # as the channel does
        return [message.text for message in shown]

    async def say(self, *texts: str) -> list[str]:
        return await self.send(*(self.form(Body=text) for text in texts))

    def sees(self) -> list[str]:
        """What the chat shows, oldest first."""
        return [message.text for message in self._town.channel.shown[self.chat]]

    def number_of(self, title: str) -> str:
        menu = menu_of(self._town.channel.shown[self.chat][-1].choices)
        (number,) = [
            n for n, item in enumerate(menu, 1) if item.title.startswith(title)
        ]
        return str(number)


async def until_it_shows(town: Town, chat: str, text: str) -> None:
    """Wait until a chat shows a message with that text."""

    async def is_there() -> bool:
        return any(text in each.text for each in town.channel.shown.get(chat, []))

    await until(is_there)


@pytest.fixture
def person(town):
    return Person(town)


async def test_a_message_is_answered(person):
    assert len(await person.say("/help")) == 1


async def test_the_same_message_five_times_at_once_is_answered_once(town, person):
    form = person.form(Body="/help")
    await asyncio.gather(*(town.whatsapp_inbox.accept(form) for _ in range(5)))
    assert len(await person.send(form)) == 1


async def test_what_a_person_sends_is_answered_in_the_order_it_was_sent(town, person):
    account = await town.account()
    texts = await person.say("/topup", account.id, "50")
    assert "AED 50.00" in texts[-1]
    assert account.masked_name in texts[-1]


async def test_jobs_are_dated_in_whole_milliseconds(person):
    dated = []
    for _ in range(9):
        form = person.form(Body="/help")
        await person.send(form)
        job = await DBOS.get_workflow_status_async(f"wa:{form['MessageSid']}")
        assert job
        assert isinstance(job.created_at, int)
        dated.append(job.created_at % 1000)
    assert any(dated)


@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩"])
async def test_a_number_takes_the_choice_beside_it(town, person, digits):
    account = await town.account()
    await person.say(f"/topup 50 {account.id}")
    number = person.number_of("Confirm").translate(str.maketrans("0123456789", digits))
    await person.say(number)
    (order,) = await town.orders.of_conversation(person.chat, 9)
    assert order.amount == Money(5000)


async def test_a_button_that_nobody_was_shown_orders_nothing(town, person):
    texts = await person.send(person.form(ButtonPayload="v1:confirm:stranger"))
    assert len(texts) == 1
    assert await town.orders.of_conversation(person.chat, 9) == []


async def test_arabic_is_answered_in_arabic(person):
    assert "مرحبًا" in (await person.say("مرحبا"))[-1]


async def test_a_photo_is_answered_with_what_can_be_read(person):
    texts = await person.send(person.form(NumMedia="1", MediaUrl0="https://x.test/1"))
    assert "I can only read text" in texts[-1]


async def test_a_form_without_a_sender_is_let_go(town):
    await town.whatsapp_inbox.accept({"MessageSid": "SM1", "Body": "hello"})


async def test_who_comes_with_a_phone_and_then_a_user_id_stays_in_one_chat(
    town, person
):
    await person.say("/help")
    both = person.form(Body="/help", ExternalUserId="whatsapp:AE.424242")
    assert len(await person.send(both)) == 2
    unseen = person.form(Body="/help", From="whatsapp:AE.424242")
    assert len(await person.send(unseen)) == 3


async def test_a_message_taken_up_again_gets_the_answer_it_had(town, person):
    form = person.form(Body="/help")
    before = await person.send(form)
    await town.whatsapp_inbox.accept(form)
    assert await person.send(form) == before


async def test_a_form_that_comes_again_a_day_later_does_not_open_the_window(
    town, person
):
    form = person.form(Body="/help")
    await person.send(form)
    written_at = town.clock.now()
    town.clock.pass_by(timedelta(days=1))
    await person.send(form)
    assert (await town.contacts.get(person.chat)).heard_at == written_at


async def test_an_old_message_that_is_found_late_counts_from_its_own_time(town, person):
    form = person.form(Body="/help")
    written_at = town.clock.now() - timedelta(hours=20)
    assert await town.whatsapp_inbox.take(form, written_at)
    assert not await town.whatsapp_inbox.take(form, town.clock.now())
    assert len(await person.send(form)) == 1
    assert (await town.contacts.get(person.chat)).heard_at == written_at


@pytest.mark.parametrize("code", ["63021", "63012"])
async def test_an_answer_that_did_not_arrive_is_brought_again(town, person, code):
    form = person.form(Body="/help")
    before = await person.send(form)
    again = await fails(town, form, code)
    await done(again)
    assert person.sees() == before * 2
    [stored] = await DBOS.list_workflows_async(workflow_ids=[again])
    names = (stored.name, stored.class_name, stored.config_name)
    assert names == ("answer-again-whatsapp", "WhatsAppInbox", "whatsapp-inbox")


async def test_an_answer_that_never_arrives_is_brought_four_times(town, person):
    form = person.form(Body="/help")
    before = await person.send(form)
    for _ in range(3):
        await done(await fails(town, form, "63012"))
    assert person.sees() == before * 4
    last = await fails(town, form, "63012")
    assert await DBOS.get_workflow_status_async(last) is None


async def test_an_answer_is_not_brought_again_once_another_was_given(town, person):
    form = person.form(Body="/help")
    await person.send(form)
    before = await person.say("/balance")
    await done(await fails(town, form, "63021"))
    assert person.sees() == before


async def test_who_writes_while_an_answer_waits_for_twilio_is_answered_with_no_old_one(
    town, person
):
    form = person.form(Body="/help")
    await person.send(form)
    again = await fails(town, form, "63012", busy_s=1)
    before = await person.say("/balance")
    await done(again)
    assert person.sees() == before
    record = await town.messages.get(f"wa:{form['MessageSid']}:0")
    assert record.state is Delivery.PASSED


async def test_a_code_that_was_paid_while_it_waits_for_twilio_is_not_shown_again(
    town, person
):
    await person.say("/help")
    order = await an_order_in(town, Status.OPEN, person.chat)
    form = person.form(Body="show code")
    before = await person.send(form)
    again = await fails(town, form, "63012", busy_s=1)
    await moved(town, order, Status.CREDITED)
    await done(again)
    assert person.sees() == before


async def test_a_word_of_support_that_did_not_arrive_is_brought_again_or_support_hears(
    town, person
):
    agent = await hired(town)
    await person.say("/support")
    talk = await town.talks.live(person.chat)
    await agent.types(f"/take {talk.number}")
    await until_it_shows(
        town, person.chat, "You are talking to a person of support now"
    )
    await agent.types(f"/answer {talk.number} any other shop will do")
    await until_it_shows(town, person.chat, "any other shop will do")
    lines = await town.talks.lines(talk, 9)
    (line,) = [line for line in lines if "any other shop" in line.text]
    message_id = f"talk:{talk.number}:said:{line.id}:0"

    async def is_sent() -> bool:
        return (await town.messages.get(message_id)).state is Delivery.SENT

    await until(is_sent)
    await twilio_says(town, message_id, "63012")
    await until(is_sent)
    assert len([text for text in person.sees() if "any other shop" in text]) == 2
    await twilio_says(town, message_id, "63032")
    await until_it_shows(town, agent.chat, "your answer was refused by the network")
    await agent.types(f"/close {talk.number}")
    await until_it_shows(town, person.chat, "Support has closed case")


async def fails(
    town: Town, form: dict[str, str], code: str, busy_s: float = 0.1
) -> str:
    """Let an answer turn out to have failed; the job that is to bring it again."""
    message_id = f"wa:{form['MessageSid']}:0"
    failures = await twilio_says(town, message_id, code, busy_s)
    return f"{message_id}:again:{failures}"


async def twilio_says(
    town: Town, message_id: str, code: str, busy_s: float = 0.1
) -> int:
    """Let Twilio tell that it could not bring a message; how often it told so."""
    record = await town.messages.get(message_id)
    assert record
    progress = WhatsAppProgress(
        town.messages,
        town.contacts,
        SqlMenus(town.database),
        town.whatsapp_inbox.bring_again,
        busy_s=busy_s,
    )
    failed = {"MessageStatus": "failed", "ErrorCode": code}
    await progress.heed(message_id, {"MessageSid": record.provider_ref, **failed})
    return record.failures + 1


@pytest.mark.parametrize("asked", ["more", "v1:more:2", "10"])
async def test_who_asks_for_more_choices_gets_the_next_part_of_them(
    town, person, asked
):
    await person.say("/help")
    items = tuple(Item(f"v1:store:{n}", f"Store {n}") for n in range(1, 12))
    menu = Menu(part_of(items, 1, "More"), items)
    await SqlMenus(town.database).show(person.chat, menu, "eleven")
    texts = await person.say(asked)
    message = town.channel.shown[person.chat][-1]
    assert texts[-1] == "More to choose from:"
    assert (message.part, menu_of(message.choices)) == (2, items)


async def test_more_is_nothing_special_where_all_choices_are_on_the_screen(person):
    await person.say("/help")
    assert "did not understand" in (await person.say("more"))[-1]
