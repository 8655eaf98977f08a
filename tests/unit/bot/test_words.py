import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.messages import BOLD_OFF, BOLD_ON, Run, plain, runs
from bot.words import LANGUAGES, words_in
from core.domain.money import Money

PACKAGE = Path(bot.__file__).parent
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def sentences() -> set[str | tuple[str, ...]]:
    """Every sentence in the code: a string, or a pair of one and many."""
    found = extract_from_dir(PACKAGE, keywords={"say": None, "count": (1, 2)})
    return {message for _, _, message, _, _ in found}


def catalogue(language: str) -> Catalog:
    with (PACKAGE / "texts" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def forms(message: Message) -> list[str]:
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


TRANSLATED = [language for language in LANGUAGES if language != "en"]
MESSAGES = [
    pytest.param(message, id=str(message.id)[:100])
    for language in TRANSLATED
    for message in catalogue(language)
    if message.id
]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_every_sentence_of_the_code_and_no_other(language):
    assert {message.id for message in catalogue(language) if message.id} == sentences()


def test_every_sentence_is_written_out_where_it_is_said():
    call = re.compile(r"\.say\(\s*(?!sentence\b)([^\"\s])")
    for file in PACKAGE.glob("*.py"):
        assert not call.findall(file.read_text("utf-8")), file.name


@pytest.mark.parametrize("message", MESSAGES)
def test_a_translation_is_complete_and_keeps_placeholders_and_bold(message):
    source = message.id if isinstance(message.id, str) else message.id[1]
    assert not message.fuzzy
    for form in forms(message):
        assert form.strip()
        assert fields(form) <= fields(source)
        assert form.count("*") == source.count("*")
        assert form.count("*") % 2 == 0
    assert fields(forms(message)[-1]) == fields(source)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", sorted(sentences(), key=str))
def test_every_sentence_can_be_said(language, sentence):
    words = words_in(language)
    one, many = (sentence, sentence) if isinstance(sentence, str) else sentence
    values = dict.fromkeys(fields(many) - {"count"}, "value")
    if isinstance(sentence, str):
        said = [words.say(one, **values)]
    else:
        said = [words.count(one, many, count=n, **values) for n in (0, 1, 2, 5, 11)]
    for text in said:
        assert "{" not in text
        assert text.count(BOLD_ON) == text.count(BOLD_OFF)


def test_arabic_counts_in_its_own_plurals():
    words = words_in("ar")
    said = {
        words.count("*Your top-up*", "*Your latest {count} top-ups*", count=count)
        for count in (1, 2, 3, 11)
    }
    assert len(said) == 4


def test_bold_runs_come_from_our_sentence_only():
    text = words_in("en").say(
        "*{amount}* for {account}\nOrder: {order}",
        amount=Money(5000),
        account=f"*a*{BOLD_ON}b{BOLD_OFF}{{x}}",
        order="T1",
    )
    assert list(runs(text)) == [
        Run("AED 50.00", bold=True),
        Run(" for *a*b{x}\nOrder: T1", bold=False),
    ]


@given(st.text())
def test_no_value_can_change_the_bold_or_the_direction_around_it(value):
    for language in LANGUAGES:
        text = words_in(language).say("Amount: *{amount}*", amount=value)
        assert text.count(BOLD_ON) == text.count(BOLD_OFF) == 1
        opened = text.count("\u2066") + text.count("\u2068")
        assert opened == text.count("\u2069") <= 1
        assert "".join(run.text for run in runs(text)) == plain(text)


def test_arabic_isolates_amounts_and_order_numbers_so_that_they_keep_their_order():
    text = words_in("ar").say(
        "*{amount}* for {account}\nOrder: {order}",
        amount=Money(5000),
        account="صق••ور",
        order="T261124-7K3QXMPA",
    )
    assert "\u2066AED 50.00\u2069" in text
    assert "\u2066T261124-7K3QXMPA\u2069" in text
    assert "\u2068صق••ور\u2069" in text


def test_english_isolates_only_what_runs_from_right_to_left():
    say = words_in("en").say
    assert say("Account: {account}", account="De••on") == "Account: De••on"
    assert say("Account: {account}", account="صقر") == "Account: \u2068صقر\u2069"


@pytest.mark.parametrize(
    ("hours", "english", "arabic"),
    [
        (0, "today 16:00", "اليوم 16:00"),
        (8, "tomorrow 00:00", "غدًا 00:00"),
        (48, "26 November, 16:00", "26 نوفمبر، 16:00"),
        (-24, "23 November, 16:00", "23 نوفمبر، 16:00"),
    ],
)
def test_a_moment_is_told_in_gulf_time(hours, english, arabic):
    at = NOW + timedelta(hours=hours)
    assert words_in("en").moment(at, NOW) == english
    shown = words_in("ar").moment(at, NOW)
    assert re.sub("[\u2066-\u2069]", "", shown) == arabic


@pytest.mark.parametrize(
    ("metres", "text"),
    [(0, "0 m"), (347, "350 m"), (994, "990 m"), (996, "1.0 km"), (2412, "2.4 km")],
)
def test_distances_are_rounded_as_on_a_sign(metres, text):
    assert words_in("en").distance(metres) == text


def test_a_name_without_arabic_is_told_in_english():
    assert words_in("ar").pick("Deira", "") == "Deira"
    assert words_in("ar").pick("Deira", "ديرة") == "ديرة"
    assert words_in("en").pick("Deira", "ديرة") == "Deira"


def test_an_arabic_list_has_its_numbers_on_the_right():
    """Without the mark a line that begins with a number runs from the left."""
    assert words_in("ar").numbered(1, "\u2068Deira\u2069").startswith("\u200f1. ")
    assert words_in("en").numbered(1, "Deira") == "1. Deira"
