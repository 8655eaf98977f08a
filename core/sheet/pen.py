"""Small pictures from plain shapes: no words, so for any language.

Each is drawn four times too large and scaled down, which makes its edges smooth.
Shapes are given in the units of the finished picture, in pixels.
"""

from PIL import Image, ImageDraw

from core.sheet.canvas import Colour

_SCALE = 4
_TICK = ((-0.50, 0.02), (-0.14, 0.38), (0.52, -0.36))

Points = tuple[tuple[float, float], ...]
Rect = tuple[float, float, float, float]


class Pen:
    """Draws shapes at four times their size."""

    def __init__(self, size: tuple[int, int], ground: Colour) -> None:
        self._image = Image.new("RGB", (size[0] * _SCALE, size[1] * _SCALE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def rect(self, rect: Rect, colour: Colour, radius: float = 0) -> None:
        """Fill a rectangle, its corners rounded by `radius`."""
        left, top, right, bottom = (round(edge * _SCALE) for edge in rect)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1), radius * _SCALE, fill=colour
        )

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a circle around a point."""
        around = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([edge * _SCALE for edge in around], fill=colour)

    def shape(self, points: Points, colour: Colour) -> None:
        """Fill what lies between points."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def stroke(self, points: Points, width: float, colour: Colour) -> None:
        """Draw a line with round ends and corners."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, colour, round(width * _SCALE), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def tick(self, x: float, y: float, size: float, colour: Colour) -> None:
        """Draw a tick around a point."""
        self.stroke(tick_points(x, y, size), size * 0.2, colour)

    def done(self) -> Image.Image:
        """Give the picture, in RGB."""
        return self._image.reduce(_SCALE)


def tick_points(x: float, y: float, size: float) -> Points:
    """Give the three corners of a tick around a point."""
    return tuple((x + dx * size, y + dy * size) for dx, dy in _TICK)
