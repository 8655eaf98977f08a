"""The page's words: complete, used, and the same places to fill in both languages."""

import json
import re

import pytest

from sandbox.config import PAGE

ENGLISH, ARABIC = (
    json.loads((PAGE / f"words.{language}.json").read_text(encoding="utf-8"))
    for language in ("en", "ar")
)
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(PAGE.iterdir())
    if file.suffix in {".js", ".html"}
)
SAID = set(re.findall(r'(?:\bsay\(|data-say(?:-\w+)?=)"([\w.]+)"', CODE))
MADE = tuple(set(re.findall(r"`([a-z._]+)\$\{", CODE)))
"""Beginnings of keys made of what happens, as in `status.${status}`."""


def test_both_languages_have_the_same_words():
    assert list(ARABIC) == list(ENGLISH)


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_fill_the_same_places(key: str):
    assert places(ARABIC[key]) == places(ENGLISH[key])
    assert ARABIC[key].strip()
    assert ENGLISH[key].strip()


def test_everything_the_page_says_has_words():
    assert len(SAID) > 50
    assert not SAID - ENGLISH.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_no_words_are_left_over(key: str):
    assert f'"{key}"' in CODE or key.startswith(MADE)


def places(words: str) -> set[str]:
    """What is filled in."""
    return set(re.findall(r"\{(\w+)\}", words))
