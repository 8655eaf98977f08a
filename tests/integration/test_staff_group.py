"""The desk's group: what only one of its members may see, and what it has missed."""

from itertools import count

import pytest
import pytest_asyncio

from bot.channel import Refused, SendError, Unreachable
from bot.courier import Parcel
from bot.messages import Incoming, Kind, Outgoing, plain
from bot.missed import Missed
from core.database.lost_messages import SqlLostMessages
from core.domain.cases import CaseKind
from core.domain.orders import Status
from core.domain.staff import Role
from tests.fakes import NOW
from tests.integration.clerks import Clerk, hired
from tests.integration.conftest import BOT_ID, SUPPORT_CHAT, Town, done
from tests.integration.telling import an_order_in

GROUP = {"id": int(SUPPORT_CHAT.removeprefix("tg:")), "type": "supergroup"}
UPDATES = count(80_000)


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def nothing_missed(town: Town) -> None:
    """Let the group have heard by now what it missed in the tests before."""
    missed = Missed(SqlLostMessages(town.database), town.courier, SUPPORT_CHAT)
    await missed.show(SUPPORT_CHAT, f"before:{next(UPDATES)}")


def tap(clerk: Clerk, data: str) -> Incoming:
    """Somebody taps a button in the group."""
    return Incoming(
        conversation_id=SUPPORT_CHAT,
        kind=Kind.CHOICE,
        received_at=NOW,
        choice_id=data,
        sender=clerk.chat,
    )


def said(town: Town) -> list[str]:
    """What the bot has said in the group."""
    return [plain(each.text) for each in town.channel.shown.get(SUPPORT_CHAT, [])]


async def comes(town: Town, **what: object) -> list[str]:
    """Let an update of the group come in; what the bot says there then."""
    before, number = len(said(town)), next(UPDATES)
    await town.inbox.accept({"update_id": number, **what})
    await done(f"tg:{BOT_ID}:{number}")
    return said(town)[before:]


def back(status: str = "member") -> dict[str, object]:
    """Somebody adds the bot to the group."""
    return {"chat": GROUP, "new_chat_member": {"status": status}}


async def lost(
    town: Town, name: str, error: SendError, chat: str = SUPPORT_CHAT
) -> None:
    """Let a message to the group, or to another chat, get lost."""
    town.channel.only = chat
    town.channel.fails(error)
    message = Outgoing("lost")
    parcel = Parcel(id=name, conversation_id=chat, message=message, tries=1)
    await town.courier.deliver(parcel)


async def test_a_tap_that_is_not_for_somebody_is_refused_to_them_alone(town):
    order = await an_order_in(town, Status.OPEN)
    data = f"s1:retry:{order.merchant_order_no}"
    stranger = Clerk(town, None, in_group=True)
    viewer = await hired(town, Role.VIEWER, in_group=True)
    agent = await hired(town, in_group=True)
    refused = [
        await town.staff.refusal(tap(each, data)) for each in (stranger, viewer, agent)
    ]
    assert refused == [
        "This button is for the people of the desk.",
        "/retry takes an agent; you are viewer.",
        "",
    ]
    for each in (stranger, viewer):
        query = {
            "id": "q",
            "data": data,
            "from": {"id": int(each.chat[3:])},
            "message": {"chat": GROUP},
        }
        assert await comes(town, callback_query=query) == []


async def test_what_is_typed_or_no_button_of_the_desks_is_refused_to_nobody(town):
    stranger = Clerk(town, None, in_group=True)
    assert await town.staff.refusal(tap(stranger, "v1:check:T1")) == ""
    alone = Incoming(
        conversation_id=stranger.chat,
        kind=Kind.CHOICE,
        received_at=NOW,
        choice_id="s1:whoami:",
    )
    assert await town.staff.refusal(alone) == ""


async def test_what_a_group_missed_is_told_once_when_the_bot_is_back(town):
    town.channel.only = SUPPORT_CHAT
    town.channel.fails(Unreachable("bot was kicked from the supergroup chat"))
    number = await town.desk.open_case(CaseKind.STRANGER, "T261124-MISSED22", {})
    await done(f"case:{number}")
    assert not any("T261124-MISSED22" in text for text in said(town))
    await lost(town, "talk:77:20261124T100000:0", Refused("chat not found"))
    await lost(town, "alarm:backlog:inbox:1", Unreachable("kicked"))
    await lost(town, "tg:1:2:0", Unreachable("kicked"))
    (news,) = await comes(town, my_chat_member=back())
    assert "cases: 2" in news
    assert "alarms: 1" in news
    assert await comes(town, my_chat_member=back("administrator")) == []


async def test_what_a_group_missed_waits_while_it_still_cannot_be_told(town):
    await lost(town, "alarm:backlog:codes:1", Unreachable("kicked"))
    town.channel.fails(Unreachable("kicked"))
    assert await comes(town, my_chat_member=back()) == []
    agent = await hired(town)
    message = {"chat": GROUP, "from": {"id": int(agent.chat[3:])}, "text": "/whoami"}
    news, me = await comes(town, message=message)
    assert "alarms: 1" in news
    assert agent.name in me


async def test_one_person_who_is_the_desk_hears_what_they_missed_and_nobody_else(town):
    chat, other = "tg:990001", "tg:990002"
    missed = Missed(SqlLostMessages(town.database), town.courier, chat)
    for each in (chat, other):
        await lost(town, f"case:{each}:0", Unreachable("blocked"), each)
        await missed.show(each, f"update:{each}")
        await missed.show(each, f"later:{each}")
    (news,) = town.channel.shown[chat]
    assert "cases: 1" in news.text
    assert town.channel.shown[other] == []


async def test_answers_that_a_group_missed_are_passed_over_in_silence(town):
    await lost(town, "tg:1:3:0", Unreachable("kicked"))
    assert await comes(town, my_chat_member=back()) == []


@pytest.mark.parametrize("command", ["/topup 50 player-1", "/start", "/support"])
async def test_what_payers_ask_for_begins_no_conversation_of_the_group(town, command):
    agent = await hired(town)
    message = {"chat": GROUP, "from": {"id": int(agent.chat[3:])}, "text": command}
    assert await comes(town, message=message) == []
    assert await town.talks.live(SUPPORT_CHAT) is None
