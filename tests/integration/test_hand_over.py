"""A payer and a person of support write to each other through the bot."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from bot.channel import NotSent, Refused, Unworded
from bot.chats import Chat
from bot.hand_over import case_replied_to
from bot.messages import Incoming, Kind, Medium, Outgoing, plain
from core.database.staff import SqlStaff
from core.domain.audit import AuditEntry
from core.domain.orders import Status
from core.domain.staff import Member, Role
from core.domain.talks import TalkStage
from tests.integration.clerks import Clerk, hired
from tests.integration.conftest import BOT_ID, SUPPORT_CHAT, Town, done, until
from tests.integration.telling import an_order_in

UPDATES = count(90_000)


class Payer:
    """A payer's chat on Telegram."""

    def __init__(self, town: Town, chat: str = "") -> None:
        self._town = town
        self.chat = chat or f"tg:{800_000 + town.number()}"

    async def types(self, text: str, language: str = "en") -> None:
        """Type something, and wait until it was answered."""
        await self.sends(language, text=text)

    async def sends(self, language: str = "en", **what: object) -> None:
        """Send something, and wait until it was answered."""
        number = int(self.chat.removeprefix("tg:"))
        update = {
            "update_id": next(UPDATES),
            "message": {
                "message_id": 1,
                "chat": {"id": number, "type": "private"},
                "from": {"id": number, "language_code": language},
                **what,
            },
        }
        await self._town.inbox.accept(update)
        await done(f"tg:{BOT_ID}:{update['update_id']}")

    @property
    def sees(self) -> list[str]:
        """All that the chat shows, oldest first."""
        return shown(self._town, self.chat)

    async def asks(self) -> int:
        """Ask for a person; return the case's number."""
        await self.types("/support")
        talk = await self._town.talks.live(self.chat)
        assert talk
        await seen(self._town, SUPPORT_CHAT, f"Case {talk.number}:")
        return talk.number


def shown(town: Town, chat: str) -> list[str]:
    return [plain(message.text) for message in town.channel.shown.get(chat, [])]


async def seen(town: Town, chat: str, text: str) -> None:
    """Wait until a chat shows a message with that text."""

    async def is_there() -> bool:
        return any(text in each for each in shown(town, chat))

    await until(is_there)


async def take(town: Town, clerk: Clerk, number: int) -> str:
    """Take a case, and wait until the desk's chat knows."""
    said = await clerk.types(f"/take {number}")
    await seen(town, SUPPORT_CHAT, f"case {number}.")
    return said


@pytest.fixture
async def payer(town):
    return Payer(town)


async def test_a_case_shows_the_order_and_what_was_said_last(town, payer):
    order = await an_order_in(town, Status.CREDITED, payer.chat)
    await payer.types("my cashier was very rude to me today")
    number = await payer.asks()
    await seen(town, SUPPORT_CHAT, f"Case {number}: a payer wants to talk")
    text = next(t for t in shown(town, SUPPORT_CHAT) if f"Case {number}:" in t)
    assert order.merchant_order_no in text
    assert "payer: my cashier was very rude to me today" in text
    assert "bot: I did not understand" in text
    assert payer.chat.removeprefix("tg:") not in text


async def test_payer_and_person_talk_in_order_until_it_is_closed(town, payer):
    agent = await hired(town)
    number = await payer.asks()
    await payer.types("the first thing that I want to say")
    assert f"added that to case {number}" in payer.sees[-1]
    taken = await take(town, agent, number)
    assert "the first thing that I want to say" in taken
    await seen(town, payer.chat, "You are talking to a person of support now")
    for n in range(5):
        await payer.types(f"and this is what I say as number {n}")
        await agent.types(f"/answer {number} answer {n}")
    await seen(town, agent.chat, "number 4")
    await seen(town, payer.chat, "answer 4")
    to_agent = [text for text in shown(town, agent.chat) if "as number" in text]
    assert [text[-1] for text in to_agent] == list("01234")
    said = [text for text in payer.sees if text.startswith("Support:")]
    assert said == [f"Support: answer {n}" for n in range(5)]
    await agent.types(f"/close {number} solved")
    await seen(town, payer.chat, f"closed case {number}")
    await payer.types("is anybody still there, my dear friend?")
    assert "did not understand" in payer.sees[-1]
    acts = await agent.types("/audit")
    for act in ("take", "answer", "close"):
        assert f"{agent.name}: {act} case {number}" in acts


async def test_commands_buttons_and_short_wishes_still_go_to_the_bot(town, payer):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    for text in ("/orders", "my orders", "top up"):
        await payer.types(text)
        assert "Support" not in payer.sees[-1]
    await payer.types("player-1001-x")
    assert "cannot find the account" in payer.sees[-1]
    assert not [text for text in shown(town, agent.chat) if "player-1001-x" in text]


async def test_a_long_sentence_goes_to_the_person_whatever_words_it_has(town, payer):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    await payer.types("I paid at the store and where is my money")
    await seen(town, agent.chat, "I paid at the store and where is my money")


async def test_of_two_who_take_it_at_once_one_gets_it_and_the_other_hears_who(
    town, payer
):
    one, two = await hired(town), await hired(town)
    number = await payer.asks()
    said = await asyncio.gather(
        one.types(f"/take {number}"), two.types(f"/take {number}")
    )
    assert sum("It is yours" in each for each in said) == 1
    assert sum("has taken case" in each for each in said) == 1
    talk = await town.talks.get(number)
    loser = two if talk.taken_by == one.name else one
    assert talk.taken_by in await loser.types(f"/answer {number} hello")
    assert not [text for text in payer.sees if "hello" in text]


async def test_nobody_takes_their_own_case(town):
    agent = await hired(town)
    number = await Payer(town, agent.chat).asks()
    for command in ("take", "answer", "release", "close"):
        assert "your own case" in await agent.types(f"/{command} {number} text")
    assert (await town.talks.get(number)).stage is TalkStage.WAITING


async def test_what_cannot_be_brought_waits_and_is_shown_when_the_payer_is_back(
    town, payer
):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    await seen(town, payer.chat, "You are talking to a person")
    town.channel.only = payer.chat
    town.channel.mishaps.append((Unworded("a day after they wrote"), False))
    await agent.types(f"/answer {number} please come to the store")
    await seen(town, agent.chat, "shown when they write")
    assert not [text for text in payer.sees if "please come" in text]
    await payer.types("/orders")
    said = [text for text in payer.sees if text.startswith("Support:")]
    assert said == ["Support: please come to the store"]
    await payer.types("/orders")
    assert len([text for text in payer.sees if "please come" in text]) == 1


async def test_a_reply_to_a_message_of_the_case_is_an_answer(town, payer):
    agent = await hired(town, in_group=True)
    number = await payer.asks()
    await seen(town, SUPPORT_CHAT, f"Case {number}:")
    await agent.types(f"/take {number}")
    await payer.types("this is what I would like to know")
    lines = await town.talks.lines(await town.talks.get(number), 1)
    forwarded = f"talk:{number}:line:{lines[0].id}:0"

    async def is_sent() -> bool:
        record = await town.messages.get(forwarded)
        return record is not None and record.stands

    await until(is_sent)
    newest = shown(town, SUPPORT_CHAT)[-1]
    assert newest == f"Case {number}, payer\nthis is what I would like to know"
    record = await town.messages.get(forwarded)
    update = {
        "update_id": next(UPDATES),
        "message": {
            "message_id": 9,
            "chat": {"id": int(SUPPORT_CHAT[3:]), "type": "supergroup"},
            "from": {"id": int(agent.chat[3:])},
            "text": "so it is",
            "reply_to_message": {
                "message_id": record.provider_ref,
                "from": {"is_bot": True},
            },
        },
    }
    await town.inbox.accept(update)
    await seen(town, payer.chat, "Support: so it is")


async def test_staff_are_reminded_of_who_waits_and_each_time_later(town, payer):
    town.clock.time -= timedelta(minutes=16)  # what comes later is late for others too
    number = await payer.asks()

    async def times() -> int:
        await town.hand_over.look()
        await asyncio.sleep(0.3)
        return sum(f"Case {number}:" in text for text in shown(town, SUPPORT_CHAT))

    await seen(town, SUPPORT_CHAT, f"Case {number}:")
    town.clock.time += timedelta(minutes=14)
    assert await times() == 1
    town.clock.time += timedelta(minutes=2)
    await town.hand_over.look()

    async def reminded() -> bool:
        return await times() == 2

    await until(reminded)
    assert await times() == 2


async def test_who_gives_a_case_back_lets_somebody_else_take_it(town, payer):
    one, two = await hired(town), await hired(town)
    number = await payer.asks()
    await one.types(f"/take {number}")
    assert one.name in await two.types(f"/release {number}")
    await one.types(f"/release {number}")
    await seen(town, payer.chat, "Another person of support")
    assert "It is yours" in await two.types(f"/take {number}")


async def test_open_cases_are_listed_the_oldest_first_and_viewers_only_look(
    town, payer
):
    viewer = await hired(town, Role.VIEWER)
    town.clock.time -= timedelta(hours=1)
    first = await payer.asks()
    town.clock.time += timedelta(minutes=1)
    second = await Payer(town).asks()
    assert "takes an agent" in await viewer.types(f"/take {first}")
    listed = await viewer.types("/cases")
    numbers = [line.partition(":")[0] for line in listed.split("\n")]
    assert numbers[:2] == [str(first), str(second)]
    supervisor = await hired(town, Role.SUPERVISOR)
    for number in (first, second):
        await supervisor.types(f"/close {number}")
    assert f"{first}: a payer" not in (await viewer.types("/cases")).casefold()


@pytest.mark.parametrize("sign", ["\ud800", "\0"], ids=["surrogate", "nul"])
async def test_signs_that_no_database_keeps_hold_nothing_up(town, payer, sign):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    await payer.types(f"this is what I have to say {sign} today")
    await seen(town, agent.chat, "this is what I have to say ? today")


async def test_the_same_wish_for_a_person_twice_is_one_case(town, payer):
    first = await payer.asks()
    await payer.types("talk to a person")
    assert await payer.asks() == first


async def test_an_arabic_payer_is_told_in_arabic(town, payer):
    agent = await hired(town)
    await payer.types("أريد التحدث مع شخص", "ar")
    talk = await town.talks.live(payer.chat)
    await take(town, agent, talk.number)
    await seen(town, payer.chat, "أنت تتحدث الآن مع شخص")
    await agent.types(f"/answer {talk.number} أهلا")
    await seen(town, payer.chat, "الدعم: أهلا")


SLIP = {"message_id": 4711, "photo": [{"file_id": "A"}], "caption": "my POS slip"}
TO_DESCRIBE = "The person of support cannot be shown what you sent."


def photos(town: Town, chat: str) -> list[Outgoing]:
    """What a chat was shown of payers' photos."""
    return [message for message in town.channel.shown.get(chat, []) if message.medium]


async def has_photos(town: Town, clerk: Clerk, *refs: str) -> None:
    """Wait until somebody was shown exactly these."""

    async def has() -> bool:
        shown = [each.medium for each in photos(town, clerk.chat)]
        return [medium.ref for medium in shown if medium] == [*refs]

    await until(has)


async def test_a_photo_goes_to_the_person_with_its_words_and_can_be_replied_to(
    town, payer
):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    await seen(town, payer.chat, "You are talking to a person")
    before = len(payer.sees)
    await payer.sends(**SLIP)
    await seen(town, agent.chat, f"Case {number}, payer\n[photo] my POS slip")
    [photo] = photos(town, agent.chat)
    assert photo.medium == Medium("photo", payer.chat, "4711")
    assert photo.choices[0][0].id == f"s1:close:{number}"
    assert len(payer.sees) == before
    ref = str(town.channel.shown[agent.chat].index(photo))

    async def is_of_the_case() -> bool:
        record = await town.messages.sent_as(agent.chat, ref)
        return record is not None and case_replied_to(record.id) == number

    await until(is_of_the_case)


async def test_photos_of_before_are_shown_to_who_takes_the_case_each_once(town, payer):
    one, other = await hired(town), await hired(town)
    await payer.sends(**SLIP)
    assert "only read text" in payer.sees[-1]
    number = await payer.asks()
    await payer.sends(**SLIP | {"message_id": 4712})
    assert f"added that to case {number}" in payer.sees[-1]
    taken = await take(town, one, number)
    assert "payer: [photo] my POS slip" in taken
    await payer.sends(**SLIP | {"message_id": 4713})
    await has_photos(town, one, "4711", "4712", "4713")
    await one.types(f"/release {number}")
    await other.types(f"/take {number}")
    await has_photos(town, other, "4711", "4712", "4713")
    await has_photos(town, one, "4711", "4712", "4713")


async def test_a_photo_that_cannot_be_shown_is_told_to_both_once(town, payer):
    agent = await hired(town)
    number = await payer.asks()
    await take(town, agent, number)
    town.channel.only = agent.chat
    town.channel.fails(Refused("message to copy not found"))
    await payer.sends(**SLIP)
    await seen(town, agent.chat, "[photo] my POS slip\nThe payer sent a photo which")
    await seen(town, payer.chat, TO_DESCRIBE)
    await payer.types("it says that I have paid fifty dirhams")
    await payer.sends(**SLIP | {"message_id": 4712})
    await has_photos(town, agent, "4712")
    assert str(payer.sees).count(TO_DESCRIBE) == 1


async def test_what_cannot_be_fetched_now_is_told_to_both_and_comes_with_the_next(
    town, monkeypatch
):
    monkeypatch.setattr("bot.talk_media.REPLY_TRIES", 1)
    agent, chat = await hired(town), f"wa:{town.number():016x}"
    talk = await town.talks.open(chat, "")
    await take(town, agent, talk.number)

    async def send(words: str, ref: str) -> None:
        photo = Incoming(
            conversation_id=chat,
            kind=Kind.OTHER,
            received_at=town.clock.now(),
            text=words,
            medium="photo",
            medium_ref=ref,
        )
        await town.hand_over.heard(Chat(conversation_id=chat), photo, f"wa:{ref}")

    town.channel.only = agent.chat
    town.channel.fails(NotSent("Twilio is away"))
    await send("a slip", "MM1/ME1")
    await seen(town, agent.chat, "[photo] a slip\nThe payer sent a photo which")
    await seen(town, chat, TO_DESCRIBE)
    await send("another slip", "MM2/ME2")
    await has_photos(town, agent, "MM1/ME1", "MM2/ME2")
    assert str(shown(town, chat)).count(TO_DESCRIBE) == 1


async def test_nobody_on_whatsapp_is_shown_a_photo_and_the_payer_hears_it_in_arabic(
    town, payer
):
    agent = await hired(town)
    agent.chat = f"wa:{agent.number:016x}"
    member = Member(identity=agent.chat, name=agent.name, role=Role.AGENT)
    entry = AuditEntry(act_id=f"hire:{agent.chat}", who="test", act="support add")
    await SqlStaff(town.database, town.clock).put(member, entry)
    await payer.types("/language ar")
    number = await payer.asks()
    await payer.sends(**SLIP)
    await agent.types(f"/take {number}")
    await seen(town, agent.chat, "which cannot be shown here")
    await seen(town, payer.chat, "لا يمكن عرض ما أرسلته")
    assert photos(town, agent.chat) == []


async def test_stickers_still_go_to_the_bot(town, payer):
    agent = await hired(town)
    await take(town, agent, await payer.asks())
    await payer.sends(sticker={"file_id": "A"})
    assert "only read text" in payer.sees[-1]
