"""Text ready to be drawn: Arabic joined and in reading order, no box for a glyph.

Pillow's own shaping depends on a system library and fails silently without it, so
everything is shaped here and drawn with Pillow's basic layout: the same everywhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from PIL import Image, ImageDraw, ImageFont

Direction = Literal["L", "R"] | None
"""Which way a paragraph runs; None: as its first strong letter does."""

Runs = tuple[tuple[Path, str], ...]
"""Pieces of a line from left to right, each with the font that holds it."""

FONT_FILES = (
    Path(fontpkg_noto_sans.ROOT, "files", "NotoSans[wdth,wght].ttf"),
    Path(fontpkg_noto_sans_arabic.ROOT, "files", "NotoSansArabic[wdth,wght].ttf"),
)
"""In order of preference: the first that holds a character draws it."""

REGULAR, BOLD = 400, 700

_RIGHT_TO_LEFT = frozenset({"ar", "ur"})
_NORMAL_WIDTH = 100
_ISOLATED = re.compile("\u2066([^\u2066-\u2069]*)\u2069")
_BY_MARKS = "\u200e\\1\u200e"
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
_MARKS = dict.fromkeys((0x200E, 0x200F))
_NO_CHARACTER = "\U0010ffff"  # held by no font, so drawn as the font's box
_SHRINK = 2  # pixels of font size, at least, per try

_reshaper = ArabicReshaper(
    {"language": "Arabic", "delete_harakat": True, "support_ligatures": True}
)


@dataclass(frozen=True)
class Style:
    """How a text looks: font size in pixels, weight from 100 to 900."""

    size: int
    weight: int = REGULAR


@dataclass(frozen=True)
class Line:
    """One shaped line, ready to be painted; its width is in pixels."""

    runs: Runs
    style: Style
    width: int

    def mask(self) -> Image.Image:
        """Paint the line white on black, its baseline at `ascent`."""
        size = self.style.size
        mask = Image.new("L", (self.width + size, size * 2))
        draw = ImageDraw.Draw(mask)
        x = size / 2
        for file, run in self.runs:
            font = load_font(file, self.style)
            draw.text((x, self.ascent), run, fill=255, font=font, anchor="ls")
            x += font.getlength(run)
        return mask

    @property
    def ascent(self) -> int:
        """Pixels from the mask's top to the baseline; half a size lies on each side."""
        return self.style.size * 5 // 4


@lru_cache(maxsize=128)
def load_font(file: Path, style: Style) -> ImageFont.FreeTypeFont:
    """Open a variable font at one size and weight."""
    font = ImageFont.truetype(
        str(file), style.size, layout_engine=ImageFont.Layout.BASIC
    )
    font.set_variation_by_axes([style.weight, _NORMAL_WIDTH])
    return font


def visual(text: str, direction: Direction = None) -> str:
    """Join Arabic letters and put `text` in the order seen from left to right.

    python-bidi stops at isolates, so what is isolated from left to right ("2026-11-12"
    inside Arabic) is kept in its order by marks instead. Characters newer than this
    Python's Unicode, such as the latest emoji, are left out: python-bidi stops at them
    too, and nobody can tell which way they run.
    """
    marked = _ISOLATED.sub(_BY_MARKS, text).translate(_ISOLATES)
    known = "".join(filter(unicodedata.bidirectional, marked))
    one_line = " ".join(known.split())
    seen: str = get_display(_reshaper.reshape(one_line), base_dir=direction)
    return seen.translate(_MARKS)


def is_right_to_left(language: str) -> bool:
    """Tell which way a language runs; `language` is a code such as "en" or "ar"."""
    return language.partition("-")[0].lower() in _RIGHT_TO_LEFT


def has_glyph(file: Path, character: str) -> bool:
    """Tell whether the font draws `character` as itself and not as a box."""
    return _drawn(file, character) != _drawn(file, _NO_CHARACTER)


def set_line(text: str, style: Style, direction: Direction = None) -> Line:
    """Shape `text` and choose the font of each run."""
    return _measured(_runs(text, direction), style)


def fit_line(text: str, style: Style, width: int, direction: Direction = None) -> Line:
    """Shape `text` into `width` pixels: down to two thirds of its size, then cut."""
    line = set_line(text, style, direction)
    smallest = style.size * 2 // 3
    while line.width > width and line.style.size > smallest:
        size = min(line.style.size * width // line.width, line.style.size - _SHRINK)
        line = _measured(line.runs, Style(max(size, smallest), style.weight))
    return line if line.width <= width else _cut(text, line, width, direction)


def wrap(
    text: str, style: Style, width: int, most: int, direction: Direction = None
) -> list[Line]:
    """Break `text` between words into at most `most` lines of `width` pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        fits = set_line(longer, style, direction).width <= width
        if lines and (fits or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return [fit_line(line, style, width, direction) for line in lines]


def _runs(text: str, direction: Direction) -> Runs:
    runs: list[tuple[Path, str]] = []
    for character in visual(text, direction):
        place = _place(character)
        if place is None:
            continue
        file, drawn = place
        if runs and (character == " " or file == runs[-1][0]):
            runs[-1] = (runs[-1][0], runs[-1][1] + drawn)
        else:
            runs.append((file, drawn))
    return tuple(runs)


def _measured(runs: Runs, style: Style) -> Line:
    width = sum(load_font(file, style).getlength(run) for file, run in runs)
    return Line(runs, style, round(width))


def _cut(text: str, line: Line, width: int, direction: Direction) -> Line:
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        shorter = set_line(f"{text[:middle].rstrip()}…", line.style, direction)
        if shorter.width <= width:
            fits, line = middle, shorter
        else:
            too_long = middle
    return line if fits else set_line("…", line.style, direction)


@lru_cache(maxsize=4096)
def _place(character: str) -> tuple[Path, str] | None:
    for file in FONT_FILES:
        if has_glyph(file, character):
            return file, character
    is_readable = unicodedata.category(character)[0] in "LN"
    return (FONT_FILES[0], "?") if is_readable else None  # an emoji is only left out


@lru_cache(maxsize=4096)
def _drawn(file: Path, character: str) -> bytes:
    return bytes(load_font(file, Style(24)).getmask(character))
