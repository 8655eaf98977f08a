from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.announcements import Known, announce
from bot.chats import Language
from bot.code_messages import Stage, card_words, code_message, stage_of
from bot.messages import Outgoing, plain
from bot.order_states import order_summary
from bot.words import LANGUAGES, words_in
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from tests.unit.bot.phone import NOW, SHOP

CAPTION_LENGTH = 1024

ORDER = Order(
    merchant_order_no="T261124-7K3QXMPA",
    draft_id="draft",
    conversation_id="chat-1",
    account_id="player-1001",
    account_name="De••••••••on",
    amount=Money(5000),
    status=Status.OPEN,
    created_at=NOW,
    expires_at=NOW + timedelta(hours=2),
    paid_at=NOW + timedelta(minutes=35),
)
LONGER_END = ORDER.expires_at + timedelta(hours=24)


def told(
    event: Event,
    language: Language = "en",
    balance: Money | None = None,
    order: Order = ORDER,
) -> tuple[Outgoing, ...]:
    known = Known(balance=balance, longer_end=LONGER_END)
    return announce(order, event, words_in(language), SHOP, NOW, known=known)


def buttons_of(message: Outgoing) -> list[str]:
    return [choice.title for row in message.choices for choice in row]


def test_a_ready_code_comes_with_its_card_and_the_guide():
    code, guide = told(Event.READY)
    assert code.card is not None
    assert code.card.merchant_order_no == ORDER.merchant_order_no
    assert plain(code.text).startswith("AED 50.00 · pay before today 18:00")
    assert ORDER.merchant_order_no in code.text
    assert buttons_of(code) == [
        "Check now",
        "Problem at the till",
        "Nearby stores",
        "How it works",
        "Cancel code",
    ]
    steps = plain(guide.text)
    for part in ("• Visit a store", "PayBy POS → E-ATM → Cash In", "exactly AED 50.00"):
        assert part in steps
    assert guide.ask_location


def test_the_result_can_be_recognised_if_it_comes_twice():
    (result,) = told(Event.CREDITED, balance=Money(7500))
    text = plain(result.text)
    for part in (
        "AED 50.00 paid",
        "T261124-7K3QXMPA",
        "24 November 2026, 16:35",
        "De••••••••on",
        "New balance: AED 75.00",
        "Falcon Games",
    ):
        assert part in text
    assert buttons_of(result) == ["Receipt"]


def test_the_result_without_a_balance_names_none():
    (result,) = told(Event.CREDITED)
    assert "balance" not in result.text


def test_money_that_is_held_is_promised_and_not_asked_for_again():
    (held,) = told(Event.HELD)
    assert "AED 50.00 paid" in plain(held.text)
    assert "support at Falcon Games has been told" in held.text
    assert "do not pay again" in held.text
    assert buttons_of(held) == ["Receipt"]
    assert ORDER.merchant_order_no in held.text


@pytest.mark.parametrize(
    ("event", "said", "buttons"),
    [
        (Event.DELAYED, "nothing to pay yet", []),
        (Event.FAILED, "Nothing was charged", ["Try again"]),
        (Event.SCANNED, "exactly AED 50.00", []),
        (Event.EXPIRED, "no longer works", ["Top up again", "Check now"]),
        (Event.CANCELLED, "cancelled at PayBy", ["Top up again", "Check now"]),
    ],
)
def test_an_event_says_what_happened_and_what_can_be_done(event, said, buttons):
    (message,) = told(event)
    assert said in plain(message.text)
    assert buttons_of(message) == buttons


def test_who_paid_and_lost_the_cash_again_is_not_told_that_nothing_was_charged():
    given_back = replace(ORDER, status=Status.CANCELLED, paid_at=NOW)
    (message,) = announce(given_back, Event.CANCELLED, words_in("en"), SHOP, NOW)
    assert "ask that store for your cash" in message.text
    assert "charged" not in message.text
    state = order_summary(given_back, words_in("en"), NOW)[1]
    assert "ask that store for your cash" in state


def test_a_reminder_names_the_end_and_offers_a_longer_one():
    (reminder,) = told(Event.REMINDER)
    assert "AED 50.00 ends today 18:00" in plain(reminder.text)
    assert ORDER.merchant_order_no in reminder.text
    assert buttons_of(reminder) == [
        "Show code",
        "Check now",
        "Keep it until tomorrow 18:00",
        "Nearby stores",
        "Problem at the till",
        "Cancel code",
    ]


def test_a_reminder_of_a_code_that_cannot_live_longer_offers_no_more_time():
    (reminder,) = announce(ORDER, Event.REMINDER, words_in("en"), SHOP, NOW)
    assert not any("Keep it" in title for title in buttons_of(reminder))


@pytest.mark.parametrize("event", [Event.CREDITED, Event.HELD])
@pytest.mark.parametrize(
    "late",
    [
        replace(ORDER, paid_at=ORDER.expires_at + timedelta(seconds=1)),
        replace(ORDER, is_closed=True),
    ],
    ids=["after its end", "after it was closed"],
)
def test_money_that_came_late_is_said_to_count_all_the_same(event, late):
    (result,) = told(event, order=late)
    assert "after the code had ended, and counts all the same" in result.text
    (in_time,) = told(event)
    assert "counts all the same" not in in_time.text


def test_nothing_says_paid_before_it_is():
    for event in (Event.DELAYED, Event.READY, Event.SCANNED, Event.FAILED):
        assert not any("paid" in message.text.casefold() for message in told(event))


@pytest.mark.parametrize(
    ("stage", "said", "stamp", "buttons"),
    [
        (Stage.WAITING, "pay exactly AED 50.00", "", 5),
        (Stage.SCANNED, "cashier has scanned", "", 2),
        (Stage.PAID, "PAID", "paid", 0),
        (Stage.EXPIRED, "do not pay", "expired", 0),
        (Stage.VOID, "do not pay", "void", 0),
    ],
)
def test_the_message_with_the_code_follows_its_order(stage, said, stamp, buttons):
    message = code_message(ORDER, stage, words_in("en"), NOW)
    assert said in plain(message.text)
    assert message.card is not None
    assert message.card.stamp == stamp
    assert sum(len(row) for row in message.choices) == buttons


@pytest.mark.parametrize(
    ("status", "minutes", "stage"),
    [
        (Status.OPEN, 0, Stage.WAITING),
        (Status.CREATING, 0, Stage.WAITING),
        (Status.OPEN, 120, Stage.EXPIRED),
        (Status.EXPIRED, 0, Stage.EXPIRED),
        (Status.PAID, 500, Stage.PAID),
        (Status.CREDITED, 500, Stage.PAID),
        (Status.CANCELLED, 0, Stage.VOID),
        (Status.FAILED, 0, Stage.VOID),
    ],
)
def test_the_stage_of_an_order_is_told_by_status_and_time(status, minutes, stage):
    order = replace(ORDER, status=status)
    assert stage_of(order, NOW + timedelta(minutes=minutes)) is stage


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", Event)
def test_every_event_can_be_told_in_every_language(language, event):
    for message in told(event, language, balance=Money(1)):
        assert plain(message.text).strip()
        assert message.card is None or len(plain(message.text)) <= CAPTION_LENGTH


def test_the_longest_caption_fits_a_picture():
    order = replace(
        ORDER,
        account_name="x" * 64,
        merchant_order_no="T" * 48,  # the longest that a button carries
        amount=Money(10**14 - 1),
        expires_at=datetime(2026, 9, 30, tzinfo=UTC),
    )
    for language in LANGUAGES:
        for stage in Stage:
            caption = code_message(order, stage, words_in(language), NOW).text
            assert len(caption) <= CAPTION_LENGTH


def test_the_card_speaks_the_payers_language():
    english, arabic = (card_words(words_in(language)) for language in LANGUAGES)
    assert english.pay_exactly == "Pay exactly this amount in cash"
    for name, value in vars(arabic).items():
        assert value
        assert value != getattr(english, name)
