from datetime import timedelta

import pytest

from bot.chats import Step
from core.domain.accounts import Account
from core.domain.money import Money
from core.domain.orders import Status
from core.domain.terms import Limits
from tests.unit.bot.phone import Phone


async def test_a_payer_is_led_from_account_to_amount_to_confirmation_to_an_order(
    phone, books
):
    assert "Which account" in await phone.types("/topup")
    assert "De••••••••on" in await phone.types("player-1001")
    confirmation = await phone.taps("AED 50.00")
    assert "player-1001" in confirmation
    assert "Game top-up" in confirmation
    assert "pay AED 50.00 in cash" in confirmation
    assert phone.buttons[0] == "Confirm AED 50.00"
    assert "making your code" in await phone.taps("Confirm")
    (order,) = books.orders
    assert (order.account_id, order.amount, order.conversation_id) == (
        "player-1001",
        Money(5000),
        "chat-1",
    )


@pytest.mark.parametrize(
    "text",
    [
        "/topup 50 player-1001",
        "/topup player-1001 50",
        "/topup@falcon_bot 50 player-1001",
        "/topup AED 50 PLAYER-1001",
        "top up 50 AED to player-1001",
        "اشحن ٥٠ درهم لحساب player-1001",
        "/topup 50 player-١٠٠١",
    ],
)
async def test_one_line_with_amount_and_account_goes_straight_to_confirmation(
    phone, text
):
    await phone.types(text)
    assert phone.buttons[0] == "Confirm AED 50.00"
    assert phone.chat.account_id == "player-1001"


async def test_of_two_numbers_the_first_is_the_amount(phone):
    await phone.types("/topup 50 1001")
    assert (phone.chat.amount, phone.chat.account_id) == (Money(5000), "1001")


async def test_a_deep_link_chooses_its_account_and_is_remembered(phone):
    assert "Welcome to Falcon Games" in await phone.types("/start player-1001")
    assert phone.chat.step is Step.AMOUNT
    await phone.types("50")
    assert phone.buttons[0] == "Confirm AED 50.00"
    await phone.types("/topup")
    assert phone.buttons == ["player-1001"]


async def test_a_deep_link_to_no_account_asks_for_one(phone):
    assert "cannot find the account nobody" in await phone.types("/start nobody")
    assert phone.chat.step is Step.ACCOUNT


async def test_the_account_used_last_is_a_button_next_time(phone, books, order):
    books.become(order.merchant_order_no, Status.CREDITED)
    await phone.types("/topup 20")
    await phone.taps("player-1001")
    assert phone.buttons[0] == "Confirm AED 20.00"


async def test_a_forged_tap_on_the_last_account_asks_which_one(phone):
    assert "Which account" in await phone.sends_choice("v1:account:")


async def test_an_amount_alone_keeps_the_account_that_is_being_topped_up(phone):
    await phone.types("/topup 50 player-1001")
    await phone.types("top up 70")
    assert phone.buttons[0] == "Confirm AED 70.00"
    await phone.types("80")
    assert phone.buttons[0] == "Confirm AED 80.00"


async def test_a_bare_number_at_rest_begins_a_top_up(phone):
    assert "Which account" in await phone.types("٥٠")
    await phone.types("player-1001")
    assert phone.buttons[0] == "Confirm AED 50.00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "more than zero"),
        ("-5", "more than zero"),
        ("-5 AED", "more than zero"),
        ("abc", "could not read an amount"),
        ("1e9", "could not read an amount"),
        ("10.005", "two digits after the point"),
        ("1000000000", "The most you can top up at once is AED 2,000.00"),
        ("9" * 13, "The most you can top up at once is AED 2,000.00"),
        ("9.99", "The least you can top up is AED 10.00"),
        ("2000.01", "The most you can top up at once is AED 2,000.00"),
    ],
)
async def test_a_bad_amount_is_explained_and_asked_again(phone, typed, said):
    await phone.types("/topup player-1001")
    assert said in await phone.types(typed)
    assert phone.chat.step is Step.AMOUNT
    await phone.types("50")
    assert phone.buttons[0] == "Confirm AED 50.00"


async def test_a_bad_amount_with_the_command_is_explained_before_the_account(phone):
    assert "more than zero" in await phone.types("/topup -5")
    await phone.types("50")
    await phone.types("player-1001")
    assert phone.buttons[0] == "Confirm AED 50.00"


async def test_a_bad_amount_does_not_lose_the_account_beside_it(phone):
    assert "two digits" in await phone.types("/topup 10.005 player-1001")
    await phone.types("50")
    assert phone.buttons[0] == "Confirm AED 50.00"


@pytest.mark.parametrize(
    ("typed", "fils"), [("५०", 5000), ("1,000.50", 100_050), ("50 درهم", 5000)]
)
async def test_an_amount_is_read_in_any_script(phone, typed, fils):
    await phone.types("/topup player-1001")
    await phone.types(typed)
    assert phone.chat.amount == Money(fils)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("player 1001", "no spaces"),
        ("😀", "only letters"),
        ("'; DROP TABLE orders; --", "only letters"),
        ("x" * 300, "too long"),
        ("player-9999", "cannot find the account player-9999"),
        ("player-1019", "player-1019 is closed"),
        ("PLAYER-1019", "PLAYER-1019 is closed"),
    ],
)
async def test_a_bad_account_is_explained_and_asked_again(phone, typed, said):
    await phone.types("/topup 50")
    assert said in await phone.types(typed)
    await phone.types("player-1001")
    assert phone.buttons[0] == "Confirm AED 50.00"


async def test_five_taps_on_confirm_make_one_order_and_one_answer(phone, books):
    await phone.types("/topup 50 player-1001")
    confirm = phone.button("Confirm").id
    answers = [await phone.sends_choice(confirm) for _ in range(5)]
    assert len(books.orders) == 1
    assert answers[1:] == ["", "", "", ""]


async def test_a_late_tap_on_an_old_confirm_tells_how_its_order_stands(
    phone, books, clock, order
):
    clock.pass_by(timedelta(minutes=3))
    assert "Waiting for your cash" in await phone.taps("Confirm")
    assert len(books.orders) == 1


async def test_the_buttons_of_a_changed_confirmation_make_no_order(phone, books):
    await phone.types("/topup 50 player-1001")
    old = phone.button("Confirm").id
    await phone.types("/topup 70 player-1001")
    assert "latest message" in await phone.sends_choice(old)
    await phone.taps("Cancel")
    assert "no longer counts" in await phone.sends_choice(old)
    assert books.orders == []


@pytest.mark.parametrize("title", ["Change amount", "Change account", "Cancel"])
async def test_every_button_of_an_old_confirmation_says_that_it_was_changed(
    phone, title
):
    await phone.types("/topup 50 player-1001")
    old = phone.button(title).id
    await phone.types("/topup 70 player-1001")
    assert "That was changed" in await phone.sends_choice(old)
    assert phone.chat.amount == Money(7000)


async def test_a_confirmation_without_a_draft_makes_no_order(phone, books):
    assert "no longer counts" in await phone.sends_choice("v1:confirm:")
    assert books.orders == []


async def test_another_chat_cannot_confirm_a_draft(phone, conversation, books):
    await phone.types("/topup 50 player-1001")
    stranger = Phone(conversation, "stranger")
    await stranger.sends_choice(phone.button("Confirm").id)
    assert books.orders == []


async def test_amount_and_account_can_be_changed_before_confirming(phone):
    await phone.types("/topup 50 player-1001")
    await phone.taps("Change amount")
    await phone.taps("AED 100.00")
    await phone.taps("Change account")
    await phone.types("player-1002")
    assert phone.buttons[0] == "Confirm AED 100.00"
    assert phone.chat.account_id == "player-1002"


async def test_an_account_closed_before_confirming_makes_no_order(phone, books):
    await phone.types("/topup 50 player-1001")
    books.accounts["player-1001"] = Account("player-1001", "x", is_open=False)
    assert "is closed" in await phone.taps("Confirm")
    assert phone.chat.step is Step.ACCOUNT
    assert books.orders == []


async def test_an_account_closed_while_the_amount_is_chosen_is_explained(phone, books):
    await phone.types("/topup player-1001")
    books.accounts["player-1001"] = Account("player-1001", "x", is_open=False)
    assert "is closed" in await phone.types("50")


async def test_limits_lowered_before_confirming_ask_for_another_amount(phone, books):
    await phone.types("/topup 50 player-1001")
    books.limits = Limits(Money(100), Money(2000))
    assert "The most" in await phone.taps("Confirm")
    assert phone.buttons == ["AED 10.00", "AED 20.00"]
    assert books.orders == []


async def test_a_forged_amount_button_is_checked_like_a_typed_amount(phone):
    await phone.types("/topup player-1001")
    assert "The most" in await phone.sends_choice("v1:amount:99999999")
    assert "How much" in await phone.sends_choice("v1:amount:1e3")
    assert "How much" in await phone.sends_choice("v1:amount:" + "9" * 40)


async def test_only_amounts_within_the_limits_are_proposed(phone, books):
    books.limits = Limits(Money(60_000), Money(70_000))
    await phone.types("/topup player-1001")
    assert phone.buttons == ["AED 600.00"]


@pytest.mark.parametrize("word", ["/cancel", "cancel", "إلغاء"])
@pytest.mark.parametrize("text", ["/topup", "/topup player-1001", "/topup 50 1001"])
async def test_cancel_leaves_the_guided_top_up_at_any_step(phone, text, word):
    await phone.types(text)
    assert "stopped" in await phone.types(word)
    assert phone.chat.step is Step.IDLE
    assert phone.chat.draft_id == ""


async def test_an_ended_order_is_prepared_again_with_one_tap(phone, books, order):
    books.become(order.merchant_order_no, Status.EXPIRED)
    await phone.types("/order " + order.merchant_order_no)
    await phone.taps("Top up again")
    assert phone.buttons[0] == "Confirm AED 50.00"
    await phone.taps("Confirm")
    assert len(books.orders) == 2


async def test_every_confirmation_has_a_draft_of_its_own(phone):
    drafts = set()
    for _ in range(20):
        await phone.types("/topup 50 player-1001")
        drafts.add(phone.chat.draft_id)
    assert len(drafts) == 20
