"""The receipt as a PDF: one page whose text can be searched and copied."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF, ViewerPreferences

from core.receipt.facts import ReceiptFacts, ReceiptWords
from core.receipt.fonts import fixed_font
from core.receipt.layout import SEAL_MIDDLE, SEAL_SIDE, TICK, height_of, lay_out
from core.sheet.canvas import (
    MINT,
    PETROL,
    WIDTH,
    Align,
    Box,
    Colour,
    Paint,
    colour_of,
)
from core.sheet.pen import tick_points
from core.sheet.text import Direction, Line, is_right_to_left

_WIDTH_MM = 148  # that of A5
_POINTS = _WIDTH_MM / WIDTH / 25.4 * 72
"""In a pixel."""

_Font = tuple[Path, int]
"""A variable font, and a weight of it."""


def write_receipt(facts: ReceiptFacts, words: ReceiptWords) -> bytes:
    """Write the receipt as a PDF of one page.

    Takes some 80 ms of processor: call it outside the event loop.
    """
    rtl = is_right_to_left(words.language)
    page = _Page(height_of(facts, words), rtl=rtl)
    lay_out(page, facts, words)
    title = f"{words.title} {facts.merchant_order_no}"
    return page.pdf(title, words.language)


@dataclass(frozen=True)
class _Text:
    line: Line
    at: tuple[int, int]
    colour: Colour
    align: Align


class _Page:
    """A Surface that knows all of its text before it makes the fonts for it."""

    def __init__(self, height: int, *, rtl: bool) -> None:
        self.rtl = rtl
        self._height = height
        self._fills: list[tuple[Box, Colour]] = []
        self._texts: list[_Text] = []

    @property
    def direction(self) -> Direction:
        return "R" if self.rtl else "L"

    def fill(self, box: Box, number: int) -> None:
        self._fills.append((box, colour_of(number)))

    def text(
        self, line: Line, at: tuple[int, int], paint: Paint, align: Align = "start"
    ) -> None:
        _, ink = paint.value
        self._texts.append(_Text(line, at, ink, align))

    def pdf(self, title: str, language: str) -> bytes:
        pdf = FPDF(unit=_POINTS, format=(WIDTH, self._height))
        pdf.alias_nb_pages("")  # otherwise "{nb}" in a name would become a number
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        pdf.set_auto_page_break(auto=False)
        pdf.add_page()
        self._add_fonts(pdf)
        for box, colour in self._fills:
            _fill(pdf, self._mirrored(box), colour)
        _draw_seal(pdf)
        for text in self._texts:
            self._write(pdf, text)
        return bytes(pdf.output())

    def _add_fonts(self, pdf: FPDF) -> None:
        characters: dict[_Font, str] = defaultdict(str)
        for text in self._texts:
            for file, run in text.line.runs:
                characters[file, text.line.style.weight] += run
        with TemporaryDirectory() as folder:
            for (file, weight), needed in characters.items():
                fixed = Path(folder, f"{file.stem}-{weight}.ttf")
                fixed.write_bytes(fixed_font(file, weight, needed))
                pdf.add_font(_family(file, weight), fname=fixed)

    def _write(self, pdf: FPDF, text: _Text) -> None:
        style = text.line.style
        fonts = [(_family(file, style.weight), run) for file, run in text.line.runs]
        widths = []
        for family, run in fonts:
            pdf.set_font(family, size=style.size * _POINTS)
            widths.append(pdf.get_string_width(run))
        x = self._left(text, sum(widths))
        pdf.set_text_color(text.colour)
        for (family, run), width in zip(fonts, widths, strict=True):
            pdf.set_font(family)
            pdf.text(x, text.at[1], run)
            x += width

    def _left(self, text: _Text, width: float) -> float:
        x = WIDTH - text.at[0] if self.rtl else text.at[0]
        if text.align == "middle":
            return x - width / 2
        on_the_right = (text.align == "end") != self.rtl
        return x - width if on_the_right else x

    def _mirrored(self, box: Box) -> Box:
        if not self.rtl:
            return box
        return Box(WIDTH - box.right, box.top, WIDTH - box.left, box.bottom)


def _family(file: Path, weight: int) -> str:
    return f"{file.stem}-{weight}"


def _fill(pdf: FPDF, box: Box, colour: Colour) -> None:
    pdf.set_fill_color(colour)
    pdf.rect(box.left, box.top, box.right - box.left, box.bottom - box.top, style="F")


def _draw_seal(pdf: FPDF) -> None:
    x, y = SEAL_MIDDLE
    pdf.set_fill_color(MINT)
    pdf.circle(x, y, SEAL_SIDE / 2 - 2, style="F")
    pdf.set_draw_color(PETROL)
    pdf.set_line_width(TICK * 0.2)
    with pdf.local_context(stroke_join_style="round", stroke_cap_style="round"):
        pdf.polyline(tick_points(x, y, TICK))
