"""Reads from the product's own words what a message tells a payer."""

from tests.chaos.books import Said, Told
from tests.phones import Message

_SEEN_ALREADY = "You may have seen this already:"
_PICTURES = (
    ("PAID", Told.CODE_PAID),
    ("EXPIRED", Told.CODE_ENDED),
    ("CANCELLED", Told.CODE_ENDED),
    ("pay before", Told.CODE),
    ("has scanned this code", Told.CODE),
)
_WORDS = (
    ("paid. Thank you!", Told.PAID),
    ("paid. Your money has arrived", Told.PAID),
    ("PayBy has given back", Told.GIVEN_BACK),
    ("✅ Paid", Told.IS_PAID),
    ("Nothing was charged", Told.NOT_CHARGED),
    ("nothing was charged", Told.NOT_CHARGED),
    ("no longer works. Please do not pay with it", Told.CODE_OVER),
    ("PayBy needs a little longer", Told.DELAYED),
    ("The cashier has scanned", Told.SCANNED),
    ("How to pay", Told.GUIDE),
)


def said(message: Message) -> Said:
    """Take down what the bot said with a message."""
    return Said(
        message.id,
        _told(message),
        message.names,
        message.text,
        message.text.startswith(_SEEN_ALREADY),
    )


def _told(message: Message) -> Told:
    marks = _PICTURES if message.kind == "photo" else _WORDS
    return next((told for mark, told in marks if mark in message.text), Told.OTHER)
