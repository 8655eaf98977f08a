"""What a typed answer means where choices are shown as a numbered list."""

from collections.abc import Sequence
from dataclasses import replace

from bot.messages import Incoming, Kind
from bot.understanding import ascii_digits
from core.database.whatsapp import Item


def chosen(incoming: Incoming, menu: Sequence[Item]) -> Incoming:
    """Turn a text that names one of the choices into that choice.

    It may be what the choice says, its id, or its number, in Arabic digits too. What a
    choice says goes before a number.
    """
    if incoming.kind is not Kind.TEXT:
        return incoming
    item = _named(incoming.text, menu) or _numbered(incoming.text, menu)
    if item is None:
        return incoming
    return replace(incoming, kind=Kind.CHOICE, choice_id=item.id, text="")


def _named(text: str, menu: Sequence[Item]) -> Item | None:
    said = text.strip().casefold()
    for item in menu:
        if said in {item.title.strip().casefold(), item.id.casefold()}:
            return item
    return None


def _numbered(text: str, menu: Sequence[Item]) -> Item | None:
    number = ascii_digits(text.strip().rstrip(".)"))
    if not (number.isdecimal() and len(number) <= len(str(len(menu)))):
        return None
    place = int(number)
    return menu[place - 1] if 1 <= place <= len(menu) else None
