"""The receipt as a picture, in the manner of the payment card."""

from PIL import Image

from core.receipt.facts import ReceiptFacts, ReceiptWords
from core.receipt.layout import SEAL_MIDDLE, SEAL_SIDE, TICK, height_of, lay_out
from core.sheet.canvas import MINT, PETROL, Canvas
from core.sheet.pen import Pen
from core.sheet.text import is_right_to_left


def draw_receipt(facts: ReceiptFacts, words: ReceiptWords) -> bytes:
    """Draw the receipt as a PNG, 1080 pixels wide and as high as its facts need.

    Takes some 40 ms of processor: call it outside the event loop. The same receipt
    gives the same bytes.
    """
    rtl = is_right_to_left(words.language)
    canvas = Canvas.blank(height_of(facts, words), rtl=rtl)
    lay_out(canvas, facts, words)
    canvas.picture(_seal(), SEAL_MIDDLE)
    return canvas.png()


def _seal() -> Image.Image:
    pen = Pen((SEAL_SIDE, SEAL_SIDE), PETROL)
    middle = SEAL_SIDE / 2
    pen.disc(middle, middle, middle - 2, MINT)
    pen.tick(middle, middle, TICK, PETROL)
    return pen.done()
