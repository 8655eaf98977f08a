"""Each alarm says what is wrong and what to do, and has a button."""

from dataclasses import replace

import pytest

from bot.alarm_words import alarm_message, over_message, sentence
from bot.messages import plain
from core.domain.alarms import Alarm, AlarmKind
from tests.fakes import NOW

FACTS = {
    AlarmKind.UNCREDITED: {"amount": "AED 50.00", "paid": "11:00"},
    AlarmKind.NOTICES_SILENT: {"order": "T261124-AAAA2222", "paid": "11:00"},
    AlarmKind.BACKLOG: {"since": "11:58"},
    AlarmKind.CLOCK: {"seconds_ahead": "+61"},
    AlarmKind.PAYBY_AWAY: {"since": "11:50", "why": "PayBy {did} not answer."},
    AlarmKind.STORE_REPORTED: {"reports": "3"},
}


def alarm(kind: AlarmKind, about: str = "T261124-AAAA2222") -> Alarm:
    return Alarm(
        kind=kind, about=about, facts=FACTS.get(kind, {}), since=NOW, seen_at=NOW
    )


def buttons(of: Alarm) -> list[str]:
    return [choice.id for row in alarm_message(of).choices for choice in row]


@pytest.mark.parametrize("kind", AlarmKind)
def test_an_alarm_is_one_sentence_and_what_to_do_with_a_button(kind):
    what, empty, advice = plain(alarm_message(alarm(kind)).text).splitlines()
    assert what.startswith("⚠ ")
    assert (empty, what[-1], advice[-1]) == ("", ".", ".")
    assert buttons(alarm(kind))
    assert over_message(alarm(kind)).text.startswith("Over: ")
    assert sentence(alarm(kind)).endswith("since 24 Nov 12:00")


def test_an_alarm_about_an_order_opens_and_retries_it():
    assert alarm_message(alarm(AlarmKind.UNCREDITED)).text == (
        "⚠ Order T261124-AAAA2222: AED 50.00 paid at 11:00 is not credited.\n\n"
        "Try again; if it stays so, see whether the accounts' database answers."
    )
    assert buttons(alarm(AlarmKind.UNCREDITED)) == [
        "s1:order:T261124-AAAA2222",
        "s1:retry:T261124-AAAA2222",
        "s1:alarms:",
    ]


def test_an_alarm_about_many_orders_shows_what_is_stuck():
    facts = {"count": "4", "first": "T261124-AAAA2222"}
    many = replace(alarm(AlarmKind.UNCREDITED, about=""), facts=facts)
    assert "4 paid orders are not credited" in alarm_message(many).text
    assert buttons(many) == ["s1:stuck:", "s1:alarms:"]
    assert "many of this kind" in over_message(many).text


def test_an_alarm_about_a_store_that_no_button_can_name_is_told_all_the_same():
    assert buttons(alarm(AlarmKind.STORE_REPORTED, "store-1")) == [
        "s1:store:store-1",
        "s1:hide:store-1",
        "s1:alarms:",
    ]
    assert buttons(alarm(AlarmKind.STORE_REPORTED, "x" * 64)) == ["s1:alarms:"]


def test_an_alarm_that_was_told_and_lasts_says_so():
    lasting = replace(alarm(AlarmKind.BACKLOG, "inbox"), is_on=True)
    assert alarm_message(lasting).text.startswith("⚠ Still so. Work waits in inbox")
