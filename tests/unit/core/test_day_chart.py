"""A day's picture tells, hour by hour, the figures that it was given."""

import io
from datetime import date

import pytest
from PIL import Image

from core.day_chart import BARS_LEFT, LONGEST_BAR, ROW, ROWS_TOP, draw_day

DAY = date(2026, 11, 24)
MADE = {8: 2, 9: 12, 12: 40, 21: 7}
PAID = {9: 10, 12: 20, 22: 3}
MINT, GREEN, WHITE = (150, 232, 207), (11, 122, 75), (255, 255, 255)


def picture(made=MADE, paid=PAID, day=DAY) -> Image.Image:
    return Image.open(io.BytesIO(draw_day(day, made, paid))).convert("RGB")


def numbers(seen: Image.Image, hour: int) -> bytes:
    """What is written behind the bars of an hour, below the line above it."""
    top = ROWS_TOP + hour * ROW
    left = BARS_LEFT + LONGEST_BAR
    return seen.crop((left, top + 3, seen.width, top + ROW)).tobytes()


def bar(seen: Image.Image, hour: int, colour: tuple[int, int, int]) -> int:
    """How many pixels long the hour's bar of that colour is."""
    top = ROWS_TOP + hour * ROW
    row = seen.crop((BARS_LEFT, top + 3, BARS_LEFT + LONGEST_BAR, top + ROW))
    return max(row.crop((0, y, row.width, y + 1)).tobytes().count(bytes(colour))
               for y in range(row.height))  # fmt: skip


def changed(before: Image.Image, after: Image.Image) -> list[int]:
    return [hour for hour in range(24) if numbers(before, hour) != numbers(after, hour)]


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_each_hour_has_the_number_of_its_own_figure(hour):
    assert changed(picture(), picture(made={**MADE, hour: 31})) == [hour]
    assert changed(picture(), picture(paid={**PAID, hour: 31})) == [hour]


def test_the_same_figures_read_the_same_at_every_hour():
    seen = picture(dict.fromkeys(range(24), 17), dict.fromkeys(range(24), 5))
    assert len({numbers(seen, hour) for hour in range(24)}) == 1


def test_a_bar_is_as_long_as_its_figure_and_the_longest_fills_the_room():
    seen = picture()
    assert (bar(seen, 12, MINT), bar(seen, 12, GREEN)) == (LONGEST_BAR, LONGEST_BAR / 2)
    assert (bar(seen, 9, MINT), bar(seen, 9, GREEN)) == (180, 150)
    assert (bar(seen, 8, MINT), bar(seen, 8, GREEN)) == (30, 0)


def test_a_figure_that_is_small_beside_the_largest_still_has_a_bar():
    assert bar(picture({1: 1, 2: 99_999}, {}), 1, MINT) > 0


def test_the_day_and_its_sums_stand_above_the_hours():
    def head(seen: Image.Image, top: int, bottom: int) -> bytes:
        return seen.crop((0, top, seen.width, bottom)).tobytes()

    other_day = picture(day=date(2026, 11, 25))
    assert head(picture(), 0, 220) != head(other_day, 0, 220)
    assert head(picture(), 220, 320) == head(other_day, 220, 320)
    assert head(picture(), 220, 320) != head(picture(paid={9: 11}), 220, 320)


def test_a_day_without_orders_has_a_picture_without_bars():
    seen = picture({}, {})
    assert {bar(seen, hour, MINT) for hour in range(24)} == {0}
    assert len(draw_day(DAY, {}, {})) < 100_000


def test_the_same_figures_give_the_same_bytes():
    assert draw_day(DAY, MADE, PAID) == draw_day(DAY, MADE, PAID)
