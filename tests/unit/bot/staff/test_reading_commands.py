"""What staff type or tap is read as a command's name and its argument."""

import pytest

from bot.messages import Incoming, Kind
from bot.staff.table import read_command, staff_button
from tests.fakes import NOW


def typed(text: str) -> Incoming:
    return Incoming(conversation_id="tg:1", kind=Kind.TEXT, received_at=NOW, text=text)


def tap(choice_id: str) -> Incoming:
    return Incoming(
        conversation_id="tg:1", kind=Kind.CHOICE, received_at=NOW, choice_id=choice_id
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/find", ("find", "")),
        ("/FIND  T1 ", ("find", "T1")),
        ("/find@the_bot ٥٠ today", ("find", "50 today")),
        ("/refund T1 50\nbecause", ("refund", "T1 50\nbecause")),
        ("/", ("", "")),
        ("find T1", None),
        ("", None),
    ],
)
def test_a_typed_command_has_a_name_and_an_argument(text, read):
    assert read_command(typed(text)) == read


def test_a_tapped_button_asks_for_what_it_was_made_for():
    assert read_command(tap(staff_button("order", "Open", "T1 2").id)) == (
        "order",
        "T1 2",
    )


@pytest.mark.parametrize("choice_id", ["v1:order:T1", "", "s2:order:T1"])
def test_a_payers_button_is_no_command_of_the_desk(choice_id):
    assert read_command(tap(choice_id)) is None


def test_a_button_that_no_channel_carries_is_refused():
    with pytest.raises(ValueError, match="no channel"):
        staff_button("say", "Say", "x" * 60)
