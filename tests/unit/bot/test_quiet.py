"""Stop ends news and start brings them back, by the words that people know."""

import pytest

from bot.chats import Step


@pytest.mark.parametrize("word", ["/stop", "Stop", "unsubscribe"])
async def test_stop_says_what_still_comes_and_how_to_go_on(phone, word):
    text = await phone.types(word)
    assert phone.chat.quiet
    assert "what becomes of your cash" in text
    assert "start" in text


async def test_stop_in_arabic_is_answered_in_arabic(phone):
    phone.language = "ar"
    assert "ابدأ" in await phone.types("إيقاف")
    assert phone.chat.quiet


@pytest.mark.parametrize("word", ["/start", "START", "ابدأ"])
async def test_start_brings_news_back(phone, word):
    await phone.types("stop")
    assert "again" in await phone.types(word)
    assert not phone.chat.quiet
    assert "Welcome" in await phone.types("start")


async def test_neither_a_greeting_nor_an_order_ends_the_quiet(phone):
    await phone.types("stop")
    assert "Welcome" in await phone.types("hello")
    await phone.types("/topup 50 player-1001")
    assert phone.chat.quiet


@pytest.mark.parametrize("word", ["cancel", "/cancel", "إلغاء"])
async def test_cancel_stays_cancel(phone, word):
    await phone.types("/topup")
    await phone.types(word)
    assert not phone.chat.quiet


async def test_stop_leaves_the_top_up_that_was_being_prepared(phone):
    await phone.types("/topup player-1001")
    await phone.types("stop")
    assert phone.chat.step is Step.IDLE
