"""A group with the bot in it, as Telegram has them."""

from typing import Any

import pytest
from telegram import (
    CallbackQuery,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.contract.sandbox.telegram.desk import Desk

GROUP, OLD_GROUP = -1001234567890, -4321
ONE, OTHER, STRANGER = "1002", "1003", "1004"
BOT = "sandbox_top_up_bot"
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Take", callback_data="take")]])


async def seen(desk: Desk, **asked: int) -> list[dict[str, Any]]:
    path = f"/sandbox/telegram/groups/{GROUP}/messages"
    answer = (await desk.http.get(path, params=asked)).json()
    found: list[dict[str, Any]] = answer["messages"]
    return found


async def heard(desk: Desk) -> list[str | None]:
    """What people wrote, as far as the bot got it."""
    updates = await desk.bot.get_updates(allowed_updates=["message"])
    return [update.message.text for update in updates if update.message]


@pytest.fixture
async def group(desk: Desk) -> Desk:
    """A Telegram with one group of two people and the bot."""
    await desk.group(GROUP, members=[ONE, OTHER], title="The desk")
    await desk.bot.get_updates(offset=-1)
    desk.world.updates.clear()
    return desk


async def test_what_a_member_says_comes_from_them_in_the_group(group: Desk):
    await group.send(ONE, group=GROUP, text="/whoami", first_name="Agent")

    message = (await group.bot.get_updates())[0].message

    assert message
    assert message.from_user
    assert (message.from_user.id, message.from_user.first_name) == (1002, "Agent")
    assert (message.chat.id, message.chat.type) == (GROUP, "supergroup")
    assert message.chat.title == "The desk"


async def test_all_members_see_the_bots_messages_once_and_no_private_chat_does(
    group: Desk,
):
    sent = await group.bot.send_message(GROUP, "Case 1", reply_markup=BUTTON)

    (shown,) = await seen(group)
    assert (shown["id"], shown["text"]) == (sent.id, "Case 1")
    assert (shown["from"], shown["phone"]) == ("bot", None)
    assert await group.screen(ONE) == []


@pytest.mark.parametrize(
    "text", ["/order 7", f"/order@{BOT} 7", f"ask @{BOT} about it"]
)
async def test_in_privacy_mode_the_bot_hears_commands_and_mentions(
    group: Desk, text: str
):
    await group.send(ONE, group=GROUP, text=text)

    assert await heard(group) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "/order@another_bot 7",
        "ask @sandbox_top_up_bots about it",
        "who takes this?",
        "see /order",
    ],
)
async def test_in_privacy_mode_all_else_is_between_the_members(group: Desk, text: str):
    await group.send(ONE, group=GROUP, text=text)

    assert await heard(group) == []
    assert [each["text"] for each in await seen(group)] == [text]


async def test_in_privacy_mode_the_bot_hears_replies_to_itself_and_no_others(
    group: Desk,
):
    sent = await group.bot.send_message(GROUP, "Case 1")
    mine = await group.send(ONE, group=GROUP, text="on it", reply_to=sent.id)
    await group.send(OTHER, group=GROUP, text="good", reply_to=mine["id"])
    (update,) = await group.bot.get_updates()

    assert update.message
    assert update.message.text == "on it"
    assert update.message.reply_to_message
    assert update.message.reply_to_message.message_id == sent.id
    assert update.message.reply_to_message.from_user
    assert update.message.reply_to_message.from_user.is_bot


async def test_a_bot_that_is_an_administrator_hears_everything(group: Desk):
    await group.group(GROUP, bot="administrator")
    await group.send(ONE, group=GROUP, text="who takes this?")

    assert await heard(group) == ["who takes this?"]


async def test_a_tap_in_the_group_tells_who_tapped_and_only_they_get_the_answer(
    group: Desk,
):
    sent = await group.bot.send_message(GROUP, "Case 1", reply_markup=BUTTON)
    await group.send(OTHER, group=GROUP, press="Take", message_id=sent.id)

    query = (await group.bot.get_updates())[0].callback_query
    assert isinstance(query, CallbackQuery)
    assert (query.from_user.id, query.data) == (1003, "take")
    assert query.message
    assert (query.message.chat.id, query.message.message_id) == (GROUP, sent.id)
    await query.answer("It is yours")
    assert (await group.state(OTHER))["last_answer"]["text"] == "It is yours"
    assert (await group.state(ONE))["last_answer"] is None


async def test_a_message_in_the_group_is_edited_for_all(group: Desk):
    sent = await group.bot.send_message(GROUP, "Case 1", reply_markup=BUTTON)

    await group.bot.edit_message_text("Case 1, taken", GROUP, sent.id)

    (shown,) = await seen(group)
    assert (shown["text"], shown["buttons"]) == ("Case 1, taken", [])
    assert shown["edited"]


async def test_taps_of_two_members_travel_apart_as_telegram_lets_them(group: Desk):
    await group.bot.send_message(GROUP, "Case 1", reply_markup=BUTTON)
    for phone in (ONE, OTHER):
        await group.send(phone, group=GROUP, press="Take")
    await group.send(ONE, group=GROUP, text="/take 1")

    queues = [update.queue for update in group.world.updates.waiting()]

    assert queues == [("taps", 1002), ("taps", 1003), ("chat", GROUP)]


async def test_a_group_takes_twenty_messages_of_a_bot_in_a_minute(group: Desk):
    for number in range(20):
        await group.bot.send_message(GROUP, f"Case {number}")
        group.clock.passed_ms += 1000
    refused = await group.post("sendMessage", chat_id=GROUP, text="Case 20")
    assert refused["error_code"] == 429
    assert 20 <= refused["parameters"]["retry_after"] <= 40
    venue = {"latitude": 25.2, "longitude": 55.3, "title": "Store", "address": "1"}
    assert not (await group.post("sendVenue", chat_id=GROUP, **venue))["ok"]
    assert len(await seen(group)) == 20

    group.clock.passed_ms += 40_000
    await group.bot.send_message(GROUP, "Case 20")
    assert len(await seen(group)) == 21


async def test_people_may_write_to_a_group_as_much_as_they_like(group: Desk):
    for _ in range(21):
        await group.send(ONE, group=GROUP, text="hm")
    await group.bot.send_message(GROUP, "Case 1")


@pytest.mark.parametrize(
    ("bot", "group", "refusal"),
    [
        ("kicked", GROUP, "bot was kicked from the supergroup chat"),
        ("kicked", OLD_GROUP, "bot was kicked from the group chat"),
        ("left", GROUP, "bot is not a member of the supergroup chat"),
    ],
)
async def test_a_bot_that_is_not_in_the_group_can_do_nothing_there(
    desk: Desk, bot: str, group: int, refusal: str
):
    await desk.group(group, members=[ONE])
    sent = await desk.bot.send_message(group, "Case 1", reply_markup=BUTTON)
    await desk.group(group, bot=bot)
    desk.world.updates.clear()

    with pytest.raises(Forbidden, match=refusal):
        await desk.bot.send_message(group, "Case 2")
    with pytest.raises(Forbidden, match=refusal):
        await desk.bot.edit_message_text("Case 1!", group, sent.id)
    with pytest.raises(Forbidden, match=refusal):
        await desk.bot.get_chat(group)
    await desk.send(ONE, group=group, text="/whoami")
    await desk.send(ONE, group=group, press="Take")
    assert desk.world.updates.waiting() == []


async def test_nobody_writes_to_a_group_that_there_is_not(desk: Desk):
    with pytest.raises(BadRequest, match="Chat not found"):
        await desk.bot.send_message(GROUP, "Case 1")


async def test_the_bot_is_told_of_its_place_in_the_group_and_what_changes_it(
    desk: Desk,
):
    await desk.group(GROUP, members=[ONE])
    await desk.group(GROUP, bot="administrator")
    await desk.group(GROUP, bot="administrator", title="Night desk")
    await desk.group(GROUP, bot="kicked")

    found = [update.my_chat_member for update in await desk.bot.get_updates()]

    changes = [
        (each.old_chat_member.status, each.new_chat_member.status)
        for each in found
        if each
    ]
    assert changes == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
    ]
    assert found[1]
    assert found[1].chat.id == GROUP
    assert isinstance(found[1].new_chat_member, ChatMemberAdministrator)


async def test_a_group_that_became_a_supergroup_says_where_it_went(desk: Desk):
    await desk.group(OLD_GROUP, members=[ONE])
    await desk.group(OLD_GROUP, upgraded_to=GROUP)

    with pytest.raises(ChatMigrated) as told:
        await desk.bot.send_message(OLD_GROUP, "Case 1")

    assert told.value.new_chat_id == GROUP


async def test_a_group_is_looked_up_with_its_name_and_kind(group: Desk):
    found = await group.bot.get_chat(GROUP)
    assert (found.title, found.type) == ("The desk", "supergroup")


async def test_nobody_is_asked_for_their_location_in_a_group(group: Desk):
    button = KeyboardButton("Share", request_location=True)
    with pytest.raises(BadRequest, match="private chats only"):
        await group.bot.send_message(
            GROUP, "Where?", reply_markup=ReplyKeyboardMarkup([[button]])
        )


async def test_pinning_and_deleting_others_messages_takes_an_administrator(
    group: Desk,
):
    sent = await group.bot.send_message(GROUP, "Case 1")
    written = await group.send(ONE, group=GROUP, text="hm")

    with pytest.raises(BadRequest, match=r"(?i)not enough rights"):
        await group.bot.pin_chat_message(GROUP, sent.id)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await group.bot.delete_message(GROUP, written["id"])
    await group.group(GROUP, bot="administrator")
    await group.bot.pin_chat_message(GROUP, sent.id)
    await group.bot.delete_message(GROUP, written["id"])

    assert [each["id"] for each in await seen(group)] == [sent.id]


async def test_the_control_api_tells_of_groups_and_refuses_what_cannot_be(
    group: Desk,
):
    state = (await group.http.get(f"/sandbox/telegram/groups/{GROUP}")).json()
    assert state["members"] == [ONE, OTHER]
    assert (state["bot"], state["kind"]) == ("member", "supergroup")
    listed = (await group.http.get("/sandbox/telegram")).json()["groups"]
    assert listed == [state]

    assert "below zero" in (await group.group(5, 422))["error"]
    await group.group(GROUP, members=[""], status=422)
    await group.send(STRANGER, status=409, group=GROUP, text="hello")
    await group.send(ONE, status=404, group=-7, text="hello")
    await group.send(ONE, status=422, group=GROUP, block=True)
    await group.send(ONE, status=422, group=GROUP, press="x", reply_to=1)
    await group.send(ONE, status=409, group=GROUP, text="x", reply_to=1)
    for path in ("groups/x", "groups/-7", "groups/-7/messages"):
        missing = await group.http.get(f"/sandbox/telegram/{path}")
        assert missing.status_code in {404, 422}


async def test_a_member_answers_the_bot_in_private_too(chat: Desk):
    sent = await chat.bot.send_message(int("777000111"), "Case 1")
    await chat.send(text="on it", reply_to=sent.id)

    message = (await chat.bot.get_updates(offset=-1))[0].message

    assert message
    assert message.reply_to_message
    assert message.reply_to_message.message_id == sent.id


async def test_a_reset_forgets_the_groups(group: Desk):
    group.world.reset()
    assert (await group.http.get("/sandbox/telegram")).json()["groups"] == []
