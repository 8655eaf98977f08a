"""Counts what a phone shows more often than it should."""

from collections import Counter

from tests.chaos.books import (
    ASKED_FOR,
    PICTURES,
    SHOWN_ON_ASKING,
    Books,
    Chat,
    Said,
    Told,
)


def copies_too_many(books: Books, phone: str) -> list[int]:
    """Count the copies too many of each message that is to be sent once per order.

    Those that say so are left out.
    """
    orders = sum(order.phone == phone for order in books.ours.values())
    chat = books.chats[phone]
    seen = Counter(
        _meaning(said)
        for said in chat.said
        if said.told not in ASKED_FOR and not said.is_repeated_knowingly
    )
    extras = []
    for (told, about), copies in seen.items():
        due = 1 if about in books.ours else max(orders, 1)
        due += chat.asked_again if told in SHOWN_ON_ASKING else 0
        due += chat.shown_again
        if copies > due:
            extras.append(copies - due)
    return extras


def marked_copies(chat: Chat) -> list[int]:
    """Count what was shown once more and says so, of each message."""
    marked = (said for said in chat.said if said.is_repeated_knowingly)
    return list(Counter(map(_meaning, marked)).values())


def _meaning(said: Said) -> tuple[Told, str]:
    """Name what makes two messages one to a reader, though a word may differ."""
    if said.told in PICTURES:
        return Told.CODE, said.number
    return said.told, said.number if said.told is Told.PAID else said.text
