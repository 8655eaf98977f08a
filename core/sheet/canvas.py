"""A sheet of palette colours that can be drawn on quickly, from either side.

The sheet holds palette numbers. Each paint owns a run of them that leads from its
ground to its ink, so a grey mask of a text becomes smooth letters by one look-up.
"""

import io
import zlib
from enum import Enum
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol, Self

from PIL import Image, ImageChops

from core.sheet.text import Direction, Line

Align = Literal["start", "middle", "end"]
"""Where a text's x lies; start is left in English and right in Arabic."""

WIDTH, MARGIN = 1080, 60

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
INK: Colour = (17, 27, 30)
GREY: Colour = (91, 107, 112)
HAIRLINE: Colour = (221, 228, 230)
PETROL: Colour = (13, 62, 70)
MINT: Colour = (150, 232, 207)
AMBER: Colour = (255, 209, 102)
TINT: Colour = (233, 243, 240)
GREEN: Colour = (11, 122, 75)
SLATE: Colour = (96, 106, 112)

_RUN_LENGTHS = 3  # zlib's Z_RLE: quickest, and as small on flat colours
_STEPS = 14  # colours from ground to ink; 18 paints fit into 256


class Paint(Enum):
    """A ground and the ink upon it."""

    PAGE = (WHITE, INK)
    CODE = (WHITE, BLACK)
    LABEL = (WHITE, GREY)
    RULE = (WHITE, HAIRLINE)
    HEADER = (PETROL, WHITE)
    HEADER_SOFT = (PETROL, MINT)
    DEADLINE = (AMBER, INK)
    STEPS = (TINT, INK)
    STEPS_SHAPE = (TINT, PETROL)
    STEPS_ACCENT = (TINT, GREEN)
    PAID = (GREEN, WHITE)
    PAID_MARK = (WHITE, GREEN)
    DEAD = (SLATE, WHITE)
    DEAD_MARK = (WHITE, SLATE)

    @property
    def ground(self) -> int:
        """Palette number of the ground."""
        return _ORDER[self] * _STEPS

    @property
    def ink(self) -> int:
        """Palette number of the ink."""
        return self.ground + _STEPS - 1


_ORDER = {paint: place for place, paint in enumerate(Paint)}


class Box(NamedTuple):
    """A rectangle in pixels, its right and bottom edge not included."""

    left: int
    top: int
    right: int
    bottom: int


class Surface(Protocol):
    """What can be written on from either side: `rtl` mirrors every place."""

    rtl: bool

    @property
    def direction(self) -> Direction:
        """Which way our own words run on it."""
        ...

    def fill(self, box: Box, number: int) -> None:
        """Fill `box` with one palette number."""
        ...

    def text(
        self, line: Line, at: tuple[int, int], paint: Paint, align: Align = "start"
    ) -> None:
        """Write `line` with its baseline at `at`."""
        ...


class Canvas:
    """The sheet; `rtl` mirrors every place, never a picture or a text."""

    def __init__(self, sheet: Image.Image, *, rtl: bool) -> None:
        self.sheet = sheet
        self.rtl = rtl

    @classmethod
    def blank(cls, height: int, *, rtl: bool) -> Self:
        """Make a white sheet, `height` pixels high."""
        return cls(Image.new("L", (WIDTH, height), Paint.PAGE.ground), rtl=rtl)

    @property
    def direction(self) -> Direction:
        """Which way our own words run on it."""
        return "R" if self.rtl else "L"

    def copy(self) -> "Canvas":
        """Give a second sheet with the same content."""
        return Canvas(self.sheet.copy(), rtl=self.rtl)

    def fill(self, box: Box, number: int) -> None:
        """Fill `box` with one palette number."""
        if self.rtl:
            box = Box(WIDTH - box.right, box.top, WIDTH - box.left, box.bottom)
        self.sheet.paste(number, box)

    def text(
        self, line: Line, at: tuple[int, int], paint: Paint, align: Align = "start"
    ) -> None:
        """Write `line` with its baseline at `at`."""
        x, baseline = at
        if self.rtl:
            x = WIDTH - x
        on_the_right = (align == "end") != self.rtl
        if align == "middle":
            x -= line.width // 2
        elif on_the_right:
            x -= line.width
        self._blend(
            line.mask(), (x - line.style.size // 2, baseline - line.ascent), paint
        )

    def picture(self, picture: Image.Image, centre: tuple[int, int]) -> None:
        """Put an RGB picture around `centre`, in the nearest colours of the palette.

        Pillow's nearest is only nearly so; the ground, which is the colour of the
        picture's corner, must be exact or it stands out as a box.
        """
        numbers = picture.quantize(palette=_swatch(), dither=Image.Dither.NONE)
        corner = picture.getpixel((0, 0))
        ground = Image.new("RGB", picture.size, corner)
        other = ImageChops.difference(picture, ground).convert("L")
        is_ground = other.point(lambda difference: 0 if difference else 255)
        numbers.paste(_number_of(corner), mask=is_ground)
        self.numbers(numbers, centre)

    def numbers(self, picture: Image.Image, centre: tuple[int, int]) -> None:
        """Put a picture of palette numbers around `centre`."""
        x, y = centre
        if self.rtl:
            x = WIDTH - x
        numbers = Image.frombytes("L", picture.size, picture.tobytes())
        self.sheet.paste(numbers, (x - picture.width // 2, y - picture.height // 2))

    def png(self) -> bytes:
        """Write the sheet as PNG: quickly, it is small anyway."""
        picture = self.sheet.copy()
        picture.putpalette(_palette())
        png = io.BytesIO()
        picture.save(png, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
        return png.getvalue()

    def _blend(self, mask: Image.Image, at: tuple[int, int], paint: Paint) -> None:
        box = mask.getbbox()
        if box:  # a blank text has none
            place = (at[0] + box[0], at[1] + box[1])
            self.sheet.paste(mask.crop(box).point(_ramp(paint)), place)


@lru_cache
def _ramp(paint: Paint) -> list[int]:
    return [paint.ground + (grey * (_STEPS - 1) + 127) // 255 for grey in range(256)]


@lru_cache
def _palette() -> bytes:
    return bytes(
        round(ground + (ink - ground) * step / (_STEPS - 1))
        for paint in Paint
        for step in range(_STEPS)
        for ground, ink in zip(*paint.value, strict=True)
    )


def colour_of(number: int) -> Colour:
    """Return the colour of a palette number."""
    red, green, blue = _palette()[number * 3 : number * 3 + 3]
    return red, green, blue


def _number_of(colour: object) -> int:
    palette = _palette()
    colours: list[object] = [
        tuple(palette[at : at + 3]) for at in range(0, len(palette), 3)
    ]
    return colours.index(colour)


@lru_cache
def _swatch() -> Image.Image:
    swatch = Image.new("P", (1, 1))
    swatch.putpalette(_palette())
    return swatch
