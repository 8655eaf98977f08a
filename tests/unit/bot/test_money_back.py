"""How a payer gets money back."""

from dataclasses import replace

import pytest

from core.domain.cases import CaseKind
from core.domain.orders import Status
from tests.unit.bot.phone import NOW


@pytest.fixture
def paid(books, order):
    return books.become(order.merchant_order_no, Status.CREDITED, paid_at=NOW)


@pytest.mark.parametrize("text", ["/refund", "I want my money back", "استرجاع"])
async def test_the_way_of_the_money_is_told_honestly(phone, paid, text):
    answer = await phone.types(text)
    assert "Money back for AED 50.00" in answer
    assert "wallet that paid, and that is the store's" in answer
    assert "you paid (24 November 2026, 16:00)" in answer
    assert "may not be possible" in answer
    assert phone.buttons == ["Ask support", "Receipt"]


async def test_a_paid_order_has_a_button_for_it(phone, paid):
    await phone.types(f"/order {paid.merchant_order_no}")
    assert "Money back for AED 50.00" in await phone.taps("Money back?")


async def test_the_store_that_was_paid_is_named_when_we_know_it(
    phone, books, shelves, paid
):
    books.keep(replace(paid, store_id=shelves.sights[0].store.id))
    assert "cash at Corner Grocery, where you paid" in await phone.types("/refund")


async def test_support_gets_the_order_once_however_often_it_is_asked(
    phone, books, paid
):
    await phone.types("/refund")
    answers = [await phone.taps("Ask support") for _ in range(2)]
    assert answers[0] == answers[1]
    assert "case 17" in answers[0]
    assert books.cases == [(CaseKind.REFUND_ASKED, paid.merchant_order_no)]


async def test_what_has_gone_back_is_said_and_not_asked_for_again(phone, books, paid):
    await phone.types("/refund")
    books.keep(replace(paid, refunded=paid.amount))
    for answer in (await phone.taps("Ask support"), await phone.types("/refund")):
        assert "PayBy has given all of it back to the store" in answer
    assert phone.buttons == ["Receipt"]
    assert books.cases == []


async def test_an_order_can_be_named_by_the_end_of_its_number(phone, books, paid):
    await phone.types("/topup 20 player-1002")
    await phone.taps("Confirm")
    books.become(books.orders[-1].merchant_order_no, Status.CREDITED)
    assert "Money back for AED 20.00" in await phone.types("/refund")
    answer = await phone.types(f"/refund {paid.merchant_order_no[-4:]}")
    assert "Money back for AED 50.00" in answer
    assert "cannot find that" in await phone.types("/refund XXXXXXXX")


async def test_without_any_order_there_is_nothing_to_give_back(phone):
    assert "nothing to give back" in await phone.types("/refund")


@pytest.mark.parametrize(
    ("status", "doubt"),
    [
        (Status.OPEN, True),
        (Status.EXPIRED, True),
        (Status.CANCELLED, True),
        (Status.CREATING, False),
        (Status.FAILED, False),
    ],
)
async def test_of_an_unpaid_order_there_is_nothing_to_give_back(
    phone, books, order, status, doubt
):
    books.become(order.merchant_order_no, status)
    for answer in (
        await phone.types("/refund"),
        await phone.sends_choice(f"v1:refund:{order.merchant_order_no}"),
    ):
        assert "has not been paid" in answer
        assert ("choose Check now" in answer) is doubt
        assert ("Check now" in phone.buttons) is doubt
    assert books.cases == []
