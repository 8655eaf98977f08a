"""Where choices are a numbered list, what is typed names one of them."""

import pytest

from bot.menus import chosen
from bot.messages import Incoming, Kind
from core.database.menus import Item, Menu
from tests.fakes import NOW

LONG = "Night Owl Mart behind the old bus station"
MENU = Menu(
    (
        Item("v1:amount:20", "AED 20.00"),
        Item("v1:topup:", "Top up"),
        Item("v1:lang:ar", "العربية"),
        Item("v1:one:", "3"),
        Item("v1:store:", LONG),
        Item("v1:extend:", "Keep it until tomorrow 18:00", "Keep it longer"),
    ),
    (Item("v1:later:", "On another page"),),
)


def typed(text: str, menu=MENU) -> Incoming:
    said = Incoming(conversation_id="wa:1", kind=Kind.TEXT, received_at=NOW, text=text)
    return chosen(said, menu)


@pytest.mark.parametrize(
    ("text", "choice_id"),
    [
        ("1", "v1:amount:20"),
        ("2", "v1:topup:"),
        (" 2. ", "v1:topup:"),
        ("2)", "v1:topup:"),
        ("٢", "v1:topup:"),
        ("۲.", "v1:topup:"),
        ("TOP UP", "v1:topup:"),
        ("العربية", "v1:lang:ar"),
        ("v1:topup:", "v1:topup:"),
        ("3", "v1:one:"),
        (LONG, "v1:store:"),
        ("Night Owl Mart behind t…", "v1:store:"),
        ("Night Owl Mart behi…", "v1:store:"),
        ("keep it longer", "v1:extend:"),
        ("Keep it until tomorrow 18:00", "v1:extend:"),
        ("on another page", "v1:later:"),
    ],
)
def test_a_number_a_title_or_an_id_names_a_choice(text, choice_id):
    said = typed(text)
    assert (said.kind, said.choice_id, said.text) == (Kind.CHOICE, choice_id, "")


@pytest.mark.parametrize(
    "text", ["0", "7", "-1", "50", "2 of them", "", ".", "²", "9" * 4000, "top"]
)
def test_any_other_text_stays_what_it_is(text):
    said = typed(text)
    assert (said.kind, said.text) == (Kind.TEXT, text)


def test_without_choices_on_the_screen_a_number_is_a_number():
    assert typed("1", Menu()).kind is Kind.TEXT


def test_a_choice_that_no_list_holds_is_passed_on():
    tap = Incoming(
        conversation_id="wa:1",
        kind=Kind.CHOICE,
        received_at=NOW,
        choice_id="v1:other:",
    )
    assert chosen(tap, MENU) == tap
