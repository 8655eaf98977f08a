"""Linking a payer's chats, and parting them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import plain
from core.domain.links import read_link_code
from core.domain.orders import Status
from tests.unit.bot.phone import Phone

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def other(conversation):
    return Phone(conversation, "chat-9")


async def code_of(phone) -> str:
    """Ask for a code; return it as it is shown."""
    words = (await phone.types("/link")).replace("*", "").split()
    [code] = filter(read_link_code, words)
    return code


async def test_a_code_is_shown_with_its_end_and_a_warning(phone):
    answer = await phone.types("/link")
    assert "before today 16:10" in answer
    assert "show it to nobody" in answer


@pytest.mark.parametrize("text", ["/link", "link", "Link", "ربط", "اربط"])
async def test_a_code_is_given_in_both_languages(arabic_phone, text):
    await arabic_phone.types(text)
    words = plain(arabic_phone.seen[-1].text).split()
    assert len([word for word in words if read_link_code(word)]) == 1


@pytest.mark.parametrize(
    "said", ["/link {}", "link {}", "{}", " {}\n", "ربط {}", "/link \u2066{}\u2069"]
)
async def test_the_code_of_one_chat_links_the_other(
    phone, other, links, link_news, said
):
    code = await code_of(phone)
    answer = await other.types(said.format(code.lower()))
    assert "Your chats are linked" in answer
    assert "/unlink" in answer
    assert (await links.payer("chat-1")).chats == ("chat-1", "chat-9")
    assert link_news.told == [("chat-1", "joined")]


async def test_a_code_that_stands_alone_is_an_account_where_one_is_awaited(
    phone, other, links
):
    code = await code_of(phone)
    await other.types("/topup")
    assert "cannot find the account" in await other.types(code)
    assert "Your chats are linked" in await other.types(f"/link {code}")


async def test_a_code_is_not_kept_with_the_answer(phone):
    await phone.types("/link")
    assert phone.seen[-1].is_secret
    await phone.types("/help")
    assert not phone.seen[-1].is_secret


async def test_each_code_that_links_nothing_is_answered_in_a_sentence(
    phone, other, conversation, links, clock
):
    code = await code_of(phone)
    assert "this chat's own code" in await phone.types(code)
    clock.pass_by(TEN_MINUTES)
    assert "has expired" in await other.types(code)
    newer = await code_of(phone)
    assert "do not know this code" in await other.types(code)
    await other.types(newer)
    third = Phone(conversation, "chat-3")
    assert "has been used already" in await third.types(newer)
    assert await links.payer("chat-3") is None


async def test_after_five_wrong_codes_not_even_the_right_one_is_heard(
    phone, other, links, clock
):
    code = await code_of(phone)
    for _ in range(4):
        await other.types("/link ABCD2345")
    assert "do not know this code" in await other.types("/link nonsense")
    for text in (code, f"/link {code}"):
        assert "after today 16:10" in await other.types(text)
    assert await links.payer("chat-9") is None
    clock.pass_by(TEN_MINUTES)
    assert "Your chats are linked" in await other.types(await code_of(phone))


async def test_wrong_codes_of_long_ago_do_not_count(phone, other, clock):
    for _ in range(4):
        await other.types("/link ABCD2345")
    clock.pass_by(TEN_MINUTES)
    await other.types("/link ABCD2345")
    assert "Your chats are linked" in await other.types(await code_of(phone))


async def test_expired_and_used_codes_are_no_guesses(phone, other, clock):
    code = await code_of(phone)
    clock.pass_by(TEN_MINUTES)
    for _ in range(6):
        assert "has expired" in await other.types(code)


@pytest.mark.parametrize(
    "text", ["/unlink", "unlink", "فك الربط", "إلغاء الربط", "cancel link"]
)
async def test_a_chat_is_taken_out_after_one_question(
    phone, other, links, link_news, text
):
    await other.types(await code_of(phone))
    assert "Take this chat out?" in await other.types(text)
    assert await links.payer("chat-9")
    assert "on its own again" in await other.taps("Yes, unlink")
    assert await links.payer("chat-9") is None
    assert link_news.told[-1] == ("chat-1", "leaving")
    assert "not linked" in await other.taps("Yes, unlink")
    assert "not linked" in await phone.types("/unlink")


async def test_a_yes_of_another_time_asks_again(
    phone, other, conversation, links, link_news
):
    await other.types(await code_of(phone))
    await other.types("/unlink")
    await Phone(conversation, "chat-3").types(await code_of(phone))
    assert "Take this chat out?" in await other.taps("Yes, unlink")
    assert await links.payer("chat-9")
    assert sorted(link_news.told) == [
        ("chat-1", "joined"),
        ("chat-1", "joined"),
        ("chat-9", "joined"),
    ]
    assert "on its own again" in await other.taps("Yes, unlink")


async def test_cancel_still_means_the_code_to_pay(phone, books, order):
    assert "Cancel the code" in await phone.types("cancel")
    assert books.get(order.merchant_order_no).status is Status.OPEN


async def test_what_was_tried_is_part_of_the_chat(phone, clock):
    await phone.types("/link ABCD2345")
    assert phone.chat == replace(phone.chat, link_tries=(clock.now(),))
