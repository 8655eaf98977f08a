"""One live code per payer and account."""

from datetime import timedelta

import pytest

from core.domain.accounts import Account
from core.domain.errors import GatewayUnavailable, OutcomeUnknown
from core.domain.money import Money
from core.domain.orders import Status
from tests.unit.bot.phone import Phone


def statuses(books) -> list[tuple[str, Status]]:
    return [(str(order.amount), order.status) for order in books.orders]


OLD_OPEN = [("AED 50.00", Status.OPEN)]
REPLACED = [("AED 50.00", Status.CANCELLED), ("AED 100.00", Status.CREATING)]


async def test_a_new_wish_for_the_account_offers_the_old_code_or_to_replace_it(
    phone, order
):
    answer = await phone.types("/topup 100 player-1001")
    assert "already have a code for AED 50.00" in answer
    assert "De••••••••on" in answer
    assert "pay before today 18:00" in answer
    assert "a new one for AED 100.00?" in answer
    assert phone.buttons == [
        "Show that code",
        "Replace it: AED 100.00",
        "Change account",
    ]


async def test_the_same_amount_is_simply_the_code_that_is_there(phone, order):
    answer = await phone.types("/topup 50 player-1001")
    assert "You can simply pay that one" in answer
    assert phone.buttons[:2] == ["Show that code", "Make a new one"]


async def test_another_account_has_a_code_of_its_own(phone, books, order):
    await phone.types("/topup 100 player-1002")
    await phone.taps("Confirm")
    assert len(books.orders) == 2


async def test_the_code_of_another_payer_is_not_in_the_way(conversation, books, order):
    stranger = Phone(conversation, "stranger")
    await stranger.types("/topup 100 player-1001")
    await stranger.taps("Confirm")
    assert statuses(books) == [*OLD_OPEN, ("AED 100.00", Status.CREATING)]


async def test_the_old_code_is_shown_and_the_wish_for_a_new_one_forgotten(phone, order):
    await phone.types("/topup 100 player-1001")
    assert "pay exactly AED 50.00" in await phone.taps("Show that code")
    assert phone.seen[-1].card is not None
    assert "Cancel the code for AED 50.00" in await phone.types("/cancel")


async def test_replacing_cancels_the_old_code_and_starts_the_new_one_in_one_tap(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    answer = await phone.taps("Replace it")
    assert "old code for AED 50.00 no longer works" in answer
    assert "making your code" in answer
    assert statuses(books) == REPLACED
    assert books.orders[-1].account_id == "player-1001"


async def test_five_taps_on_replace_make_one_new_order_and_one_answer(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    replace = phone.button("Replace it").id
    answers = [await phone.sends_choice(replace) for _ in range(5)]
    assert answers[1:] == ["", "", "", ""]
    assert statuses(books) == REPLACED


async def test_an_old_code_that_was_just_paid_is_said_and_no_new_one_is_made(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    books.paid_at_payby.add(order.merchant_order_no)
    answer = await phone.taps("Replace it")
    assert "has been paid, so I made no new one" in answer
    assert "The money is on the account" in answer
    assert statuses(books) == [("AED 50.00", Status.CREDITED)]
    await phone.taps("Make the new one: AED 100.00")
    assert statuses(books)[1:] == [("AED 100.00", Status.CREATING)]


async def test_a_code_at_the_till_is_replaced_only_when_the_payer_insists(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    books.at_the_till.add(order.merchant_order_no)
    assert "cashier is just scanning your old code" in await phone.taps("Replace it")
    assert phone.buttons == ["Check now", "Replace anyway"]
    assert statuses(books) == OLD_OPEN
    await phone.taps("Replace anyway")
    assert statuses(books) == REPLACED


@pytest.mark.parametrize(
    "fault", [GatewayUnavailable("no answer"), OutcomeUnknown("no answer")]
)
async def test_without_an_answer_of_payby_the_old_code_is_kept_and_none_is_made(
    phone, books, order, fault
):
    await phone.types("/topup 100 player-1001")
    books.payby_fault = fault
    answer = await phone.taps("Replace it")
    assert "I made no new code" in answer
    assert "may still be paid: please keep it" in answer
    assert phone.buttons == ["Try again", "Show that code"]
    assert statuses(books) == OLD_OPEN
    books.payby_fault = None
    await phone.taps("Try again")
    assert statuses(books) == REPLACED


async def test_an_old_code_whose_time_is_over_is_replaced_without_asking(
    phone, books, clock, order
):
    clock.pass_by(timedelta(hours=2))
    await phone.types("/topup 100 player-1001")
    assert phone.buttons[0] == "Confirm AED 100.00"
    assert "making your code" in await phone.taps("Confirm")
    assert statuses(books) == REPLACED


async def test_a_code_that_ended_while_the_payer_was_deciding_is_in_nobodys_way(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    books.become(order.merchant_order_no, Status.EXPIRED)
    await phone.taps("Replace it")
    assert statuses(books)[1:] == [("AED 100.00", Status.CREATING)]


async def test_a_code_that_is_just_being_made_asks_for_patience(phone, books, order):
    books.become(order.merchant_order_no, Status.CREATING)
    assert "is just being made" in await phone.types("/topup 50 player-1001")
    assert phone.buttons == []
    assert "being made" in await phone.types("/cancel")
    assert "is just being made" in await phone.types("/topup 100 player-1001")
    answer = await phone.taps("Replace it: AED 100.00")
    assert "is just being made" in answer
    assert "no longer works" not in answer
    books.become(order.merchant_order_no, Status.OPEN)
    await phone.taps("Replace it: AED 100.00")
    assert statuses(books) == REPLACED


async def test_a_code_that_came_between_question_and_tap_is_offered_all_the_same(
    phone, books
):
    await phone.types("/topup 100 player-1001")
    confirm = phone.button("Confirm").id
    made = await books.start(
        draft_id="elsewhere",
        conversation_id="chat-1",
        account_id="player-1001",
        amount=Money(5000),
    )
    books.become(made.merchant_order_no, Status.OPEN)
    assert "already have a code" in await phone.sends_choice(confirm)
    await phone.taps("Replace it: AED 100.00")
    assert statuses(books) == REPLACED


async def test_a_code_that_ends_in_the_moment_of_confirming_asks_once_more(
    phone, books
):
    await phone.types("/topup 100 player-1001")
    books.in_the_way = "T261124-GONE2345"
    await phone.taps("Confirm")
    assert phone.buttons[0] == "Confirm AED 100.00"
    await phone.taps("Confirm")
    assert statuses(books) == [("AED 100.00", Status.CREATING)]


async def test_a_good_code_is_not_given_up_for_an_account_that_was_closed(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    books.accounts["player-1001"] = Account("player-1001", "x", is_open=False)
    assert "is closed" in await phone.taps("Replace it")
    assert statuses(books) == OLD_OPEN


async def test_an_old_offer_replaces_nothing_once_the_wish_has_changed(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    old_offer = phone.button("Replace it").id
    await phone.types("/topup 200 player-1001")
    assert "latest message" in await phone.sends_choice(old_offer)
    assert statuses(books) == OLD_OPEN


async def test_while_payby_rests_one_sentence_says_so_and_one_tap_tries_again(
    phone, books
):
    await phone.types("/topup 50 player-1001")
    books.rests = True
    for _ in range(2):
        answer = await phone.taps("Confirm" if not books.checks else "Try again")
        assert "PayBy does not answer" in answer
        assert "Nothing was ordered or charged" in answer
        assert phone.buttons == ["Try again"]
    assert books.orders == []
    books.rests = False
    assert "making your code" in await phone.taps("Try again")
    assert statuses(books) == [("AED 50.00", Status.CREATING)]


async def test_a_replacement_that_payby_cannot_make_still_says_that_the_old_is_void(
    phone, books, order
):
    await phone.types("/topup 100 player-1001")
    books.rests = True
    answer = await phone.taps("Replace it")
    assert "old code for AED 50.00 no longer works" in answer
    assert "PayBy does not answer" in answer
    books.rests = False
    await phone.taps("Try again")
    assert statuses(books) == REPLACED


async def test_a_forged_replacement_touches_nothing(phone, conversation, books, order):
    await phone.types("/topup 100 player-1001")
    draft = phone.chat.draft_id
    for key in (draft, f"{draft}.", f"{draft}.T000000-XXXXXXXX", f".{draft}"):
        for action in ("replace", "replace_anyway", "keep_old"):
            assert await phone.sends_choice(f"v1:{action}:{key}")
    stranger = Phone(conversation, "stranger")
    assert await stranger.sends_choice(phone.button("Replace it").id)
    assert statuses(books) == OLD_OPEN
