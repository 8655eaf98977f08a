from datetime import timedelta

import pytest

from bot.chats import Step
from bot.messages import plain


@pytest.mark.parametrize(
    "text",
    ["/stores", "where can I pay?", "nearest store", "أقرب متجر", "/stores Atlantis"],
)
async def test_a_store_question_asks_where_the_payer_is(phone, text):
    assert "Where are you?" in await phone.types(text)
    assert phone.seen[-1].ask_location == "📍 Share my location"
    assert phone.chat.step is Step.AREA


async def test_a_location_shows_the_three_nearest_as_pins_and_a_list(phone):
    listed = await phone.shares(25.2, 55.3)
    pins = [message.place for message in phone.seen if message.place]
    assert [pin.title for pin in pins] == [
        "1. Corner Grocery",
        "2. Night Owl Mart",
        "3. Wadi Store",
    ]
    assert "350 m · open until 22:00" in listed
    assert "2.4 km · closed, opens tomorrow 09:00" in listed
    assert "Far Away" not in listed


async def test_of_a_shared_location_only_the_neighbourhood_is_remembered(phone):
    await phone.shares(25.271349, 55.307512)
    assert phone.chat.search is not None
    assert phone.chat.search.point == (25.271, 55.308)


async def test_each_pin_has_a_link_to_directions(phone):
    await phone.shares(25.2, 55.3)
    link = phone.seen[0].choices[0][0]
    assert link.title == "Directions"
    assert link.url == (
        "https://www.google.com/maps/dir/?api=1&destination=25.270000,55.310000"
    )


@pytest.mark.parametrize("text", ["/stores Deira", "where can I pay in Deira?"])
async def test_a_store_question_with_an_area_answers_at_once(phone, text):
    listed = await phone.types(text)
    assert "Stores in Deira" in listed
    assert "350 m" not in listed


async def test_a_known_area_is_understood_at_any_time(phone):
    assert "Stores in deira" in await phone.types("deira")
    await phone.types("/topup player-1001")
    assert "Stores in deira" in await phone.types("deira")
    assert phone.chat.step is Step.AMOUNT


async def test_an_unknown_area_is_asked_again(phone):
    await phone.types("/stores")
    assert "no store there" in await phone.types("Atlantis")
    assert "Stores in Deira" in await phone.types("Deira")
    assert phone.chat.step is Step.IDLE


async def test_a_location_far_from_all_stores_is_answered(phone):
    assert "no store near you" in await phone.shares(-33.9, 18.4)


async def test_the_code_is_at_hand_beside_the_stores(phone, order, clock):
    await phone.shares(25.2, 55.3)
    assert phone.buttons == ["Show code"]
    clock.pass_by(timedelta(hours=3))
    await phone.shares(25.2, 55.3)
    assert phone.buttons == []


async def test_looking_for_a_store_does_not_lose_the_confirmation(phone, books):
    await phone.types("/topup 50 player-1001")
    await phone.types("/stores")
    await phone.types("Deira")
    await phone.taps("Confirm")
    assert len(books.orders) == 1


async def test_stores_are_named_in_the_payers_language(arabic_phone):
    await arabic_phone.shares(25.2, 55.3)
    assert arabic_phone.seen[0].place.title == "\u200f1. متجر"
    assert "مفتوح حتى" in plain(arabic_phone.seen[-1].text)


async def test_hours_that_never_change_are_said_without_a_time(phone, shelves):
    always, never = shelves.sights[0], shelves.sights[1]
    shelves.sights = [
        type(always)(always.store, 10.0, open_now=True, changes_at=None),
        type(never)(never.store, 20.0, open_now=False, changes_at=None),
    ]
    listed = await phone.shares(25.2, 55.3)
    assert "10 m · open now" in listed
    assert "20 m · closed now" in listed
