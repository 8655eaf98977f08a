"""The product's variable fonts, made fixed for what one PDF writes.

A PDF embeds fixed fonts only, and making one of a whole variable font takes seconds;
of the few characters of a receipt it takes milliseconds.
"""

from pathlib import Path

import uharfbuzz

_NORMAL_WIDTH = 100


def fixed_font(file: Path, weight: int, characters: str) -> bytes:
    """Make a font of one weight that holds these characters, as a TrueType file."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file)))
    wanted = uharfbuzz.SubsetInput()
    wanted.pin_axis_location(face, "wght", weight)
    wanted.pin_axis_location(face, "wdth", _NORMAL_WIDTH)
    wanted.unicode_set.update(map(ord, characters))
    fixed: bytes = uharfbuzz.subset(face, wanted).blob.data
    return fixed
