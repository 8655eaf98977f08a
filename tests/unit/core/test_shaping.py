import unicodedata

import pytest
from arabic_reshaper import reshape
from hypothesis import given, settings
from hypothesis import strategies as st

from core.sheet import ShapingError, check_shaping
from core.sheet.text import (
    FONT_FILES,
    Style,
    fit_line,
    has_glyph,
    set_line,
    visual,
    wrap,
)

LATIN, ARABIC = FONT_FILES
STYLE = Style(40)


def letters(text: str) -> list[str]:
    """The shape of each letter, from left to right: "beh initial"."""
    names = [unicodedata.name(sign) for sign in visual(text, "R")]
    return [
        name.removeprefix("ARABIC LETTER ").removesuffix(" FORM").lower()
        for name in names
    ]


def written(text: str) -> str:
    return "".join(run for _, run in set_line(text, STYLE).runs)


def test_arabic_letters_are_joined_and_run_from_right_to_left():
    assert letters("قبل") == ["lam final", "beh medial", "qaf initial"]
    assert letters("دار") == ["reh isolated", "alef isolated", "dal isolated"]


def test_lam_and_alef_become_one_letter():
    joined = "ligature lam with alef"

    assert letters("لا") == [f"arabic {joined} isolated"]
    assert letters("سلام")[1] == f"arabic {joined} final"


def test_an_amount_keeps_its_order_inside_arabic():
    seen = visual("ادفع AED 1,050.00 قبل 18:40", "R")

    assert "AED 1,050.00" in seen
    assert seen.startswith("18:40 ")


def test_an_isolated_order_number_keeps_its_order_inside_arabic():
    seen = visual("رقم \u2066TU-2026-0001\u2069 جديد", "R")

    assert " TU-2026-0001 " in seen
    assert not any(0x2066 <= ord(sign) <= 0x2069 for sign in seen)


@pytest.mark.parametrize("number", ["2026-11-12", "9-5", "1001/22-3"])
def test_an_isolated_number_without_letters_keeps_its_order_too(number):
    assert f" {number} " in visual(f"رقم \u2066{number}\u2069 جديد", "R")


@pytest.mark.parametrize(("first", "last"), ["()", "[]", "{}", "«»"])
def test_brackets_around_arabic_are_mirrored(first, last):
    seen = visual(f"{first}قبل{last}", "R")

    assert (seen[0], seen[-1]) == (first, last)


def test_english_stays_as_it_is():
    text = "Pay before (today) 18:40"

    assert visual(text, "L") == text
    assert visual(text) == text


def test_a_name_runs_the_way_of_its_first_letter():
    assert visual("Oasis قبل!").endswith("!")
    assert visual("قبل Oasis!").startswith("!")


def test_a_text_is_one_line_whatever_breaks_it():
    assert visual(" two\n\tlines \u2028 here ") == "two lines here"


def test_each_character_is_drawn_by_a_font_that_holds_it():
    runs = set_line("Oasis واحة १२", STYLE).runs

    assert {file for file, _ in runs} == {LATIN, ARABIC}
    for file, run in runs:
        assert all(has_glyph(file, sign) for sign in run)


def test_a_letter_no_font_holds_becomes_a_question_mark_and_an_emoji_goes():
    assert written("A店B") == "A?B"
    assert written("A\N{GRINNING FACE}B") == "AB"


@pytest.mark.parametrize("unknown", ["\U0001faea", "\u0378", "\U000e0fff"])
def test_a_character_newer_than_our_unicode_is_left_out(unknown):
    assert visual(f"Falcon{unknown} قبل{unknown}", "L") == visual("Falcon قبل", "L")


@settings(max_examples=60, deadline=None)
@given(st.text(), st.integers(100, 600))
def test_any_text_fits_the_width_it_is_given(text, width):
    line = fit_line(text, STYLE, width)

    assert line.width <= width
    assert line.mask().width == line.width + line.style.size


def test_a_long_text_shrinks_before_it_is_cut():
    whole = "A name of some length"
    width = set_line(whole, STYLE).width

    assert fit_line(whole, STYLE, width).style.size == 40
    smaller = fit_line(whole, STYLE, round(width * 0.8))
    assert 26 < smaller.style.size < 40
    assert "".join(run for _, run in smaller.runs) == whole


def test_a_very_long_text_ends_in_an_ellipsis_on_the_reading_side():
    english = fit_line("A long name " * 20, STYLE, 400)
    arabic = fit_line("اسم طويل " * 20, STYLE, 400)

    assert english.runs[-1][1].endswith("…")
    assert arabic.runs[0][1].startswith("…")
    assert english.width > 360


def test_a_caption_breaks_between_words_into_no_more_lines_than_asked():
    text = "Show this code at the till of the store"
    lines = wrap(text, STYLE, 320, 2)

    assert len(lines) == 2
    assert all(line.width <= 320 for line in lines)
    assert "".join(run for _, run in lines[0].runs) == "Show this code"


def test_text_is_shaped_and_every_glyph_is_there_on_this_machine():
    check_shaping()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda text, _direction: text,
        lambda text, _direction: text[::-1],
        lambda text, _direction: reshape(text),
        lambda text, direction: visual(text[::-1], direction),
        lambda text, _direction: visual(text, "L"),
    ],
    ids=["not at all", "reversed", "not ordered", "twice reversed", "wrong way"],
)
def test_the_check_fails_for_text_shaped_wrongly(wrong):
    with pytest.raises(ShapingError, match="not shaped rightly"):
        check_shaping(wrong)


def test_the_check_fails_without_a_font_for_arabic():
    with pytest.raises(ShapingError, match=r"No installed font holds U\+06.* \(٠\)"):
        check_shaping(fonts=[LATIN])


def test_the_check_fails_without_a_font_for_english():
    with pytest.raises(ShapingError, match="No installed font holds U"):
        check_shaping(fonts=[ARABIC])


@pytest.mark.parametrize("content", [None, b"", b"no font at all"])
def test_the_check_fails_for_a_font_that_is_missing_or_damaged(tmp_path, content):
    file = tmp_path / "Font.ttf"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ShapingError, match=r"Font\.ttf is missing or damaged"):
        check_shaping(fonts=[*FONT_FILES, file])
