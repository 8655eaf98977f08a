"""The orders of a day, hour by hour, as a picture for a phone."""

from collections.abc import Mapping
from datetime import date

from core.sheet.canvas import MARGIN, WIDTH, Box, Canvas, Paint
from core.sheet.rows import draw_rule
from core.sheet.text import BOLD, Line, Style, fit_line

HEIGHT = 1570
ROWS_TOP, ROW = 320, 50
BARS_LEFT, LONGEST_BAR = 150, 600
"""Where bars begin, and how long that of the largest number is."""

_HOURS = range(24)
_MADE_RIGHT, _PAID_RIGHT = 890, WIDTH - MARGIN
_NUMBER_WIDTH = 120
_PAID_KEY_LEFT = 540
_HEADER_BOTTOM = 220
_KEY_BASELINE = 290
_SHORTEST_BAR = 4
_BAR = 17
_RULED_EVERY = 6

_TITLE = Style(60, BOLD)
_SUBTITLE = Style(36)
_HOUR = Style(32)
_NUMBER = Style(34, 600)
_KEY = Style(34, 600)

_MADE, _PAID = Paint.HEADER_SOFT.ink, Paint.PAID_MARK.ink


def draw_day(day: date, made: Mapping[int, int], paid: Mapping[int, int]) -> bytes:
    """Draw how many orders were made and paid in each hour, 0 to 23, as a PNG.

    Takes some 30 ms of processor: call it outside the event loop. The same figures
    give the same bytes.
    """
    canvas = Canvas.blank(HEIGHT, rtl=False)
    canvas.fill(Box(0, 0, WIDTH, _HEADER_BOTTOM), Paint.HEADER.ground)
    canvas.text(_line(f"{day:%-d %B %Y}", _TITLE), (MARGIN, 110), Paint.HEADER)
    told = _line("Orders by hour in the Gulf", _SUBTITLE)
    canvas.text(told, (MARGIN, 176), Paint.HEADER_SOFT)
    _write_key(canvas, BARS_LEFT, _MADE, f"{sum(made.values())} made")
    _write_key(canvas, _PAID_KEY_LEFT, _PAID, f"{sum(paid.values())} paid")
    most = max((*made.values(), *paid.values()), default=0)
    for hour in _HOURS:
        _draw_hour(canvas, hour, (made.get(hour, 0), paid.get(hour, 0)), most)
    return canvas.png()


def _write_key(canvas: Canvas, left: int, colour: int, text: str) -> None:
    canvas.fill(Box(left, _KEY_BASELINE - 27, left + 30, _KEY_BASELINE + 3), colour)
    line = fit_line(text, _KEY, 320, "L")
    canvas.text(line, (left + 44, _KEY_BASELINE), Paint.PAGE)


def _draw_hour(canvas: Canvas, hour: int, counts: tuple[int, int], most: int) -> None:
    top = ROWS_TOP + hour * ROW
    baseline = top + 38
    if hour % _RULED_EVERY == 0:
        draw_rule(canvas, top)
    canvas.text(_line(f"{hour:02}", _HOUR), (MARGIN, baseline), Paint.LABEL)
    made, paid = counts
    _draw_bar(canvas, top + 8, made, most, _MADE)
    _draw_bar(canvas, top + 8 + _BAR, paid, most, _PAID)
    _write_number(canvas, made, (_MADE_RIGHT, baseline), Paint.PAGE)
    _write_number(canvas, paid, (_PAID_RIGHT, baseline), Paint.PAID_MARK)


def _draw_bar(canvas: Canvas, top: int, count: int, most: int, colour: int) -> None:
    if count:
        length = max(LONGEST_BAR * count // most, _SHORTEST_BAR)
        canvas.fill(Box(BARS_LEFT, top, BARS_LEFT + length, top + _BAR), colour)


def _write_number(
    canvas: Canvas, count: int, at: tuple[int, int], paint: Paint
) -> None:
    line = fit_line(str(count), _NUMBER, _NUMBER_WIDTH, "L")
    canvas.text(line, at, paint if count else Paint.LABEL, "end")


def _line(text: str, style: Style) -> Line:
    return fit_line(text, style, WIDTH - 2 * MARGIN, "L")
