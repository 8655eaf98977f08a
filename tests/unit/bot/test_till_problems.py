"""Problem at the till: what went wrong, where, and where to go next."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chats import Step
from bot.messages import CHOICE_ID_BYTES, plain
from core.domain.errors import GatewayUnavailable
from core.domain.orders import Status
from core.domain.stores import Trouble
from tests.unit.bot.phone import Phone

DEIRA = (25.27, 55.31)
TROUBLES = [
    ("The store refuses", Trouble.REFUSED),
    ("The store has no balance", Trouble.NO_BALANCE),
    ("The POS shows an error", Trouble.POS_ERROR),
    ("An extra fee is asked", Trouble.EXTRA_FEE),
    ("The amount is wrong", Trouble.WRONG_AMOUNT),
]


@pytest.fixture
async def at_the_till(phone, order):
    """The payer was shown stores, went to one, and is asked what goes wrong."""
    await phone.shares(*DEIRA)
    await phone.taps("Show code")
    await phone.taps("Problem at the till")


async def test_the_button_under_the_code_asks_what_goes_wrong(phone, order):
    await phone.types("show code")
    asked = await phone.taps("Problem at the till")
    assert "Keep your cash" in asked
    assert phone.buttons == [title for title, _ in TROUBLES]


@pytest.mark.parametrize(
    "text", ["/problem", "the cashier refuses", "I have a problem", "عندي مشكلة"]
)
async def test_a_problem_that_is_typed_is_about_the_newest_code(phone, order, text):
    assert "What goes wrong" in await phone.types(text)
    assert order.merchant_order_no in phone.button("The store refuses").id


async def test_a_problem_without_any_order_is_answered(phone):
    assert "no top-ups yet" in await phone.types("problem")


async def test_a_problem_with_a_code_that_has_ended_is_answered_with_its_state(
    phone, order, clock
):
    clock.pass_by(timedelta(hours=3))
    assert "time to pay is over" in await phone.types("problem")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("The store refuses", "PayBy POS → E-ATM → Cash In"),
        ("The store has no balance", "too low for AED 50.00"),
        ("The POS shows an error", "ask for it back before you leave"),
        ("An extra fee is asked", "Pay exactly AED 50.00: nobody may ask for more"),
        ("The amount is wrong", "exactly AED 50.00, and no cashier can change that"),
    ],
)
async def test_each_trouble_has_its_own_advice_and_the_code_stays_valid(
    phone, at_the_till, title, said
):
    advice = await phone.taps(title)
    assert said in advice
    assert "keep your cash" in advice.casefold()
    assert "Your code stays valid until today 18:00" in advice


async def test_payby_is_asked_before_anything_is_said(phone, books, order, at_the_till):
    await phone.taps("The POS shows an error")
    assert books.checks == [order.merchant_order_no]
    assert "No payment has reached PayBy" in plain(phone.seen[-1].text)


async def test_an_error_of_the_pos_after_the_payment_is_put_right(
    phone, books, shelves, order, at_the_till
):
    books.paid_at_payby.add(order.merchant_order_no)
    answer = await phone.taps("The POS shows an error")
    assert "It is paid, whatever the till shows" in answer
    assert "do not pay again" in answer
    assert shelves.reports == {}
    assert "It is paid" in await phone.taps("Problem at the till")


async def test_advice_is_given_also_when_payby_cannot_be_reached(
    phone, books, at_the_till
):
    books.payby_fault = GatewayUnavailable("no answer")
    advice = await phone.taps("The POS shows an error")
    assert "I cannot reach PayBy right now" in advice
    assert "No payment has reached PayBy" not in advice
    assert "At which store are you?" in advice
    assert phone.buttons[-1] == "Check now"


async def test_another_amount_needs_another_code(phone, at_the_till):
    await phone.taps("The amount is wrong")
    assert "Which account" in await phone.taps("Code for another amount")


async def test_the_stores_shown_last_are_offered_by_name(phone, at_the_till):
    await phone.taps("The store refuses")
    assert phone.buttons == [
        "Corner Grocery",
        "Night Owl Mart",
        "Wadi Store",
        "Another store",
    ]


async def test_the_store_is_reported_and_the_next_open_one_is_shown(
    phone, shelves, order, at_the_till
):
    await phone.taps("The store has no balance")
    answer = await phone.taps("Corner Grocery")
    reported = {(order.merchant_order_no, "Corner Grocery in Deira"): "no_balance"}
    assert shelves.reports == reported
    pin = phone.seen[-2].place
    assert pin is not None
    assert pin.title == "Wadi Store"
    assert "Try this store next:\n\nWadi Store\n5.0 km · open until 22:00" in answer
    assert "1 Sample Street" in answer
    assert "pay exactly AED 50.00" in await phone.taps("Show code")


async def test_another_store_goes_on_without_a_report(phone, shelves, at_the_till):
    await phone.taps("The store refuses")
    assert "Corner Grocery" in await phone.taps("Another store")
    assert shelves.reports == {}


async def test_a_second_store_that_fails_is_not_followed_by_the_first(
    phone, shelves, order, at_the_till
):
    await phone.taps("The store refuses")
    await phone.taps("Corner Grocery")
    await phone.taps("Problem at the till")
    await phone.taps("An extra fee is asked")
    assert phone.buttons == ["Wadi Store", "Night Owl Mart", "Another store"]
    assert "Far Away Store" in await phone.taps("Wadi Store")
    assert list(shelves.reports.values()) == [Trouble.REFUSED, Trouble.EXTRA_FEE]


async def test_a_double_tap_on_a_store_reports_it_once_and_answers_the_same(
    phone, shelves, at_the_till
):
    await phone.taps("The store refuses")
    store = phone.button("Corner Grocery").id
    answer = await phone.sends_choice(store)
    assert await phone.sends_choice(store) == answer
    assert len(shelves.reports) == 1


async def test_a_double_tap_is_understood_also_when_other_stores_came_in_between(
    phone, shelves, order
):
    await phone.types("problem")
    await phone.taps("The store refuses")
    await phone.shares(*DEIRA)
    store = phone.button("Far Away Store").id
    new = replace(shelves.sights[0].store, name="New Store")
    shelves.sights.insert(0, replace(shelves.sights[0], store=new))
    answer = await phone.sends_choice(store)
    assert "New Store" in answer
    assert await phone.sends_choice(store) == answer


async def test_a_closed_store_is_shown_only_when_no_other_one_is_open(
    phone, shelves, at_the_till
):
    shelves.sights = [replace(one, open_now=False) for one in shelves.sights]
    await phone.taps("The store refuses")
    answer = await phone.taps("Corner Grocery")
    assert "No other store near you is open now" in answer
    assert "Night Owl Mart\n2.4 km · closed, opens tomorrow 09:00" in answer


async def test_when_no_other_store_is_known_another_place_is_asked_for(
    phone, shelves, at_the_till
):
    del shelves.sights[1:]
    await phone.taps("The store refuses")
    assert "no other store there" in await phone.taps("Corner Grocery")
    assert phone.seen[-1].ask_location
    assert "no other store there" in await phone.shares(*DEIRA)


async def test_a_payer_whose_place_is_not_known_is_asked_for_it_after_the_advice(
    phone, shelves, order
):
    await phone.types("the cashier refuses")
    advice, asked = (await phone.taps("The store refuses")).split("\n---\n")
    assert "E-ATM" in advice
    assert "Share your location or send the name of your area" in asked
    assert phone.seen[-1].ask_location == "📍 Share my location"
    assert "At which store are you?" in await phone.shares(*DEIRA)
    assert phone.buttons[-2:] == ["Far Away Store", "Another store"]
    assert "Wadi Store" in await phone.taps("Corner Grocery")
    assert len(shelves.reports) == 1
    assert phone.chat.step is Step.IDLE


async def test_the_name_of_an_area_serves_as_well(phone, order):
    await phone.types("problem")
    await phone.taps("The POS shows an error")
    assert "no store there" in await phone.types("Atlantis")
    assert "At which store are you?" in await phone.types("Deira")


async def test_stores_shown_hours_ago_are_forgotten(phone, books, order, clock):
    books.keep(replace(order, expires_at=order.expires_at + timedelta(days=1)))
    await phone.shares(*DEIRA)
    clock.pass_by(timedelta(hours=3))
    await phone.types("problem")
    assert "Share your location" in await phone.taps("The store refuses")


async def test_a_place_is_a_plain_question_again_once_the_order_is_paid(
    phone, books, order
):
    await phone.types("problem")
    await phone.taps("The store refuses")
    books.become(order.merchant_order_no, Status.CREDITED)
    assert "Stores near you" in await phone.shares(*DEIRA)
    assert phone.chat.step is Step.IDLE


async def test_old_buttons_of_a_paid_order_say_that_it_is_paid(
    phone, books, shelves, order, at_the_till
):
    await phone.taps("The store refuses")
    books.become(order.merchant_order_no, Status.CREDITED)
    assert "It is paid" in await phone.taps("Corner Grocery")
    assert "It is paid" in await phone.taps("The store refuses")
    assert shelves.reports == {}
    assert books.checks == [order.merchant_order_no]


async def test_a_store_that_this_chat_was_not_shown_cannot_be_reported(
    phone, shelves, order, at_the_till
):
    forged = f"v1:at_store:{order.merchant_order_no}.refused.deadbeef"
    assert "At which store are you?" in await phone.sends_choice(forged)
    assert shelves.reports == {}


async def test_a_store_named_before_any_was_shown_leads_to_the_question_where(
    phone, shelves, order
):
    early = f"v1:at_store:{order.merchant_order_no}.refused.another"
    assert "Share your location" in await phone.sends_choice(early)


@pytest.mark.parametrize("key", ["", "x", "{order}", "{order}.hungry", "x.refused"])
async def test_a_key_that_means_nothing_is_as_unknown_as_a_strangers_order(
    phone, conversation, order, key
):
    for action in ("trouble", "at_store"):
        choice = f"v1:{action}:{key.format(order=order.merchant_order_no)}"
        assert "cannot find that" in await phone.sends_choice(choice)
    stranger = Phone(conversation, "stranger")
    for action in ("trouble", "at_store"):
        choice = f"v1:{action}:{order.merchant_order_no}.refused"
        assert "cannot find that" in await stranger.sends_choice(choice)


async def test_a_store_of_any_id_and_name_fits_on_a_button(phone, shelves, order):
    first = shelves.sights[0]
    long = replace(first.store, name="ب" * 64, area="Deira")
    shelves.sights[0] = replace(first, store=long)
    await phone.shares(*DEIRA)
    await phone.types("problem")
    await phone.taps("The amount is wrong")
    ids = [choice.id for row in phone.seen[-1].choices for choice in row]
    assert max(map(len, ids)) <= CHOICE_ID_BYTES
    assert phone.buttons[0] == "ب" * 40 + "…"


async def test_all_of_it_is_said_in_arabic(arabic_phone, books):
    await arabic_phone.types("/topup 50 player-1001")
    await arabic_phone.taps("تأكيد")
    books.become(books.orders[-1].merchant_order_no, Status.OPEN)
    await arabic_phone.shares(*DEIRA)
    assert "ما المشكلة" in await arabic_phone.types("مشكلة")
    assert "رصيد هذا المتجر" in await arabic_phone.taps("رصيد المتجر لا يكفي")
    assert "جرّب هذا المتجر" in await arabic_phone.taps("متجر")
