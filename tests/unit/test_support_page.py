"""The page for people of support shows what there is."""

import re

from tests.runbook import PICTURES

PAGE = (PICTURES.parent / "support.md").read_text(encoding="utf-8")
MOST_BYTES = 60_000


def test_each_picture_is_on_the_page_and_small():
    shown = re.findall(r'src="pictures/([^"]+)"', PAGE)
    assert sorted(shown) == sorted(path.name for path in PICTURES.iterdir())
    assert all((PICTURES / name).stat().st_size < MOST_BYTES for name in shown)


def test_each_picture_says_in_words_what_it_shows():
    assert len(re.findall(r"<img ", PAGE)) == len(re.findall(r'alt="\w[^"]{9,}"', PAGE))


def test_no_number_on_the_page_belongs_to_anybody():
    assert set(re.findall(r"\+\d{9,}", PAGE)) == {"+971500000001"}
