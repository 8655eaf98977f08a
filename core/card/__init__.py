"""The payment card as PNG bytes."""

from core.card.drawing import Card, CardWords, Stamp, draw_card

__all__ = ["Card", "CardWords", "Stamp", "draw_card"]
