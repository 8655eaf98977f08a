"""The payer reads where the money is, in either language."""

from dataclasses import replace

import pytest

from bot.chats import Language
from bot.messages import Prepared, plain
from bot.order_states import order_summary
from bot.refund_news import refund_news
from bot.words import LANGUAGES, words_in
from core.domain.money import Money
from core.domain.orders import Order, Status
from core.domain.refunds import RefundStatus
from tests.fakes import NOW, a_refund, an_order
from tests.unit.core.places import store_at

CREDITED = an_order(status=Status.CREDITED, paid_at=NOW)
HELD = replace(CREDITED, status=Status.PAID)
REFUND = a_refund(amount=Money(2000))
STORE = store_at(25.2, 55.3, name="Corner Grocery", name_ar="بقالة الزاوية")


def said(
    status: RefundStatus, order: Order = CREDITED, language: Language = "en"
) -> str:
    stands = replace(REFUND, status=status)
    told = refund_news(order, stands, words_in(language), store=None)
    assert told.in_short
    assert told.in_short.prepared is Prepared.NEWS
    return plain(told.text)


def test_money_that_was_asked_for_is_not_there_yet():
    text = said(RefundStatus.ASKED)
    assert text == said(RefundStatus.PROCESSING)
    assert "AED 20.00" in text
    assert "the wallet that paid, and that is the store's" in text
    assert "do not go there yet" in text
    assert "set aside from your account" in text
    assert "set aside" not in said(RefundStatus.ASKED, HELD)


def test_money_that_went_back_is_handed_out_at_the_store():
    order = replace(CREDITED, refunded=Money(2000))
    text = said(RefundStatus.DONE, order)
    assert "PayBy has given back AED 20.00" in text
    assert "the store gives you the cash" in text
    assert "24 Nov" in text
    assert "before" not in text


def test_the_store_that_has_the_money_is_named_when_we_know_it():
    done = replace(REFUND, status=RefundStatus.DONE)
    for language, name in (("en", "Corner Grocery"), ("ar", "بقالة الزاوية")):
        told = refund_news(CREDITED, done, words_in(language), STORE)
        assert name in told.text


def test_what_went_back_in_parts_is_summed_up():
    text = said(RefundStatus.DONE, replace(CREDITED, refunded=Money(4500)))
    assert "With what went back before, that is AED 45.00 of AED 50.00." in text


def test_money_that_did_not_go_back_is_where_it_was():
    assert "on your account again" in said(RefundStatus.FAILED)
    text = said(RefundStatus.FAILED, HELD)
    assert "Your money is safe" in text
    assert "on your account" not in text


@pytest.mark.parametrize("status", sorted(set(RefundStatus)))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_names_sum_account_and_order(status, language):
    text = said(status, language=language)
    for fact in ("AED 20.00", CREDITED.account_name, CREDITED.merchant_order_no):
        assert fact in text


def test_an_order_says_what_of_it_went_back():
    words = words_in("en")
    part = replace(CREDITED, refunded=Money(1999))
    assert "AED 19.99 of it back" in order_summary(part, words, NOW)[1]
    whole = replace(HELD, refunded=Money(5000))
    assert "all of it back to the store" in order_summary(whole, words, NOW)[1]
