"""A payer who wants more than a limit leaves is told what remains, and until when."""

import pytest

from bot.limit_words import over_limit
from bot.words import words_in
from core.domain.ceilings import Ceilings
from core.domain.limits import Breach, Rule, Span, Whose
from core.domain.money import Money
from core.domain.orders import Status
from tests.unit.bot.phone import NOW

PAYER_DAY = (Whose.PAYER, Span.DAY)


@pytest.fixture
def paid(books, order):
    """An order of AED 50.00, paid today."""
    return books.become(order.merchant_order_no, Status.CREDITED, paid_at=NOW)


def a_day(most: int) -> Ceilings:
    return Ceilings(sums={PAYER_DAY: Money(most * 100)})


async def test_the_rest_of_the_day_is_told_and_only_what_fits_is_proposed(
    phone, books, paid
):
    books.ceilings = a_day(200)
    told = await phone.types("/topup 500 player-1001")
    assert "You can top up AED 150.00 more today" in told
    assert phone.buttons == ["AED 10.00", "AED 20.00", "AED 50.00", "AED 100.00"]
    assert "Is this right?" in await phone.types("150")


async def test_a_payer_with_nothing_left_is_told_from_when_on(phone, books, paid):
    books.ceilings = a_day(55)
    told = await phone.types("/topup 50 player-1001")
    assert "More is possible from tomorrow 00:00" in told
    assert phone.buttons == ["My top-ups"]
    assert not phone.chat.draft_id


async def test_a_full_account_lets_the_payer_choose_another(phone, books, paid):
    books.ceilings = Ceilings(sums={(Whose.ACCOUNT, Span.MONTH): Money(5000)})
    assert "This account has got as much" in await phone.types("/topup 10 player-1001")
    assert "Is this right?" in await phone.types("player-1002")


async def test_a_limit_reached_after_the_confirmation_came_makes_no_order(
    phone, books, paid
):
    await phone.types("/topup 50 player-1001")
    books.ceilings = a_day(80)
    assert "AED 30.00 more today" in await phone.taps("Confirm")
    assert books.orders == [paid]


async def test_a_code_that_would_be_replaced_takes_no_room(phone, books, order):
    books.become(order.merchant_order_no, Status.OPEN)
    books.ceilings = a_day(100)
    await phone.types("/topup 100 player-1001")
    await phone.taps("Replace it")
    assert [o.status for o in books.orders] == [Status.CANCELLED, Status.CREATING]


async def test_a_code_is_not_given_up_for_a_wish_that_a_limit_refuses(
    phone, books, order
):
    books.become(order.merchant_order_no, Status.OPEN)
    books.ceilings = a_day(60)
    await phone.types("/topup 100 player-1001")
    assert "AED 60.00 more today" in await phone.taps("Replace it")
    assert books.get(order.merchant_order_no).status is Status.OPEN


async def test_unpaid_codes_that_take_room_are_mentioned(phone, books, order):
    books.ceilings = a_day(60)
    told = await phone.types("/topup 20 player-1002")
    assert told.endswith("Codes that are not paid yet count too.")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("room", [0, 5000])
@pytest.mark.parametrize("rule", list(Rule))
def test_every_limit_has_words_of_its_own_that_say_when_or_how_much(
    rule, room, language
):
    breach = Breach(rule, Money(room), NOW, with_unpaid=False)
    text = over_limit(breach, Money(500), words_in(language), NOW)
    if room:
        assert "50.00" in text
    elif rule is not Rule.OPEN_CODES:
        assert "16:00" in text
