import io

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.qr import QUIET_ZONE, qr_matrix, qr_png

TOKEN_URL = (
    "https://checkout.payby.com/pay-page/main"
    "?BIZ_TYPE=202&ft=cd624549f4894d78b0d368e48bb27aae&t=1654519114067"
)
TOKENS = st.text("abcXYZ0189-._~%&=/+", min_size=1, max_size=200)
FINDER = [
    [True] * 7,
    [True, *[False] * 5, True],
    *[[True, False, True, True, True, False, True]] * 3,
    [True, *[False] * 5, True],
    [True] * 7,
]


def read(png: bytes) -> list[str]:
    picture = Image.open(io.BytesIO(png)).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@settings(max_examples=25, deadline=None)
@given(TOKENS)
def test_a_scanner_reads_back_exactly_the_text_of_the_code(token):
    url = f"https://pay.example/{token}"

    assert read(qr_png(url)) == [url]


@pytest.mark.parametrize("text", ["0", "A", "12345", " two  spaces ", "x" * 2000])
def test_short_and_long_texts_are_held_exactly_too(text):
    assert read(qr_png(text, box=4)) == [text]


def test_four_light_modules_surround_the_code():
    matrix = qr_matrix(TOKEN_URL)
    inside = [row[QUIET_ZONE:-QUIET_ZONE] for row in matrix[QUIET_ZONE:-QUIET_ZONE]]
    dark = sum(map(sum, matrix))

    assert QUIET_ZONE == 4
    assert sum(map(sum, inside)) == dark
    assert [row[:7] for row in inside[:7]] == FINDER


def test_each_module_of_the_picture_is_as_wide_as_asked():
    matrix = qr_matrix(TOKEN_URL)
    picture = Image.open(io.BytesIO(qr_png(TOKEN_URL, box=3))).convert("L")

    assert picture.size == (len(matrix) * 3, len(matrix) * 3)
    for row, modules in enumerate(matrix):
        for column, is_dark in enumerate(modules):
            corners = (column * 3, row * 3), (column * 3 + 2, row * 3 + 2)
            colour = 0 if is_dark else 255
            assert [picture.getpixel(corner) for corner in corners] == [colour] * 2


def test_the_same_text_gives_the_same_bytes():
    assert qr_png(TOKEN_URL) == qr_png(TOKEN_URL)


def test_a_code_for_no_text_is_refused():
    with pytest.raises(ValueError, match="needs a text"):
        qr_matrix("")


def test_a_text_longer_than_any_code_is_refused():
    with pytest.raises(ValueError, match="cannot hold a text of 4000 characters"):
        qr_matrix("x" * 4000)
