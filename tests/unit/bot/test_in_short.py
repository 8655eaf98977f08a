"""Every event can be said in a prepared sentence, with a value for each place."""

from dataclasses import replace

import pytest

from bot.announcements import announce
from bot.messages import InShort, Prepared
from bot.whatsapp_templates import wordings_of
from bot.words import LANGUAGES, words_in
from core.domain.orders import Event, Status
from tests.unit.bot.phone import NOW, SHOP
from tests.unit.bot.test_announcements import ORDER


def short(event: Event, language: str = "en", order=ORDER) -> InShort:
    (message,) = announce(order, event, words_in(language), SHOP, NOW)
    assert message.in_short
    return message.in_short


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", sorted(set(Event) - {Event.READY}))
def test_an_event_in_short_names_order_amount_and_account(event, language):
    brief = short(event, language)
    for wording in wordings_of(brief):
        text = wording.filled(brief.values)
        for value in brief.values:
            assert value in text
        assert "{{" not in text
    assert brief.values[:3] == ("T261124-7K3QXMPA", "AED 50.00", "De••••••••on")


@pytest.mark.parametrize(
    ("event", "prepared"),
    [
        (Event.CREDITED, Prepared.PAID),
        (Event.HELD, Prepared.HELD),
        (Event.EXPIRED, Prepared.ENDED),
        (Event.REMINDER, Prepared.REMINDER),
        (Event.FAILED, Prepared.NEWS),
    ],
)
def test_each_event_has_its_sentence(event, prepared):
    assert short(event).prepared is prepared


def test_a_code_waits_until_its_payer_is_back():
    messages = announce(ORDER, Event.READY, words_in("en"), SHOP, NOW)
    assert [message.in_short for message in messages] == [None, None]


def test_money_that_was_given_back_is_not_said_to_have_no_payment():
    given_back = replace(ORDER, status=Status.CANCELLED)
    assert given_back.is_given_back
    assert short(Event.CANCELLED, order=given_back).prepared is Prepared.NEWS
