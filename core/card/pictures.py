"""The card's small pictures."""

from PIL import Image

from core.sheet.canvas import (
    AMBER,
    GREEN,
    INK,
    MINT,
    PETROL,
    TINT,
    WHITE,
    Colour,
)
from core.sheet.pen import Pen

STEP_SIZE = (270, 150)
ONWARD_SIZE = (24, 42)
MARK_SIDE = 360
CLOCK_SIDE = 46


def shop() -> Image.Image:
    """Draw step one: a shop with a striped awning."""
    pen = Pen(STEP_SIZE, TINT)
    pen.rect((75, 62, 195, 138), PETROL)
    pen.rect((86, 72, 136, 114), WHITE, 3)
    pen.rect((148, 72, 184, 138), MINT, 3)
    pen.disc(176, 107, 3.5, PETROL)
    for stripe in range(6):
        left, top_left = 61 + stripe * 25, 71 + stripe * 21.6
        colour = GREEN if stripe % 2 == 0 else WHITE
        pen.shape(
            ((top_left, 18), (top_left + 21.6, 18), (left + 25, 56), (left, 56)), colour
        )
        pen.disc(left + 12.5, 56, 12.5, colour)
    pen.rect((69, 12, 203, 20), PETROL, 4)
    pen.rect((56, 136, 214, 142), PETROL, 3)
    return pen.done()


def code_at_till() -> Image.Image:
    """Draw step two: a phone that shows its code to the cashier's POS."""
    pen = Pen(STEP_SIZE, TINT)
    pen.rect((50, 10, 126, 142), PETROL, 12)
    pen.rect((57, 22, 119, 128), WHITE, 4)
    _small_code(pen, 64, 51)
    pen.rect((78, 133, 98, 136), MINT, 1.5)
    pen.rect((170, 34, 236, 142), PETROL, 10)
    pen.rect((180, 10, 226, 40), WHITE)
    pen.rect((186, 18, 220, 21), PETROL)
    pen.rect((186, 26, 210, 29), PETROL)
    pen.rect((179, 44, 227, 78), MINT, 4)
    for row in range(3):
        for column in range(3):
            colour = GREEN if (row, column) == (2, 2) else WHITE
            left, top = 180 + column * 17, 88 + row * 16
            pen.rect((left, top, left + 12, top + 10), colour, 3)
    for wave, (x, reach) in enumerate(((137, 8), (148, 15), (159, 22))):
        pen.stroke(((x, 61 - reach), (x + 4 + wave, 61), (x, 61 + reach)), 5, GREEN)
    return pen.done()


def cash_paid() -> Image.Image:
    """Draw step three: banknotes, and a tick for what is paid."""
    pen = Pen(STEP_SIZE, TINT)
    pen.rect((58, 20, 198, 98), MINT, 8)
    pen.rect((44, 36, 190, 120), TINT, 10)
    pen.rect((48, 40, 186, 116), GREEN, 8)
    pen.rect((55, 47, 179, 109), TINT, 5)
    pen.rect((58, 50, 176, 106), GREEN, 4)
    pen.disc(117, 78, 21, TINT)
    pen.disc(117, 78, 12, GREEN)
    for x in (72, 162):
        pen.disc(x, 78, 5, TINT)
    pen.disc(193, 105, 39, TINT)
    pen.disc(193, 105, 34, PETROL)
    pen.tick(193, 105, 34, WHITE)
    return pen.done()


def onward(*, rtl: bool) -> Image.Image:
    """Draw what leads from one step to the next, the way that people read."""
    pen = Pen(ONWARD_SIZE, TINT)
    width, height = ONWARD_SIZE
    back, ahead = (width - 5, 5) if rtl else (5, width - 5)
    pen.stroke(((back, 5), (ahead, height / 2), (back, height - 5)), 6, GREEN)
    return pen.done()


def clock() -> Image.Image:
    """Draw the deadline's clock."""
    pen = Pen((CLOCK_SIDE, CLOCK_SIDE), AMBER)
    middle = CLOCK_SIDE / 2
    pen.disc(middle, middle, 21, INK)
    pen.disc(middle, middle, 16.5, AMBER)
    pen.stroke(((middle, 12), (middle, middle), (31, 28)), 4, INK)
    return pen.done()


def tick_mark(colour: Colour) -> Image.Image:
    """Draw the big seal of a paid card."""
    pen = _seal(colour)
    pen.tick(MARK_SIDE / 2, MARK_SIDE / 2, 170, WHITE)
    return pen.done()


def cross_mark(colour: Colour) -> Image.Image:
    """Draw the big seal of a card that must not be paid."""
    pen = _seal(colour)
    near, far = MARK_SIDE * 0.34, MARK_SIDE * 0.66
    pen.stroke(((near, near), (far, far)), 34, WHITE)
    pen.stroke(((near, far), (far, near)), 34, WHITE)
    return pen.done()


def _seal(colour: Colour) -> Pen:
    pen = Pen((MARK_SIDE, MARK_SIDE), WHITE)
    middle = MARK_SIDE / 2
    pen.disc(middle, middle, middle - 2, colour)
    pen.disc(middle, middle, middle - 12, WHITE)
    pen.disc(middle, middle, middle - 20, colour)
    return pen


def _small_code(pen: Pen, left: float, top: float) -> None:
    module = 6.857  # seven modules across 48 pixels
    rows = ("1110111", "1010101", "1110011", "0001100", "1110101", "1010010", "1111011")
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark == "1":
                corner = (left + x * module, top + y * module)
                pen.rect((*corner, corner[0] + module, corner[1] + module), PETROL)
