"""The start-up check that cards will be readable: shaping, order of text, fonts."""

from collections.abc import Callable, Sequence
from pathlib import Path

from core.sheet.text import (
    FONT_FILES,
    Direction,
    Style,
    has_glyph,
    load_font,
    visual,
)

_SEEN = {
    # "pay AED 50.00 before": seen from left to right, the last word comes first
    "ادفع AED 50.00 قبل": "\ufede\ufe92\ufed7 AED 50.00 \ufeca\ufed3\ufea9\ufe8d",
    # lam and alef become one letter; brackets are mirrored
    "(سلام)": "(\ufee1\ufefc\ufeb3)",
    # Urdu letters
    "چیک": "\ufb8f\ufbff\ufb7c",
    # a number that is isolated stays as it was given
    "رقم \u20662026-0001\u2069": "2026-0001 \ufee2\ufed7\ufead",
}
_MUST_HAVE_GLYPHS = "AEDaz09.,:/-•…٠٩،؟\ufede\ufe92\ufed7\ufefc\ufb8f\ufbfd\u0905\u0939"


class ShapingError(RuntimeError):
    """Text on cards would be unreadable on this machine; the sentence says why."""


def check_shaping(
    shape: Callable[[str, Direction], str] = visual,
    fonts: Sequence[Path] = FONT_FILES,
) -> None:
    """Prove on known words that Arabic is joined and ordered and has its glyphs.

    Called once at start-up. Raises ShapingError.
    """
    for text, seen in _SEEN.items():
        if shape(text, "R") != seen:
            raise ShapingError(
                f"Arabic text is not shaped rightly here: {text!r} becomes "
                f"{shape(text, 'R')!r}; reinstall arabic-reshaper and python-bidi."
            )
    for file in fonts:
        try:
            load_font(file, Style(24))
        except OSError as error:
            raise ShapingError(
                f"The font {file.name} is missing or damaged; reinstall "
                "fontpkg-noto-sans and fontpkg-noto-sans-arabic."
            ) from error
    for glyph in _MUST_HAVE_GLYPHS:
        if not any(has_glyph(file, glyph) for file in fonts):
            raise ShapingError(
                f"No installed font holds U+{ord(glyph):04X} ({glyph}); reinstall "
                "fontpkg-noto-sans and fontpkg-noto-sans-arabic."
            )
