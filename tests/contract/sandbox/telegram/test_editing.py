import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest

from tests.contract.sandbox.telegram.desk import CHAT, PHONE, Desk, png

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Cancel", callback_data="c")]])


async def test_an_edit_changes_the_message_in_place_and_takes_its_buttons(chat: Desk):
    sent = await chat.bot.send_message(CHAT, "waiting", reply_markup=KEYS)
    before = await chat.last()

    await chat.bot.edit_message_text("paid", CHAT, sent.id)

    after = await chat.last()
    assert (before["edited"], before["buttons"][0]["data"]) == (False, "c")
    assert (after["edited"], after["buttons"]) == (True, [])
    assert (after["id"], after["text"]) == (before["id"], "paid")
    assert after["version"] > before["version"]


async def test_asking_since_a_version_tells_of_edits_to_older_messages(chat: Desk):
    sent = await chat.bot.send_message(CHAT, "waiting")
    newer = await chat.bot.send_message(CHAT, "a guide")
    version = (await chat.last())["version"]

    await chat.bot.edit_message_text("paid", CHAT, sent.id)

    assert await chat.screen(after=newer.id) == []
    assert [seen["text"] for seen in await chat.screen(since=version)] == ["paid"]


async def test_a_photos_caption_and_picture_can_be_edited(chat: Desk):
    sent = await chat.bot.send_photo(
        CHAT, png(), "QR", filename="qr.png", reply_markup=KEYS
    )

    await chat.bot.edit_message_caption(
        CHAT, sent.id, caption="<b>PAID</b>", parse_mode="HTML"
    )
    caption = await chat.last()
    media = InputMediaPhoto(png(60, 60), caption="done", filename="paid.png")
    edited = await chat.bot.edit_message_media(media, CHAT, sent.id)

    assert (caption["html"], caption["buttons"]) == ("<b>PAID</b>", [])
    picture = await chat.last()
    assert picture["photo_url"] != caption["photo_url"]
    assert picture["text"] == "done"
    assert not isinstance(edited, bool)
    assert edited.photo[-1].width == 60


async def test_the_same_content_again_is_not_modified(chat: Desk):
    sent = await chat.bot.send_message(CHAT, "paid", reply_markup=KEYS)

    with pytest.raises(BadRequest, match="Message is not modified"):
        await chat.bot.edit_message_text("paid", CHAT, sent.id, reply_markup=KEYS)
    await chat.bot.edit_message_reply_markup(CHAT, sent.id)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await chat.bot.edit_message_reply_markup(CHAT, sent.id)


async def test_what_cannot_be_edited_is_refused(chat: Desk):
    text = (await chat.bot.send_message(CHAT, "words")).id
    photo = (await chat.bot.send_photo(CHAT, png(), filename="a.png")).id
    keyboard = ReplyKeyboardMarkup([["Yes"]])
    asking = (await chat.bot.send_message(CHAT, "?", reply_markup=keyboard)).id
    own = (await chat.screen())[0]["id"]
    refusals = {
        text + 99: ("editMessageText", "message to edit not found"),
        photo: ("editMessageText", "there is no text in the message to edit"),
        text: ("editMessageCaption", "there is no caption in the message to edit"),
        own: ("editMessageText", "message can't be edited"),
        asking: ("editMessageText", "message can't be edited"),
    }

    for message_id, (method, refusal) in refusals.items():
        words = {"text": "x"} if method == "editMessageText" else {"caption": "x"}
        said = await chat.refusal(method, chat_id=CHAT, message_id=message_id, **words)
        assert said == refusal
    assert (
        await chat.refusal("editMessageText", chat_id=CHAT, text="x")
        == "message identifier is not specified"
    )
    assert (
        await chat.refusal("editMessageText", message_id=text, text="x")
        == "chat_id is empty"
    )


async def test_a_message_can_be_deleted_for_48_hours(chat: Desk):
    first = (await chat.bot.send_message(CHAT, "one")).id
    second = (await chat.bot.send_message(CHAT, "two")).id

    await chat.bot.delete_message(CHAT, first)
    chat.clock.passed_ms += 48 * 3600 * 1000 + 1000

    assert [seen["text"] for seen in await chat.screen()] == ["/start", "two"]
    with pytest.raises(BadRequest, match="can't be deleted"):
        await chat.bot.delete_message(CHAT, second)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await chat.bot.delete_message(CHAT, first)


async def test_a_pinned_message_is_told_by_the_chat_until_unpinned(chat: Desk):
    sent = await chat.bot.send_message(CHAT, "your order")

    await chat.bot.pin_chat_message(CHAT, sent.id)
    pinned = (await chat.bot.get_chat(CHAT)).pinned_message
    await chat.bot.unpin_chat_message(CHAT)

    assert pinned
    assert pinned.text == "your order"
    assert (await chat.state())["pinned_message_id"] is None
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await chat.bot.unpin_chat_message(CHAT)


async def test_an_answer_to_a_tap_shows_on_the_phone_once_known(chat: Desk):
    await chat.bot.send_message(CHAT, "?", reply_markup=KEYS)
    await chat.send(press="Cancel")
    [_, tap] = await chat.bot.get_updates()
    assert tap.callback_query

    await chat.bot.answer_callback_query(
        tap.callback_query.id, "Cancelled", show_alert=True
    )

    answer = (await chat.state(PHONE))["last_answer"]
    assert (answer["text"], answer["show_alert"]) == ("Cancelled", True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await chat.bot.answer_callback_query("12345")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await chat.bot.answer_callback_query(tap.callback_query.id, "x" * 201)
