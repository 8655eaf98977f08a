"""One payer on several chats: what is shared, and another way for results."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.channel import Refused, SendError, Unconfirmed, Unreachable
from bot.pushes import push_id
from core.database.links import SqlLinks
from core.database.messages import Delivery
from core.database.tables.chats import ConversationRow, LinkCodeRow
from core.domain.cases import CaseKind
from core.domain.links import digest_of, new_link_code, read_link_code
from core.domain.orders import Event, Status
from tests.integration.conftest import until
from tests.integration.telling import HOUR, TRUE_IN, an_order_in, moved, shown, told
from tests.integration.test_inbox import Person
from tests.integration.test_whatsapp_inbox import Person as WhatsAppPerson


@pytest.fixture
def links(town):
    return SqlLinks(town.database, town.clock)


@pytest.fixture
def person(town):
    return Person(town)


@pytest.fixture
def other(town):
    return Person(town)


async def code_of(person: Person) -> str:
    words = (
        (await person.say("/link"))[-1].replace("\ue000", " ").replace("\ue001", " ")
    )
    [code] = filter(read_link_code, words.split())
    return code


async def linked(links: SqlLinks, *chats: str) -> None:
    for chat in chats[1:]:
        digest = digest_of(new_link_code())
        await links.give(chats[0], digest)
        await links.join(digest, chat)


async def hears(town, person: Person, words: str) -> None:
    async def it_does() -> bool:
        return any(words in text for text in person.shown())

    await until(it_does)


async def test_both_chats_hear_of_a_link_and_of_its_end(town, person, other):
    code = await code_of(person)
    assert "Your chats are linked" in (await other.say(code))[-1]
    await hears(town, person, "now linked with another one")
    await other.say("/unlink")
    assert "on its own again" in (await other.tap("Yes, unlink"))[-1]
    await hears(town, person, "not linked with this one any more")
    assert len(person.shown()) == 3


async def test_no_code_is_kept_as_it_is_shown(town, person):
    code = await code_of(person)
    chat = select(ConversationRow).where(ConversationRow.id == person.chat)
    given = select(LinkCodeRow).where(LinkCodeRow.conversation_id == person.chat)
    kept, row = await town.database.read(
        lambda session: (session.exec(chat).one(), session.exec(given).one())
    )
    assert code not in kept.model_dump_json()
    assert row.digest == digest_of(code)


async def test_wrong_codes_are_counted_from_one_message_to_the_next(
    person, other, links
):
    """What is counted comes from the database each time, not from memory."""
    await other.say(*["/link ABCD2345"] * 5)
    assert "too many wrong codes" in (await other.say(await code_of(person)))[-1]
    assert await links.payer(other.chat) is None


async def test_a_code_of_telegram_is_good_on_whatsapp_for_ten_minutes(
    town, person, links
):
    on_whatsapp = WhatsAppPerson(town)
    late = await code_of(person)
    town.clock.pass_by(timedelta(minutes=11))
    assert "has expired" in (await on_whatsapp.say(late))[-1]
    assert await links.payer(on_whatsapp.chat) is None
    code = await code_of(person)
    town.clock.pass_by(timedelta(minutes=9))
    assert "Your chats are linked" in (await on_whatsapp.say(code))[-1]
    assert person.chat in (await links.payer(on_whatsapp.chat)).chats


async def test_a_link_that_is_taken_up_again_is_told_once(town, person, other):
    """As after a crash: the chat that has used the code sends it once more."""
    code = await code_of(person)
    await other.say(code)
    await hears(town, person, "now linked with another one")
    assert "Your chats are linked" in (await other.say(code))[-1]
    await other.say("/unlink")
    await other.tap("Yes, unlink")
    await hears(town, person, "not linked with this one any more")
    assert len(person.shown()) == 3


async def test_orders_are_shown_in_every_chat_of_the_payer(town, person, other, links):
    order = await an_order_in(town, Status.OPEN, person.chat)
    number = order.merchant_order_no
    assert number not in (await other.say("/orders"))[-1]
    await linked(links, person.chat, other.chat)
    assert number in (await other.say("/orders"))[-1]
    await other.say("/cancel")
    assert "is cancelled" not in (await other.tap("Keep it"))[-1]
    assert (await town.orders.get(number)).conversation_id == person.chat
    paid = await moved(town, order, Status.CREDITED)
    assert number in "".join((await other.say("/receipt"))[-2:])
    await told(town, paid, Event.CREDITED)
    assert any("paid" in text for text in shown(town, order))


async def test_another_chat_of_the_payer_makes_no_second_code_for_the_account(
    town, person, other, links
):
    order = await an_order_in(town, Status.OPEN, person.chat)
    await linked(links, person.chat, other.chat)
    texts = await other.say(f"/topup 20 {order.account_id}")
    assert "You already have a code" in texts[-1]
    assert len(await town.orders.of_conversation(other.chat, 9)) == 1


async def test_the_newest_choice_of_language_holds_in_every_chat(
    town, person, other, links
):
    await linked(links, person.chat, other.chat)
    await person.say("arabic")
    assert "Top up" not in (await other.say("/help"))[-1]
    town.clock.pass_by(HOUR)
    await other.say("english")
    assert "How it works" in (await person.say("/help"))[-1]


def fails(town, chat: str, *errors: SendError) -> None:
    """Let the next messages to a chat go wrong."""
    town.channel.only = chat
    for error in errors:
        town.channel.fails(error)


TWICE = (Unconfirmed("Timeout"), Unconfirmed("Timeout"))
RESULTS = [Event.CREDITED, Event.HELD]


@pytest.mark.parametrize("event", RESULTS)
@pytest.mark.parametrize(
    "errors", [(Unreachable("blocked"),), (Refused("400"),), TWICE]
)
async def test_a_result_that_its_chat_does_not_take_goes_to_another(
    town, other, links, event, errors
):
    order = await an_order_in(town, TRUE_IN[event])
    await linked(links, order.conversation_id, other.chat)
    fails(town, order.conversation_id, *errors)
    assert await told(town, order, event) == []
    [text] = other.shown()
    assert order.merchant_order_no in text
    assert town.support.kinds(order) == []
    assert await town.outbox.has_told(order, event)
    await town.outbox.push(order.merchant_order_no, event)
    assert other.shown() == [text]


async def test_what_was_heard_elsewhere_is_not_shown_again(town, other, links):
    order = await an_order_in(town, Status.CREDITED)
    await linked(links, order.conversation_id, other.chat)
    fails(town, order.conversation_id, Unreachable("blocked"))
    await told(town, order, Event.CREDITED)
    await town.outbox.show_held(order.conversation_id)
    assert shown(town, order) == []


async def test_the_first_of_the_other_chats_that_takes_it_is_enough(
    town, person, other, links
):
    order = await an_order_in(town, Status.CREDITED)
    await linked(links, order.conversation_id, person.chat, other.chat)
    fails(town, order.conversation_id, Refused("400"))
    await told(town, order, Event.CREDITED)
    chats = [town.channel.shown.get(each.chat, []) for each in (person, other)]
    assert sum(map(len, chats)) == 1


async def test_support_hears_of_it_only_when_no_chat_takes_it(town, other, links):
    order = await an_order_in(town, Status.CREDITED)
    await linked(links, order.conversation_id, other.chat)
    town.channel.fails(Refused("400"))
    town.channel.fails(Unreachable("blocked"))
    await told(town, order, Event.CREDITED)
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]
    copies = await town.messages.of_push(
        order.merchant_order_no, push_id(order, Event.CREDITED)
    )
    assert {each.state for each in copies} == {Delivery.REFUSED, Delivery.UNREACHABLE}


async def test_a_copy_that_was_held_is_shown_when_that_chat_is_back(town, other, links):
    order = await an_order_in(town, Status.CREDITED)
    await linked(links, order.conversation_id, other.chat)
    town.channel.fails(Refused("400"))
    town.channel.fails(Unreachable("blocked"))
    await told(town, order, Event.CREDITED)
    assert order.merchant_order_no in (await other.say("/help"))[0]
    assert len(await other.say("/help")) == 3


@pytest.mark.parametrize("event", [Event.READY, Event.EXPIRED, Event.REMINDER])
async def test_what_is_no_result_goes_nowhere_else(town, other, links, event):
    order = await an_order_in(town, TRUE_IN[event])
    await linked(links, order.conversation_id, other.chat)
    fails(town, order.conversation_id, Unreachable("blocked"), Unreachable("blocked"))
    await told(town, order, event)
    assert other.chat not in town.channel.shown


async def test_a_chat_that_was_taken_out_gets_nothing_of_the_others(town, other, links):
    order = await an_order_in(town, Status.CREDITED)
    await linked(links, order.conversation_id, other.chat)
    await links.leave(other.chat)
    fails(town, order.conversation_id, Refused("400"))
    await told(town, order, Event.CREDITED)
    assert other.chat not in town.channel.shown
    assert town.support.kinds(order) == [CaseKind.NOT_TOLD]
