"""Rows of facts: what it is on the side where reading begins, its value opposite."""

from core.sheet.canvas import MARGIN, WIDTH, Box, Paint, Surface
from core.sheet.text import BOLD, Direction, Style, fit_line, set_line

_INNER = WIDTH - 2 * MARGIN
_LABEL_WIDTH = 320
_VALUE_WIDTH = _INNER - _LABEL_WIDTH - 20
_SPOKEN = 6  # last characters of an order number: what people say to support

_LABEL = Style(34)
_VALUE = Style(36, 600)
_DETAIL = Style(28)


def write_label(sheet: Surface, word: str, baseline: int) -> None:
    """Say what a row is about."""
    line = fit_line(word, _LABEL, _LABEL_WIDTH, sheet.direction)
    sheet.text(line, (MARGIN, baseline), Paint.LABEL)


def write_value(
    sheet: Surface, value: str, baseline: int, direction: Direction = None
) -> None:
    """Write a row's value."""
    line = fit_line(value, _VALUE, _VALUE_WIDTH, direction)
    sheet.text(line, (WIDTH - MARGIN, baseline), Paint.PAGE, "end")


def write_detail(sheet: Surface, detail: str, baseline: int) -> None:
    """Write a second, smaller line of a value."""
    line = fit_line(detail, _DETAIL, _VALUE_WIDTH)
    sheet.text(line, (WIDTH - MARGIN, baseline), Paint.LABEL, "end")


def write_order_no(sheet: Surface, order_no: str, baseline: int) -> None:
    """Write our number from left to right in any language, its end in bold."""
    size = _VALUE.size
    while True:
        head = set_line(order_no[:-_SPOKEN], Style(size), "L")
        tail = set_line(order_no[-_SPOKEN:], Style(size, BOLD), "L")
        width = head.width + tail.width
        if width <= _VALUE_WIDTH:
            break
        size -= 2
    left_to_right = (head, Paint.LABEL), (tail, Paint.PAGE)
    x = MARGIN if sheet.rtl else WIDTH - MARGIN - width
    for line, paint in left_to_right:
        sheet.text(
            line,
            (WIDTH - x if sheet.rtl else x, baseline),
            paint,
            "end" if sheet.rtl else "start",
        )
        x += line.width


def draw_rule(sheet: Surface, top: int) -> None:
    """Draw the hairline between two rows."""
    sheet.fill(Box(MARGIN, top, WIDTH - MARGIN, top + 2), Paint.RULE.ink)
