"""The comparison understands the product's own words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.announcements import announce
from bot.code_messages import Stage, code_message
from bot.messages import Outgoing, runs
from bot.refund_news import refund_news
from bot.shop import Shop
from bot.words import words_in
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.refunds import Refund, RefundStatus, Way
from tests.chaos.books import Told
from tests.chaos.reading import said
from tests.phones import Message

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = Shop(name="Oasis Games", product="Game top-up", name_ar="", product_ar="")
ORDER = Order(
    merchant_order_no="T261124-22222222",
    draft_id="draft",
    conversation_id="tg:1",
    account_id="tester-1",
    account_name="Te••••",
    amount=Money(5000),
    status=Status.OPEN,
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
)


def shown(message: Outgoing) -> Message:
    """Show a message as the phone does, without the marks."""
    return Message(
        id=1,
        sender="bot",
        kind="photo" if message.card else "text",
        text="".join(run.text for run in runs(message.text)),
        title="",
        photo_url="",
        document_url="",
        file_name="",
        taps=(),
        edited=False,
    )


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Event.DELAYED, Told.DELAYED),
        (Event.FAILED, Told.NOT_CHARGED),
        (Event.SCANNED, Told.SCANNED),
        (Event.CREDITED, Told.PAID),
        (Event.HELD, Told.PAID),
        (Event.EXPIRED, Told.NOT_CHARGED),
        (Event.CANCELLED, Told.NOT_CHARGED),
    ],
)
def test_it_knows_what_an_announcement_tells(event: Event, told: Told):
    (message,) = announce(ORDER, event, words_in("en"), SHOP, NOW)
    assert said(shown(message)).told is told


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.WAITING, Told.CODE),
        (Stage.SCANNED, Told.CODE),
        (Stage.PAID, Told.CODE_PAID),
        (Stage.EXPIRED, Told.CODE_ENDED),
        (Stage.VOID, Told.CODE_ENDED),
    ],
)
def test_it_knows_how_a_code_looks(stage: Stage, told: Told):
    message = said(shown(code_message(ORDER, stage, words_in("en"), NOW)))
    assert (message.told, message.number) == (told, ORDER.merchant_order_no)


def test_it_knows_that_a_code_was_replaced():
    old = words_in("en").say(
        "Your old code for {amount} no longer works. Please do not pay with it.",
        amount=ORDER.amount,
    )
    assert said(shown(Outgoing(old))).told is Told.CODE_OVER


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (RefundStatus.PROCESSING, Told.OTHER),
        (RefundStatus.DONE, Told.GIVEN_BACK),
        (RefundStatus.FAILED, Told.OTHER),
    ],
)
def test_it_knows_that_money_was_given_back(status: RefundStatus, told: Told):
    refund = Refund(
        refund_no="R261124-22222222",
        request_id="1",
        merchant_order_no=ORDER.merchant_order_no,
        amount=Money(2000),
        way=Way.REFUND,
        status=status,
        reason="",
        asked_by="Clerk",
        asked_at=NOW,
    )
    news = said(shown(refund_news(ORDER, refund, words_in("en"), None)))
    assert (news.told, news.number) == (told, ORDER.merchant_order_no)
