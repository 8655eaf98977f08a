import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.buttons import Action, button, tapped
from bot.chats import Chat, Step
from bot.guidance import commands
from bot.messages import CHOICE_ID_BYTES, Incoming, Kind, plain
from bot.understanding import Command
from bot.words import LANGUAGES, words_in
from tests.unit.bot.phone import NOW, Phone


async def test_start_says_whose_bot_it_is_and_offers_the_main_things(phone):
    assert "Welcome to Falcon Games" in await phone.types("/start")
    assert phone.buttons == ["Top up", "Nearby stores", "My top-ups", "How it works"]


async def test_every_button_of_the_menu_answers(phone):
    await phone.types("/start")
    for title, said in (
        ("Top up", "Which account"),
        ("Nearby stores", "Where are you"),
        ("My top-ups", "no top-ups yet"),
        ("How it works", "How to pay"),
    ):
        choice = phone.seen[0].choices
        ids = {button.title: button.id for row in choice for button in row}
        assert said in await phone.sends_choice(ids[title])


async def test_help_lists_every_command_of_the_menu(phone):
    answer = await phone.types("help")
    for name, what in commands(words_in("en")):
        assert f"/{name} – {what}" in answer


@pytest.mark.parametrize("command", Command)
async def test_every_command_is_answered(phone, command):
    assert await phone.types(f"/{command}")


@pytest.mark.parametrize("action", Action)
async def test_a_tap_with_a_made_up_key_is_answered_kindly(phone, action, books):
    for key in ("", "x", "'; DROP TABLE orders; --", "😀"):
        assert await phone.sends_choice(f"v1:{action}:{key}")
    assert books.orders == []


@pytest.mark.parametrize("choice_id", ["", "v0:topup:", "v1:fly:me", "😀", ":::"])
async def test_a_tap_on_nothing_of_ours_gets_a_pointer(phone, choice_id):
    assert "did not understand" in await phone.sends_choice(choice_id)


@pytest.mark.parametrize("text", ["hmm", "/unknown", "😀", "x" * 100_000, ""])
async def test_a_text_that_fits_nothing_gets_a_pointer(phone, text):
    assert "did not understand" in await phone.types(text)
    assert "Top up" in phone.buttons


async def test_a_photo_gets_a_kind_sentence_and_changes_nothing(phone):
    await phone.types("/topup player-1001")
    before = phone.chat
    assert "only read text and locations" in await phone.sends_a_photo()
    assert phone.chat == before


async def test_the_language_follows_the_phone_until_it_is_chosen(phone):
    phone.language = "ar"
    assert "مرحبًا" in await phone.types("/start")
    phone.language = "hi"
    assert "Welcome" in await phone.types("/start")
    phone.language = ""
    await phone.types("/language")
    assert "العربية" in await phone.taps("العربية")
    phone.language = "en"
    assert "مرحبًا" in await phone.types("/start")
    assert "English now" in await phone.types("english")


async def test_the_whole_order_is_possible_in_arabic(arabic_phone, books):
    await arabic_phone.types("اشحن ٥٠")
    await arabic_phone.types("player-١٠٠١")
    assert arabic_phone.buttons[0].startswith("تأكيد")
    await arabic_phone.taps("تأكيد")
    assert len(books.orders) == 1


async def test_the_old_state_is_left_as_it_was(conversation):
    chat = Chat(conversation_id="c")
    typed = Incoming(
        conversation_id="c", kind=Kind.TEXT, text="/topup", received_at=NOW
    )
    answer = await conversation.answer(chat, typed)
    assert chat == Chat(conversation_id="c")
    assert answer.chat.step is Step.ACCOUNT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(), step=st.sampled_from(Step))
async def test_no_text_in_any_step_is_an_error(conversation, text, step):
    phone = Phone(conversation, "any")
    phone.chat = Chat(conversation_id="any", step=step)
    await phone.types(text)
    assert all(plain(message.text) or message.place for message in phone.seen)


async def test_buttons_and_locations_never_come_on_one_message(phone, order):
    for text in ("/start", "/help", "/stores", "/orders", "/topup", "/language"):
        await phone.types(text)
    assert not any(message.choices and message.ask_location for message in phone.seen)


def test_a_button_reads_back_what_it_was_made_of():
    made = button(Action.CHECK, "Check now", "T261124-7K3QXMPA")
    assert tapped(made.id) == (Action.CHECK, "T261124-7K3QXMPA")


@pytest.mark.parametrize("key", ["é", "x" * CHOICE_ID_BYTES])
def test_a_button_that_no_channel_carries_is_refused(key):
    with pytest.raises(ValueError, match="no channel carries"):
        button(Action.CHECK, "Check now", key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_of_commands_fits_telegram(language):
    menu = commands(words_in(language))
    assert len(menu) == len({name for name, _ in menu})
    for name, what in menu:
        assert name in set(Command)
        assert 1 <= len(what) <= 256
