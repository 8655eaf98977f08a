"""What people send is answered once and in order, whatever happens meanwhile."""

import asyncio
import json
from itertools import count
from typing import Any

import pytest
from dbos import DBOS

from bot.channel import Refused, Unreachable
from bot.telegram_updates import Json
from core.database.messages import Delivery, Record
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from tests.fakes import a_payment
from tests.integration.conftest import BOT_ID, Town, done, until
from tests.integration.telling import an_order_in, told

NUMBERS = count(1000)


class Person:
    """A person with a chat of their own, seen from the door."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.id = 800_000 + next(NUMBERS)
        self.chat = f"tg:{self.id}"

    def update(self, **what: object) -> dict[str, Any]:
        sender = {"id": self.id, "is_bot": False, "language_code": "en"}
        chat = {"id": self.id, "type": "private"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": sender}
        number = next(NUMBERS)
        if "data" in what:
            query = {"id": "q", "from": sender, "message": message, **what}
            return {"update_id": number, "callback_query": query}
        return {"update_id": number, "message": message | what}

    def lets_us_in(self) -> dict[str, Any]:
        """Unblock the bot."""
        change = {
            "chat": {"id": self.id, "type": "private"},
            "new_chat_member": {"status": "member"},
        }
        return {"update_id": next(NUMBERS), "my_chat_member": change}

    async def say(self, *texts: str) -> list[str]:
        """Send texts as fast as can be; return what the chat shows after them."""
        updates = [self.update(text=text) for text in texts]
        for update in updates:
            await self._town.inbox.accept(update)
        return await self.after(*updates)

    async def tap(self, label: str) -> list[str]:
        update = self.update(data=self.button(label))
        await self._town.inbox.accept(update)
        return await self.after(update)

    async def after(self, *updates: Json) -> list[str]:
        for update in updates:
            await done(f"tg:{BOT_ID}:{update['update_id']}")
        return self.shown()

    def shown(self) -> list[str]:
        return [message.text for message in self._town.channel.shown[self.chat]]

    def button(self, label: str) -> str:
        for message in reversed(self._town.channel.shown[self.chat]):
            for row in message.choices:
                for choice in row:
                    if choice.title.startswith(label):
                        return choice.id
        raise AssertionError(f"no button {label!r}")


@pytest.fixture
def person(town):
    return Person(town)


async def test_an_update_is_answered(person):
    assert len(await person.say("/help")) == 1


async def test_the_same_update_five_times_at_once_is_answered_once(town, person):
    update = person.update(text="/help")
    await asyncio.gather(*(town.inbox.accept(update) for _ in range(5)))
    assert len(await person.after(update)) == 1


async def test_what_a_person_sends_is_answered_in_the_order_it_was_sent(town, person):
    account = await town.account()
    texts = await person.say("/topup", account.id, "50")
    assert "AED 50.00" in texts[-1]
    assert account.masked_name in texts[-1]


async def test_a_confirmation_taken_up_again_after_a_crash_makes_one_order(
    town, person
):
    account = await town.account()
    await person.say(f"/topup 50 {account.id}")
    update = person.update(data=person.button("Confirm"))
    await town.inbox.accept(update)
    before = await person.after(update)
    await town.inbox.receive(json.dumps(update))
    [order] = await town.orders.of_conversation(person.chat, 9)
    assert order.amount == Money(5000)
    assert person.shown()[: len(before)] == before
    assert len(person.shown()) == len(before)


async def test_an_update_taken_up_again_gets_the_answer_it_had(town, person):
    """Answered anew, it would make the button that is on the screen a stale one."""
    account = await town.account()
    await person.say(f"/topup {account.id}")
    update = person.update(text="50")
    await town.inbox.accept(update)
    before = await person.after(update)
    await town.inbox.receive(json.dumps(update))
    assert person.shown() == before
    await person.tap("Confirm")
    [order] = await town.orders.of_conversation(person.chat, 9)
    assert order.account_id == account.id


async def test_five_taps_on_confirm_make_one_order(town, person):
    account = await town.account()
    await person.say(f"/topup 50 {account.id}")
    taps = [person.update(data=person.button("Confirm")) for _ in range(5)]
    await asyncio.gather(*map(town.inbox.accept, taps))
    await person.after(*taps)
    assert len(await town.orders.of_conversation(person.chat, 9)) == 1


async def missed(town: Town, person: Person) -> Order:
    """Let somebody's code end while they have blocked us."""
    order = await an_order_in(town, Status.EXPIRED, person.chat)
    town.channel.fails(Unreachable("blocked"))
    await told(town, order, Event.EXPIRED)
    return order


async def test_what_a_person_has_missed_comes_before_the_answer(town, person):
    order = await missed(town, person)
    texts = await person.say("/help", "/help")
    assert [order.merchant_order_no in text for text in texts] == [True, False, False]


async def test_a_person_who_lets_us_back_in_sees_what_they_have_missed(town, person):
    order = await missed(town, person)
    update = person.lets_us_in()
    await town.inbox.accept(update)
    [text] = await person.after(update)
    assert order.merchant_order_no in text


async def test_something_missed_that_cannot_be_shown_does_not_silence_the_chat(
    town, person
):
    lost = Record(
        id="T261124-NBDY2222:expired:0",
        conversation_id=person.chat,
        merchant_order_no="T261124-NBDY2222",
        state=Delivery.UNREACHABLE,
    )
    await town.messages.save(lost)
    assert len(await person.say("/help")) == 1


async def test_a_reply_that_is_refused_does_not_silence_the_chat(town, person):
    town.channel.fails(Refused("chat not found"))
    await person.say("/help")
    assert len(await person.say("/help")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "\ud800",
        "x" * 4096,
        "/topup \x00 \udfff",
        "'; drop table orders;--",
        "👋",
    ],
    ids=["nul", "surrogate", "long", "both", "sql", "emoji"],
)
async def test_any_text_is_answered_and_so_is_the_next(person, text):
    first = await person.say(text)
    assert first
    assert len(await person.say("/help")) > len(first)


@pytest.mark.parametrize(
    "what",
    [
        {"photo": [{"file_id": "f"}]},
        {"voice": {}},
        {"location": {"latitude": "north", "longitude": None}},
        {"location": {"latitude": 25.2}},
        {"location": "here"},
        {"text": ["not", "text"]},
        {"text": "/help", "from": None},
        {"data": ["not", "data"]},
        {"data": "v1:check:T261124-NBDY2222"},
        {"data": ""},
    ],
    ids=str,
)
async def test_whatever_comes_in_a_chat_is_answered(town, person, what):
    update = person.update(**what)
    await town.inbox.accept(update)
    assert await person.after(update)


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 1},
        {"update_id": True, "message": {"chat": {"id": 1, "type": "private"}}},
        {"update_id": "2", "message": {"chat": {"id": 1, "type": "private"}}},
        {"update_id": 3, "message": {"chat": {"id": -5, "type": "group"}, "text": "x"}},
        {"update_id": 4, "message": {"chat": {"id": "1", "type": "private"}}},
        {"update_id": 5, "message": "x"},
        {"update_id": 6, "callback_query": {"id": "q", "data": "x"}},
        {"update_id": 7, "inline_query": {"id": "q"}},
        {
            "update_id": 8,
            "my_chat_member": {
                "chat": {"id": 1, "type": "private"},
                "new_chat_member": {"status": "kicked"},
            },
        },
    ],
    ids=str,
)
async def test_an_update_of_no_private_chat_is_let_go(town, update):
    before = town.channel.tries
    await town.inbox.accept(update)
    number = update.get("update_id")
    assert await DBOS.get_workflow_status_async(f"tg:{BOT_ID}:{number}") is None
    assert town.channel.tries == before


async def test_a_code_asked_for_and_paid_while_it_was_being_sent_says_paid(
    town, person
):
    account = await town.account()
    await person.say(f"/topup 50 {account.id}")
    await person.tap("Confirm")
    [order] = await town.orders.of_conversation(person.chat, 1)
    await town.creation_of(order)

    async def pay() -> None:
        paid = await town.orders.settle(
            order.merchant_order_no, a_payment(order), "notice"
        )
        assert paid.first

    town.channel.meanwhile.append(pay)
    await person.say("code")

    async def says_paid() -> bool:
        cards = [message.card for message in town.channel.shown[person.chat]]
        return [card.stamp for card in cards if card] == ["paid"]

    await until(says_paid)
