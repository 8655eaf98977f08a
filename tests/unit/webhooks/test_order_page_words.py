"""The page's words and files: all that there are are used, and none is missing."""

import re
from pathlib import Path

import pytest

import webhooks.order_page
from bot.page_words import page_words
from bot.words import LANGUAGES, words_in
from webhooks.order_page.assets import read_assets
from webhooks.order_page.pages import PICTURES

TEMPLATES = Path(webhooks.order_page.__file__).parent / "templates"
PAGE = "".join(file.read_text("utf-8") for file in TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_page_stands_in_a_template_and_no_other_is_asked_for(
    language,
):
    asked = set(re.findall(r"say\.(\w+)", PAGE))
    assert asked == set(page_words(words_in(language)))


def test_every_file_is_used_by_its_name_of_today():
    names, assets = read_assets()
    assert set(names.values()) == set(assets)
    assert set(names) == set(re.findall(r"assets\['([\w.]+)'\]", PAGE))


def test_every_picture_is_shown():
    assert {file.name for file in TEMPLATES.glob("*.svg")} == set(PICTURES)
