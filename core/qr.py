"""A text as a QR code: first the matrix, then the picture of it."""

import io

from PIL import Image
from qrcode import QRCode, constants, exceptions

QUIET_ZONE = 4
"""Light modules around the code; scanners need all four (ISO/IEC 18004)."""

_MASK = 2  # any mask is valid; searching for the prettiest would cost most of the time

Matrix = list[list[bool]]
"""Rows of modules, quiet zone included; true is dark."""


def qr_matrix(text: str) -> Matrix:
    """Encode `text` exactly, at error correction M.

    M leaves bigger modules on a fixed area than Q does, which survives blur better.
    Raises ValueError when the text is empty or more than a code can hold.
    """
    if not text:
        raise ValueError("A QR code needs a text to hold.")
    code = QRCode(
        error_correction=constants.ERROR_CORRECT_M,
        border=QUIET_ZONE,
        mask_pattern=_MASK,
    )
    try:
        code.add_data(text)
        code.make(fit=True)
    except (exceptions.DataOverflowError, ValueError) as error:
        raise ValueError(
            f"A QR code cannot hold a text of {len(text)} characters."
        ) from error
    return [[bool(module) for module in row] for row in code.get_matrix()]


def matrix_image(
    matrix: Matrix, box: int, *, dark: int = 0, light: int = 255
) -> Image.Image:
    """Draw `matrix` as a grey picture, each module `box` pixels wide."""
    side = len(matrix)
    modules = bytes(dark if module else light for row in matrix for module in row)
    small = Image.frombytes("L", (side, side), modules)
    return small.resize((side * box, side * box), Image.Resampling.NEAREST)


def qr_png(text: str, box: int = 10) -> bytes:
    """Encode `text` as a black and white PNG, each module `box` pixels wide."""
    picture = matrix_image(qr_matrix(text), box).convert("1", dither=Image.Dither.NONE)
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=1)
    return png.getvalue()
