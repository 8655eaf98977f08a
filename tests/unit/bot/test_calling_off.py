"""Calling a code off, and letting it live longer."""

from datetime import timedelta

import pytest

from core.domain.errors import GatewayUnavailable, OutcomeUnknown
from core.domain.orders import Status


def status_of(books, order) -> Status:
    return books.get(order.merchant_order_no).status


@pytest.mark.parametrize("text", ["/cancel", "cancel my code", "إلغاء الرمز"])
async def test_cancel_asks_once_before_it_cancels(phone, books, order, text):
    answer = await phone.types(text)
    assert "Cancel the code for AED 50.00" in answer
    assert phone.buttons == ["Yes, cancel it", "Keep it"]
    assert status_of(books, order) is Status.OPEN


async def test_the_button_under_the_code_asks_the_same(phone, books, order):
    await phone.types("show code")
    assert "Cancel the code for AED 50.00" in await phone.taps("Cancel code")
    assert status_of(books, order) is Status.OPEN


async def test_yes_cancels_the_code_and_offers_the_same_top_up(phone, books, order):
    await phone.types("/cancel")
    answer = await phone.taps("Yes, cancel it")
    assert "is cancelled" in answer
    assert "nothing was charged" in answer
    assert order.merchant_order_no in answer
    assert status_of(books, order) is Status.CANCELLED
    await phone.taps("Top up again")
    assert phone.buttons[0] == "Confirm AED 50.00"


async def test_a_second_yes_says_that_it_is_cancelled(phone, books, order):
    await phone.types("/cancel")
    await phone.taps("Yes, cancel it")
    assert "Cancelled. Nothing was charged" in await phone.taps("Yes, cancel it")
    assert books.checks == [order.merchant_order_no]


async def test_keeping_the_code_changes_nothing(phone, books, order):
    await phone.types("/cancel")
    assert "Pay before today 18:00" in await phone.taps("Keep it")
    assert status_of(books, order) is Status.OPEN


async def test_of_several_codes_the_newest_is_proposed_and_the_others_are_buttons(
    phone, books, order
):
    await phone.types("/topup 20 player-1002")
    await phone.taps("Confirm")
    newest = books.become(books.orders[-1].merchant_order_no, Status.OPEN)
    answer = await phone.types("/cancel")
    assert "Cancel the code for AED 20.00" in answer
    assert "another code?" in answer
    await phone.taps("AED 50.00 for De")
    await phone.taps("Yes, cancel it")
    assert status_of(books, order) is Status.CANCELLED
    assert status_of(books, newest) is Status.OPEN


async def test_cancel_leaves_what_is_being_prepared_and_no_code(phone, books, order):
    await phone.types("/topup 20 player-1002")
    assert "stopped" in await phone.types("/cancel")
    assert status_of(books, order) is Status.OPEN
    assert "Cancel the code" in await phone.types("/cancel")


async def test_cancel_without_any_order_says_that_there_is_nothing(phone):
    assert await phone.types("/cancel") == "There is no code to cancel."


async def test_cancel_after_payment_shows_the_way_to_the_money(phone, books, order):
    books.become(order.merchant_order_no, Status.CREDITED)
    answer = await phone.types("/cancel")
    assert "no code to cancel" in answer
    assert "The money is on the account" in answer
    assert "Money back?" in phone.buttons


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.CREATING, "AED 50.00 for De••••••••on"),
        (Status.EXPIRED, "There is no code to cancel"),
        (Status.FAILED, "There is no code to cancel"),
    ],
)
async def test_cancel_without_a_code_that_can_be_paid_says_why(
    phone, books, order, status, said
):
    books.become(order.merchant_order_no, status)
    assert (await phone.types("/cancel")).startswith(said)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.CREATING, "being made"),
        (Status.CREDITED, "The money is on the account"),
        (Status.EXPIRED, "time to pay is over"),
    ],
)
async def test_the_button_of_a_code_that_cannot_be_paid_asks_nothing(
    phone, books, order, status, said
):
    await phone.types("show code")
    books.become(order.merchant_order_no, status)
    answer = await phone.taps("Cancel code")
    assert said in answer
    assert "Cancel the code" not in answer


async def test_cancel_after_the_time_to_pay_leads_to_payby(phone, books, clock, order):
    clock.pass_by(timedelta(hours=2))
    answer = await phone.types("/cancel")
    assert "no code to cancel" in answer
    assert "Did you pay in time?" in answer
    assert "Check now" in phone.buttons


async def test_a_code_that_was_just_paid_is_credited_and_not_cancelled(
    phone, books, order
):
    await phone.types("/cancel")
    books.paid_at_payby.add(order.merchant_order_no)
    answer = await phone.taps("Yes, cancel it")
    assert "has been paid, so it cannot be cancelled" in answer
    assert "The money is on the account" in answer
    assert status_of(books, order) is Status.CREDITED


async def test_a_code_at_the_till_is_cancelled_only_when_the_payer_insists(
    phone, books, order
):
    books.at_the_till.add(order.merchant_order_no)
    await phone.types("/cancel")
    assert "cashier is just scanning" in await phone.taps("Yes, cancel it")
    assert phone.buttons == ["Check now", "Cancel anyway"]
    assert status_of(books, order) is Status.OPEN
    assert "is cancelled" in await phone.taps("Cancel anyway")
    assert status_of(books, order) is Status.CANCELLED


@pytest.mark.parametrize(
    "fault", [GatewayUnavailable("no answer"), OutcomeUnknown("no answer")]
)
async def test_without_an_answer_of_payby_nothing_is_called_cancelled(
    phone, books, order, fault
):
    await phone.types("/cancel")
    books.payby_fault = fault
    answer = await phone.taps("Yes, cancel it")
    assert "may still be paid" in answer
    assert phone.buttons == ["Try again", "Show code"]
    assert status_of(books, order) is Status.OPEN
    books.payby_fault = None
    assert "is cancelled" in await phone.taps("Try again")


async def test_an_order_that_ended_at_payby_meanwhile_says_how_it_ended(
    phone, books, clock, order
):
    await phone.types("/cancel")
    books.become(order.merchant_order_no, Status.EXPIRED)
    assert "time to pay is over" in await phone.taps("Yes, cancel it")


async def test_one_tap_lets_the_same_code_live_longer(phone, books, order):
    await phone.types("/order")
    await phone.taps(order.merchant_order_no)
    answer = await phone.taps("Keep it until today 20:00")
    assert "code for AED 50.00 stays the same" in answer
    assert "until today 20:00" in answer
    assert books.get(order.merchant_order_no).expires_at == order.created_at + (
        timedelta(hours=4)
    )
    assert not any("Keep it" in title for title in phone.buttons)


async def test_a_second_tap_adds_no_more_time(phone, books, order):
    await phone.types("did it arrive?")
    extend = phone.button("Keep it").id
    await phone.sends_choice(extend)
    books.longest = timedelta(hours=48)
    assert "until today 20:00" in await phone.sends_choice(extend)
    assert books.get(order.merchant_order_no).expires_at == order.created_at + (
        timedelta(hours=4)
    )


async def test_a_late_tap_promises_no_more_time_to_pay_what_is_paid(
    phone, books, order
):
    await phone.types("did it arrive?")
    extend = phone.button("Keep it").id
    await phone.sends_choice(extend)
    books.become(order.merchant_order_no, Status.CREDITED)
    assert "The money is on the account" in await phone.sends_choice(extend)


async def test_a_code_that_lives_as_long_as_it_may_says_until_when(phone, books, order):
    await phone.types("did it arrive?")
    books.longest = timedelta(hours=2)
    answer = await phone.taps("Keep it until")
    assert "cannot be kept any longer" in answer
    assert "Pay before today 18:00" in answer


async def test_a_code_that_was_paid_meanwhile_is_not_kept_but_told_as_paid(
    phone, books, order
):
    await phone.types("did it arrive?")
    books.paid_at_payby.add(order.merchant_order_no)
    assert "The money is on the account" in await phone.taps("Keep it until")


async def test_without_an_answer_of_payby_the_old_end_counts(phone, books, order):
    await phone.types("did it arrive?")
    books.payby_fault = GatewayUnavailable("no answer")
    answer = await phone.taps("Keep it until")
    assert "count on the end as it is, today 18:00" in answer
    books.payby_fault = None
    assert "until today 20:00" in await phone.taps("Try again")


async def test_a_code_that_has_ended_is_not_extended(phone, books, clock, order):
    await phone.types("did it arrive?")
    clock.pass_by(timedelta(hours=2))
    answer = await phone.taps("Keep it until")
    assert "time to pay is over" in answer
    assert "cannot be kept" not in answer
    assert books.get(order.merchant_order_no) == order
