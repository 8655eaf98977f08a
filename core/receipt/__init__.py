"""The receipt of a paid order: a picture for the chat, a PDF to keep or print."""

from core.receipt.facts import ReceiptFacts, ReceiptWords
from core.receipt.pdf import write_receipt
from core.receipt.picture import draw_receipt

__all__ = ["ReceiptFacts", "ReceiptWords", "draw_receipt", "write_receipt"]
