"""The card's small pictures, drawn from plain shapes: no words, so for any language.

Each is drawn four times too large and scaled down, which makes its edges smooth.
Shapes are given in the units of the finished picture, in pixels.
"""

from PIL import Image, ImageDraw

from core.card.canvas import (
    AMBER,
    GREEN,
    INK,
    MINT,
    PETROL,
    TINT,
    WHITE,
    Colour,
)

STEP_SIZE = (270, 150)
ONWARD_SIZE = (24, 42)
MARK_SIDE = 360
CLOCK_SIDE = 46

_SCALE = 4

Points = tuple[tuple[float, float], ...]
Rect = tuple[float, float, float, float]


class _Pen:
    """Draws shapes at four times their size."""

    def __init__(self, size: tuple[int, int], ground: Colour) -> None:
        self._image = Image.new("RGB", (size[0] * _SCALE, size[1] * _SCALE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def rect(self, rect: Rect, colour: Colour, radius: float = 0) -> None:
        left, top, right, bottom = (round(edge * _SCALE) for edge in rect)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius * _SCALE, fill=colour
        )

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        around = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([edge * _SCALE for edge in around], fill=colour)

    def shape(self, points: Points, colour: Colour) -> None:
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def stroke(self, points: Points, width: float, colour: Colour) -> None:
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, colour, round(width * _SCALE), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def tick(self, x: float, y: float, size: float, colour: Colour) -> None:
        corners = ((-0.50, 0.02), (-0.14, 0.38), (0.52, -0.36))
        self.stroke(
            tuple((x + dx * size, y + dy * size) for dx, dy in corners),
            size * 0.2,
            colour,
        )

    def done(self) -> Image.Image:
        return self._image.reduce(_SCALE)


def shop() -> Image.Image:
    """Draw step one: a shop with a striped awning."""
    pen = _Pen(STEP_SIZE, TINT)
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
    pen = _Pen(STEP_SIZE, TINT)
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
    pen = _Pen(STEP_SIZE, TINT)
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
    pen = _Pen(ONWARD_SIZE, TINT)
    width, height = ONWARD_SIZE
    back, ahead = (width - 5, 5) if rtl else (5, width - 5)
    pen.stroke(((back, 5), (ahead, height / 2), (back, height - 5)), 6, GREEN)
    return pen.done()


def clock() -> Image.Image:
    """Draw the deadline's clock."""
    pen = _Pen((CLOCK_SIDE, CLOCK_SIDE), AMBER)
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


def _seal(colour: Colour) -> _Pen:
    pen = _Pen((MARK_SIDE, MARK_SIDE), WHITE)
    middle = MARK_SIDE / 2
    pen.disc(middle, middle, middle - 2, colour)
    pen.disc(middle, middle, middle - 12, WHITE)
    pen.disc(middle, middle, middle - 20, colour)
    return pen


def _small_code(pen: _Pen, left: float, top: float) -> None:
    module = 6.857  # seven modules across 48 pixels
    rows = ("1110111", "1010101", "1110011", "0001100", "1110101", "1010010", "1111011")
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark == "1":
                corner = (left + x * module, top + y * module)
                pen.rect((*corner, corner[0] + module, corner[1] + module), PETROL)
