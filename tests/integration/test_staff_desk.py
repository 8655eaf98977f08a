"""The desk answers staff, by their role, and nobody else ever notices it."""

import re
from itertools import count
from pathlib import Path

import pytest

from core.database.staff import SqlStaff
from core.domain.audit import AuditEntry
from core.domain.orders import Status
from core.domain.staff import Role
from tests.integration.clerks import Clerk, hired
from tests.integration.conftest import BOT_ID, SUPPORT_CHAT, Town, done
from tests.integration.telling import an_order_in

PAGE = Path(__file__).parents[2] / "docs" / "support.md"
UPDATES = count(50_000)
COMMANDS = (
    *("whoami", "find", "order", "check", "retry", "resend", "say", "cancel"),
    *("extend", "refund", "revoke", "reason", "confirm", "approve", "drop", "audit"),
)


async def brought(town: Town, text: str, sender: str, chat: str = "") -> list[str]:
    """Bring an update by Telegram's door; return what the chat shows after it."""
    chat = chat or sender
    number = int(chat.removeprefix("tg:"))
    update = {
        "update_id": next(UPDATES),
        "message": {
            "message_id": 1,
            "chat": {"id": number, "type": "private" if number > 0 else "supergroup"},
            "from": {"id": int(sender.removeprefix("tg:")), "language_code": "en"},
            "text": text,
        },
    }
    await town.inbox.accept(update)
    job = f"tg:{BOT_ID}:{update['update_id']}"
    if number > 0 or text.startswith("/"):
        await done(job)
    return [message.text for message in town.channel.shown.get(chat, [])]


@pytest.mark.parametrize("command", COMMANDS)
async def test_to_a_stranger_a_command_is_what_any_unknown_text_is(town, command):
    stranger = Clerk(town, None, in_group=False)
    assert await stranger.types(f"/{command} T261124-AAAA2222") == ""


async def test_a_stranger_who_types_a_command_is_told_what_one_who_errs_is(town):
    stranger = Clerk(town, None, in_group=False)
    said = await brought(town, "/find 1234", stranger.chat)
    said = await brought(town, "/nonsense 1234", stranger.chat)
    assert said[0] == said[1]
    assert "did not understand" in said[0]


async def test_staff_are_answered_by_the_door_as_payers_are(town):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    number = order.merchant_order_no
    said = await brought(town, f"/order {number}", agent.chat)
    assert number in said[-1]


async def test_in_the_group_staff_are_answered_and_nobody_else(town):
    agent, stranger = await hired(town), Clerk(town, None, in_group=True)
    before = len(town.channel.shown.get(SUPPORT_CHAT, []))
    assert len(await brought(town, "/whoami", stranger.chat, SUPPORT_CHAT)) == before
    assert len(await brought(town, "/topup 50", agent.chat, SUPPORT_CHAT)) == before
    assert len(await brought(town, "hello", agent.chat, SUPPORT_CHAT)) == before
    said = await brought(town, "/whoami", agent.chat, SUPPORT_CHAT)
    assert agent.name in said[-1]


async def test_a_group_that_is_not_the_desks_is_not_answered(town):
    agent = await hired(town)
    chat = {"id": -5, "type": "group"}
    message = {"chat": chat, "from": {"id": int(agent.chat[3:])}, "text": "/whoami"}
    await town.inbox.accept({"update_id": next(UPDATES), "message": message})
    assert "tg:-5" not in town.channel.shown


async def test_a_command_that_payers_have_too_is_the_payers_where_it_names_nothing(
    town,
):
    agent = await hired(town)
    assert await agent.types("/order") == ""
    in_group = await hired(town, in_group=True)
    assert "Which order?" in await in_group.types("/order")


async def test_everybody_sees_their_role_and_what_it_may_ask_for(town):
    viewer = await hired(town, Role.VIEWER)
    said = await viewer.types("/whoami")
    assert f"You are {viewer.name}, viewer at the desk." in said
    assert "/find" in said
    assert "/refund" not in said
    agent = await hired(town)
    assert "/refund" in await agent.types("/whoami")
    assert "/confirm" not in await agent.types("/whoami")


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_viewer_only_looks(town, command):
    viewer = await hired(town, Role.VIEWER)
    order = await an_order_in(town, Status.OPEN)
    said = await viewer.types(f"/{command} {order.merchant_order_no} text")
    looks = {"whoami", "find", "order", "audit"}
    assert ("takes an agent" in said) is (command not in looks)
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_a_role_that_was_taken_away_counts_at_the_act_not_when_it_was_shown(town):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    entry = AuditEntry(act_id=f"fire:{agent.chat}", who="test", act="support remove")
    await SqlStaff(town.database, town.clock).remove(agent.chat, entry)
    assert await agent.taps("Cancel now") == ""
    assert (await town.orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_what_a_supervisor_may_ask_for_fits_into_one_message_on_whatsapp(town):
    supervisor = await hired(town, Role.SUPERVISOR)
    assert len(await supervisor.types("/whoami")) < 1600


async def test_the_page_for_support_names_no_command_that_there_is_not(town):
    there_is = await (await hired(town, Role.SUPERVISOR)).types("/whoami")
    named = set(re.findall(r"`(/[a-z]+)", PAGE.read_text(encoding="utf-8")))
    assert named <= set(re.findall(r"^/[a-z]+", there_is, re.MULTILINE))
    assert "/refund" in named


STRANGE = ("", "/", "' or 1=1 --", "😀" * 300, "0 0 0", "T1\nT2", "٥٠ ٢٤.١١", "%_%")


@pytest.mark.parametrize("argument", STRANGE)
async def test_whatever_is_typed_behind_a_command_is_answered(town, argument):
    supervisor = await hired(town, Role.SUPERVISOR, in_group=True)
    order = await an_order_in(town, Status.OPEN)
    commands = (*COMMANDS, "stuck", "stats", "store", "hide", "show")
    for command in commands:
        for number in ("", f"{order.merchant_order_no} "):
            assert await supervisor.types(f"/{command} {number}{argument}")
