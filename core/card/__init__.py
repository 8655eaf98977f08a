"""The payment card as PNG bytes."""

from core.card.drawing import Card, CardWords, Stamp, draw_card
from core.card.shaping_check import ShapingError, check_shaping

__all__ = ["Card", "CardWords", "ShapingError", "Stamp", "check_shaping", "draw_card"]
