"""Choices fit WhatsApp's buttons and lists, or they are left to the numbered text."""

import json

import pytest

from bot.guidance import help_message, language_question, pointer, welcome
from bot.till_advice import trouble_question
from bot.whatsapp_choices import filled, part_asked, part_of
from bot.whatsapp_shapes import SHAPES, Shape
from bot.whatsapp_text import menu_of, without_choices
from bot.words import words_in
from core.database.menus import Item
from core.domain.orders import Status
from tests.fakes import an_order
from tests.unit.bot.phone import SHOP

OPENS = "Choose"
ORDER = an_order()


def items(count: int) -> tuple[Item, ...]:
    return tuple(Item(f"v1:act:{n}", f"Choice {n}") for n in range(1, count + 1))


def values(text: str, choices) -> list[str]:
    content = filled(text, choices, OPENS)
    assert content
    found = json.loads(content.variables)
    assert list(found) == [str(n) for n in range(1, len(found) + 1)]
    return list(found.values())


@pytest.mark.parametrize("count", [1, 2, 3])
def test_up_to_three_choices_are_buttons(count):
    content = filled("A question", items(count), OPENS)
    assert content
    assert content.name == f"topup_buttons_{count}_1"
    assert SHAPES[content.name].values == len(json.loads(content.variables))


@pytest.mark.parametrize("count", [4, 10])
def test_up_to_ten_choices_are_a_list(count):
    content = filled("A question", items(count), OPENS)
    assert content
    assert content.name == f"topup_list_{count}_1"
    assert SHAPES[content.name].values == len(json.loads(content.variables))


def test_every_line_is_a_value_of_its_own_and_an_empty_one_is_not_empty():
    first, blank, third, *rest = values("*Right?*\n\nAED 50.00 ", items(1))
    assert (first, third, rest) == ("*Right?*", "AED 50.00", ["Choice 1", "v1:act:1"])
    assert blank.strip()
    assert not blank.isprintable()


def test_the_body_is_what_twilio_makes_of_the_values():
    content = filled("one\n\nthree", items(2), OPENS)
    assert content
    assert content.body == "\n".join(values("one\n\nthree", items(2))[:3])


def test_a_title_too_long_for_a_button_makes_a_list_and_there_it_is_cut():
    long = Item("v1:a:", "Night Owl Mart behind the station")
    opens, title = values("Where?", [long])[1:3]
    assert (opens, title) == (OPENS, "Night Owl Mart behind t…")


def test_a_title_that_has_a_short_form_is_a_button_all_the_same():
    choice = Item("v1:a:", "Keep it until tomorrow 18:00", "Keep it longer")
    assert values("It ends soon", [choice])[1] == "Keep it longer"


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("a" * 1025, items(1)),
        ("a\tb", items(1)),
        ("a     b", items(1)),
        ("\n".join("abcdefghijkl"), items(1)),
        ("A question", items(11)),
        ("A question", (Item("v1:a:", "Same"), Item("v1:b:", "Same"))),
    ],
    ids=["long", "tab", "spaces", "lines", "many", "alike"],
)
def test_what_fits_no_content_is_left_to_the_text(text, choices):
    assert filled(text, choices, OPENS) is None


def test_ten_choices_are_shown_at_once():
    assert part_of(items(10), 1, "More") == items(10)


def test_more_come_in_parts_of_nine_each_leading_to_the_next():
    many = items(20)
    shown = [part_of(many, part, "More") for part in (1, 2, 3)]
    assert [[item.title for item in part] for part in shown] == [
        [*(f"Choice {n}" for n in range(1, 10)), "More"],
        [*(f"Choice {n}" for n in range(10, 19)), "More"],
        ["Choice 19", "Choice 20"],
    ]
    assert [part[-1].id for part in shown[:2]] == ["v1:more:2", "v1:more:3"]


@pytest.mark.parametrize(
    ("choice_id", "count", "part"),
    [
        ("v1:more:2", 11, 2),
        ("v1:more:1", 11, 1),
        ("v1:more:3", 11, 0),
        ("v1:more:3", 19, 3),
        ("v1:more:2", 10, 0),
        ("v1:more:0", 11, 0),
        ("v1:more:", 11, 0),
        ("v1:more:٢", 11, 0),
        ("v1:topup:", 11, 0),
        ("", 11, 0),
    ],
)
def test_only_a_part_that_there_is_can_be_asked_for(choice_id, count, part):
    assert part_asked(choice_id, items(count)) == part


def test_no_content_takes_more_values_than_twilio_does():
    assert max(shape.values for shape in SHAPES.values()) <= 100


def test_contents_are_called_by_their_shape():
    assert all(name == shape.name for name, shape in SHAPES.items())
    assert Shape("list", 10, 8).name in SHAPES


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "message",
    [
        lambda words: welcome(words, SHOP),
        help_message,
        pointer,
        language_question,
        lambda words: trouble_question(ORDER, words),
    ],
    ids=["welcome", "help", "pointer", "language", "trouble"],
)
def test_what_the_bot_asks_first_has_a_content(message, language):
    asked = message(words_in(language))
    assert filled(without_choices(asked), menu_of(asked.choices), OPENS)


async def test_a_list_of_orders_has_a_content_however_many_there_are(phone, books):
    for _ in range(5):
        await phone.types("/topup 50 player-1001")
        await phone.taps("Confirm")
        books.become(books.orders[-1].merchant_order_no, Status.CREDITED)
        await phone.types("/orders")
        listed = phone.seen[-1]
        assert filled(without_choices(listed), menu_of(listed.choices), OPENS)
