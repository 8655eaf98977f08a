from datetime import timedelta

import pytest

from bot.messages import plain
from core.domain.errors import GatewayUnavailable
from core.domain.orders import Status
from tests.unit.bot.phone import Phone

ON_ORDER = (
    "check",
    "code",
    "order",
    "again",
    "cancel",
    "cancel_now",
    "cancel_anyway",
    "money_back",
    "refund",
    "receipt",
)


async def test_a_chat_without_orders_is_offered_one(phone):
    for text in ("/orders", "/status", "show code", "did it arrive?"):
        assert "no top-ups yet" in await phone.types(text)
        assert phone.buttons == ["Top up"]


async def test_orders_lists_the_newest_five_first(phone, books):
    for amount in (10, 20, 30, 40, 50, 60):
        await phone.types(f"/topup {amount} player-1001")
        await phone.taps("Confirm")
        books.become(books.orders[-1].merchant_order_no, Status.CREDITED)
    listed = await phone.types("/orders")
    assert "Your latest 5 top-ups" in listed
    assert listed.index("AED 60.00") < listed.index("AED 20.00")
    assert "AED 10.00" not in listed
    assert len(phone.buttons) == 5


async def test_one_order_is_not_counted(phone, order):
    assert (await phone.types("/orders")).startswith("Your top-up\n")


async def test_an_order_is_found_by_its_number_or_the_end_of_it(phone, order):
    number = order.merchant_order_no
    for typed in (number, number.lower(), number[-4:]):
        assert "Waiting for your cash" in await phone.types(f"/order {typed}")


async def test_an_end_that_fits_many_orders_is_not_guessed(phone, order):
    assert "a little more" in await phone.types("/order " + order.merchant_order_no[-2])


async def test_order_without_a_number_lists_them(phone, order):
    assert order.merchant_order_no in await phone.types("/order")


async def test_the_order_of_another_chat_is_as_unknown_as_none(
    conversation, phone, books, order
):
    stranger = Phone(conversation, "stranger")
    await stranger.types("/topup 50 player-1002")
    await stranger.taps("Confirm")
    refusal = await stranger.types("/order T000000-XXXXXXXX")
    assert "cannot find that" in refusal
    assert await stranger.types(f"/order {order.merchant_order_no}") == refusal
    for action in (*ON_ORDER, "extend"):
        choice = f"v1:{action}:{order.merchant_order_no}"
        assert await stranger.sends_choice(choice) == refusal
    assert books.get(order.merchant_order_no) == order
    assert books.checks == []


async def test_check_now_asks_payby_and_says_that_nothing_arrived(phone, books, order):
    await phone.types("/orders")
    await phone.taps(order.merchant_order_no)
    answer = await phone.taps("Check now")
    assert "No payment has reached PayBy yet" in answer
    assert books.checks == [order.merchant_order_no]


async def test_check_now_finds_the_payment(phone, books, order):
    books.paid_at_payby.add(order.merchant_order_no)
    assert "Paid 24 November 2026, 16:00" in await phone.types("did it arrive?")


async def test_check_now_tells_the_truth_when_payby_cannot_be_reached(
    phone, books, order
):
    books.payby_fault = GatewayUnavailable("no answer")
    answer = await phone.types("/status")
    assert "cannot reach PayBy" in answer
    assert "stays valid until today 18:00" in answer


async def test_an_unreachable_payby_promises_nothing_for_an_ended_code(
    phone, books, order
):
    books.become(order.merchant_order_no, Status.EXPIRED)
    books.payby_fault = GatewayUnavailable("no answer")
    answer = await phone.sends_choice(f"v1:check:{order.merchant_order_no}")
    assert "cannot reach PayBy" in answer
    assert "valid" not in answer


async def test_the_code_can_be_shown_again_at_any_time(phone, order):
    answer = await phone.types("show me the code")
    assert "pay exactly AED 50.00" in answer
    card = phone.seen[-1].card
    assert card is not None
    assert (card.merchant_order_no, card.stamp) == (order.merchant_order_no, "")


async def test_the_code_that_can_be_paid_is_shown_before_a_newer_one_that_ended(
    phone, books, order
):
    await phone.types("/topup 20 player-1002")
    await phone.taps("Confirm")
    books.become(books.orders[-1].merchant_order_no, Status.FAILED)
    assert "pay exactly AED 50.00" in await phone.types("show code")


@pytest.mark.parametrize(
    ("status", "said", "buttons"),
    [
        (Status.CREATING, "being made", []),
        (Status.PAID, "do not pay again", ["Receipt", "Money back?"]),
        (Status.CREDITED, "The money is on the account", ["Receipt", "Money back?"]),
        (Status.EXPIRED, "Nothing was charged", ["Top up again", "Check now"]),
        (Status.CANCELLED, "Cancelled", ["Top up again", "Check now"]),
        (Status.FAILED, "could not be made", ["Top up again"]),
    ],
)
async def test_the_buttons_of_an_order_without_a_code_answer_with_its_state(
    phone, books, order, status, said, buttons
):
    books.become(order.merchant_order_no, status)
    for action in ("code", "check", "order"):
        answer = await phone.sends_choice(f"v1:{action}:{order.merchant_order_no}")
        assert said in answer
        assert phone.buttons == buttons
        assert phone.seen[-1].card is None


async def test_payby_is_not_asked_about_an_order_that_is_paid_or_was_never_made(
    phone, books, order
):
    for status in (Status.PAID, Status.CREDITED, Status.CREATING, Status.FAILED):
        books.become(order.merchant_order_no, status)
        await phone.sends_choice(f"v1:check:{order.merchant_order_no}")
    assert books.checks == []


async def test_a_code_whose_time_is_over_is_not_shown_but_can_be_checked(
    phone, clock, order
):
    clock.pass_by(timedelta(hours=2))
    assert "time to pay is over" in await phone.types("show code")
    assert phone.seen[-1].card is None
    assert phone.buttons == ["Top up again", "Check now"]


async def test_asking_for_the_state_of_a_finished_order_does_not_ask_payby(
    phone, books, order
):
    books.become(order.merchant_order_no, Status.CREDITED)
    assert "The money is on the account" in await phone.types("did it arrive?")
    assert books.checks == []


async def test_the_balance_grows_with_the_credited_order(phone, books, order):
    assert "The balance of De••••••••on is AED 0.00" in await phone.types("/balance")
    books.become(order.merchant_order_no, Status.CREDITED)
    assert "is AED 50.00" in await phone.types("رصيد")


async def test_balance_asks_whose_when_there_is_no_account_yet(phone):
    assert "Whose balance" in await phone.types("balance")
    assert "cannot find" in await phone.types("player-77")
    assert "balance of Pi" in await phone.types("player-1002")
    await phone.types("hello there")
    assert "Welcome" in plain(phone.seen[-1].text)
