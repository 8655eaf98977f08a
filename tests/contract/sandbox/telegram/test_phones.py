from typing import Any

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

from sandbox.telegram.chats import chat_id_of
from tests.contract.sandbox.telegram.desk import CHAT, PHONE, Desk

HERE = {"latitude": 25.2, "longitude": 55.3}


async def newest(desk: Desk) -> Message:
    message = (await desk.bot.get_updates(offset=-1))[0].message
    assert message
    return message


async def ask(desk: Desk, *labels: str) -> int:
    """Send a message with a button per label, its data `do:<label>`."""
    keys = [[InlineKeyboardButton(text, callback_data=f"do:{text}")] for text in labels]
    markup = InlineKeyboardMarkup(keys)
    return (await desk.bot.send_message(CHAT, "?", reply_markup=markup)).id


async def tapped(desk: Desk) -> tuple[str, int]:
    query = (await desk.bot.get_updates(offset=-1))[0].callback_query
    assert query
    assert query.message
    return str(query.data), query.message.message_id


async def test_a_numeric_phone_is_its_own_chat_id_and_any_other_gets_a_stable_one():
    made_up = chat_id_of("+971 50 payer")

    assert chat_id_of("777000111") == 777000111
    assert 2**51 <= made_up < 2**52
    assert made_up == chat_id_of("+971 50 payer") != chat_id_of("+971 50 other")
    assert chat_id_of("0777") != 777
    for wrong in ("", " ", "x" * 65, str(2**52)):
        with pytest.raises(ValueError, match=r"\.$"):
            chat_id_of(wrong)


async def test_a_command_arrives_marked_as_one(desk: Desk):
    answer = await desk.send(text="  /topup 50 please ")

    message = await newest(desk)
    assert message.text == "/topup 50 please"
    assert message.parse_entities() == {message.entities[0]: "/topup"}
    assert message.id == answer["id"] == (await desk.last())["id"]


async def test_a_new_phone_speaks_english_until_it_says_otherwise(desk: Desk):
    await desk.send(text="hello")
    first = (await newest(desk)).from_user
    await desk.send(text="marhaba", language_code="ar", first_name="Amal")
    await desk.send(text="again")

    second = (await newest(desk)).from_user
    assert first
    assert second
    assert (first.language_code, second.language_code) == ("en", "ar")
    assert second.first_name == "Amal"


async def test_photos_voices_stickers_contacts_and_locations_can_be_sent(desk: Desk):
    await desk.send(photo="my receipt")
    await desk.send(photo=True)
    await desk.send(voice=True)
    await desk.send(sticker="🙂")
    await desk.send(contact={"phone_number": "+10000000001", "first_name": "Shop"})
    await desk.send(contact=True)
    await desk.send(location=HERE)

    sent = [update.message for update in await desk.bot.get_updates()]
    captioned, photo, voice, sticker, contact, made_up, location = filter(None, sent)
    assert (captioned.caption, photo.caption) == ("my receipt", None)
    picture = await photo.photo[-1].get_file()
    assert (await picture.download_as_bytearray()).startswith(b"\x89PNG")
    assert voice.voice
    assert sticker.sticker
    assert sticker.sticker.emoji == "🙂"
    assert contact.contact
    assert contact.contact.first_name == "Shop"
    assert made_up.contact
    assert location.location
    assert location.location.latitude == 25.2
    kinds = [seen["kind"] for seen in await desk.screen()]
    assert kinds == [
        "photo",
        "photo",
        "voice",
        "sticker",
        "contact",
        "contact",
        "location",
    ]


@pytest.mark.parametrize("label", ["Confirm 50 AED", "Confirm", "do:Confirm 50 AED"])
async def test_a_button_is_pressed_by_text_beginning_or_data(chat: Desk, label: str):
    message_id = await ask(chat, "Cancel", "Confirm 50 AED")

    answer = await chat.send(press=label)

    assert await tapped(chat) == ("do:Confirm 50 AED", message_id)
    assert (answer["data"], answer["message_id"]) == ("do:Confirm 50 AED", message_id)


async def test_the_exact_text_wins_and_the_newest_message_is_pressed(chat: Desk):
    older = await ask(chat, "5", "50")
    newer = await ask(chat, "50", "5")

    await chat.send(press="5")
    at_first = await tapped(chat)
    await chat.send(press="5", message_id=older)
    at_second = await tapped(chat)
    await chat.bot.edit_message_reply_markup(CHAT, newer)
    await chat.send(press="5")

    assert at_first == ("do:5", newer)
    assert at_second == ("do:5", older)
    assert await tapped(chat) == ("do:5", older)


async def test_a_button_that_is_not_there_is_refused_naming_those_that_are(chat: Desk):
    nothing = await chat.send(status=409, press="Confirm")
    message_id = await ask(chat, "Yes", "No")
    wrong = await chat.send(status=409, press="Confirm")
    elsewhere = await chat.send(status=409, press="Yes", message_id=message_id - 1)

    assert nothing["error"] == 'There is no button "Confirm" now; there is none.'
    assert wrong["error"] == (
        'There is no button "Confirm" now; there are "Yes", "No".'
    )
    assert elsewhere["error"] == 'There is no button "Yes" now; there is none.'


async def test_url_and_copy_buttons_happen_on_the_phone_alone(chat: Desk):
    keys = [
        InlineKeyboardButton("Map", url="https://maps.example/1"),
        InlineKeyboardButton("Copy", copy_text=CopyTextButton("REF-1")),
        InlineKeyboardButton("Share", switch_inline_query="x"),
    ]
    markup = InlineKeyboardMarkup.from_row(keys)
    await chat.bot.send_message(CHAT, "?", reply_markup=markup)

    assert (await chat.send(press="Map"))["url"] == "https://maps.example/1"
    assert (await chat.send(press="Copy"))["copied"] == "REF-1"
    assert "cannot press" in (await chat.send(status=409, press="Share"))["error"]
    assert len(await chat.bot.get_updates()) == 1


async def test_reply_keyboard_buttons_write_their_text_or_share_what_they_ask(
    chat: Desk,
):
    asked = [KeyboardButton("Here", request_location=True), KeyboardButton("Cancel")]
    contact = KeyboardButton("Call me", request_contact=True)
    keyboard = ReplyKeyboardMarkup([asked, [contact]])
    await chat.bot.send_message(CHAT, "Where?", reply_markup=keyboard)

    refused = await chat.send(status=409, press="Here")
    await chat.send(press="Here", location=HERE)
    given = await newest(chat)
    await chat.send(press="Here")
    remembered = await newest(chat)
    await chat.send(press="Cancel")
    text = await newest(chat)
    await chat.send(press="Call me")

    assert refused["error"] == 'Give a "location" beside "press": none was shared.'
    assert given.location == remembered.location
    assert text.text == "Cancel"
    assert (await newest(chat)).contact


async def test_a_one_time_keyboard_is_gone_after_a_press(chat: Desk):
    keyboard = ReplyKeyboardMarkup([["Yes"]], one_time_keyboard=True)
    await chat.bot.send_message(CHAT, "?", reply_markup=keyboard)

    await chat.send(press="Yes")

    assert "there is none" in (await chat.send(status=409, press="Yes"))["error"]


async def test_who_blocked_the_bot_can_neither_write_nor_tap(chat: Desk):
    await ask(chat, "Yes")
    await chat.send(block=True)

    for what in ({"text": "x"}, {"press": "Yes"}):
        refused = await chat.send(status=409, **what)
        assert "blocked" in refused["error"]


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"text": None},
        {"text": ""},
        {"text": "\ud800"},
        {"text": "a", "press": "b"},
        {"text": "a", "location": HERE},
        {"text": "a", "times": 2},
        {"text": "a", "colour": "red"},
        {"text": 5},
        {"press": ""},
        {"press": "a", "times": 0},
        {"location": {"latitude": 91, "longitude": 0}},
        {"location": {"latitude": "25", "longitude": 0}},
        {"block": False},
        {"text": "a", "language_code": "english language"},
    ],
)
async def test_a_wrong_action_is_refused_with_one_sentence(
    desk: Desk, what: dict[str, Any]
):
    refused = await desk.send(status=422, **what)

    assert list(refused) == ["error"]
    assert refused["error"].endswith(".")
    assert await desk.screen() == []


async def test_empty_and_endless_texts_cannot_be_sent(desk: Desk):
    for text in (" ", "x" * 4097):
        refused = await desk.send(status=409, text=text)
        assert refused["error"] == "A message has 1 to 4096 characters."
    assert "52 bits" in (await desk.send(str(2**60), status=422, text="a"))["error"]


async def test_control_characters_arrive_as_spaces(desk: Desk):
    await desk.send(text="\x00/topup\t50\n now")

    assert (await newest(desk)).text == "/topup 50\n now"


async def test_looking_after_an_id_shows_only_what_came_later(chat: Desk):
    answer = await chat.send(text="hello")
    await chat.bot.send_message(CHAT, "hi")

    shown = await chat.screen(after=answer["id"])

    assert [(seen["from"], seen["text"]) for seen in shown] == [("bot", "hi")]
    response = await chat.http.get(f"/sandbox/telegram/{PHONE}/messages?after=x")
    assert (response.status_code, response.json()) == (
        422,
        {"error": "after must be a number."},
    )


async def test_all_phones_are_listed_with_the_bot_and_its_webhook(chat: Desk):
    await chat.send("amal", text="marhaba", language_code="ar")

    listed = (await chat.http.get("/sandbox/telegram")).json()

    assert [phone["phone"] for phone in listed["phones"]] == [PHONE, "amal"]
    assert listed["bot"]["is_bot"] is True
    assert listed["webhook"]["url"] == ""
    unknown = await chat.http.get("/sandbox/telegram/nobody/state")
    assert (unknown.status_code, unknown.json()["error"]) == (
        404,
        "This phone was never used.",
    )
    missing = await chat.http.get("/sandbox/telegram/files/none")
    assert missing.status_code == 404


async def test_every_visible_change_is_told_on_the_event_bus(chat: Desk):
    with chat.events.listen() as listener:
        sent = await chat.bot.send_message(CHAT, "one")
        await chat.bot.edit_message_text("two", CHAT, sent.id)
        await chat.bot.delete_message(CHAT, sent.id)
        chat.events.close()
        told = [event async for event in listener]

    assert told == [{"changed": "chat", "phone": PHONE}] * 3


async def test_a_new_phone_is_told_before_anything_stands_on_it(chat: Desk):
    with chat.events.listen() as listener:
        await chat.send("amal", language_code="en")
        await chat.send("amal", language_code="en")
        chat.events.close()
        told = [event async for event in listener]

    assert told == [{"changed": "chat", "phone": "amal"}]


async def test_a_phone_shows_the_commands_of_its_language(chat: Desk):
    scope = BotCommandScopeAllPrivateChats()
    for language, description in (("", "Top up"), ("ar", "اشحن")):
        await chat.bot.set_my_commands(
            [BotCommand("topup", description)], scope, language
        )
    english = (await chat.state())["commands"]
    await chat.send(text="marhaba", language_code="ar-AE")

    arabic = (await chat.state())["commands"]
    await chat.bot.delete_my_commands(scope, "ar")

    assert english == [{"command": "topup", "description": "Top up"}]
    assert arabic == [{"command": "topup", "description": "اشحن"}]
    assert await chat.bot.get_my_commands(scope, "ar") == ()
    assert (await chat.state())["commands"] == english


async def test_the_bot_describes_itself_per_language(desk: Desk):
    await desk.bot.set_my_name("Top up")
    await desk.bot.set_my_name("شحن", "ar")
    await desk.bot.set_my_description("Cash to your account")
    await desk.bot.set_my_short_description("Cash")
    await desk.bot.set_chat_menu_button()

    assert (await desk.bot.get_my_name("ar")).name == "شحن"
    assert (await desk.bot.get_my_name("hi")).name == "Top up"
    description = await desk.bot.get_my_description()
    assert description.description == "Cash to your account"
    assert (await desk.bot.get_my_short_description()).short_description == "Cash"
    assert (await desk.bot.get_chat_menu_button()).type == "default"
    assert await desk.bot.close()
    assert await desk.bot.log_out()


@pytest.mark.parametrize(
    ("method", "body", "refusal"),
    [
        (
            "setMyCommands",
            {"commands": [{"command": "Top Up", "description": "x"}]},
            "BOT_COMMAND_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "a", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "can't parse BotCommand"),
        ("setMyCommands", {"commands": [{}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        (
            "setMyCommands",
            {"commands": [], "language_code": "arabic"},
            "invalid language code specified",
        ),
        (
            "setMyCommands",
            {"commands": [], "scope": {"type": "all"}},
            "can't parse BotCommandScope",
        ),
        ("setMyName", {"name": "x" * 65}, '"name" is too long'),
        ("setChatMenuButton", {"menu_button": {"type": []}}, "unsupported type"),
    ],
)
async def test_a_wrong_description_of_the_bot_is_refused(
    desk: Desk, method: str, body: dict[str, object], refusal: str
):
    assert refusal in await desk.refusal(method, **body)


async def test_typing_is_accepted_and_leaves_no_message(chat: Desk):
    assert await chat.bot.send_chat_action(CHAT, "typing")

    assert len(await chat.screen()) == 1
