"""What a typed answer means where choices are on the screen."""

from dataclasses import replace

from bot.messages import Incoming, Kind
from bot.understanding import ascii_digits
from bot.whatsapp_choices import names_of
from core.database.menus import Item, Menu


def chosen(incoming: Incoming, menu: Menu) -> Incoming:
    """Turn a text that names one of the choices into that choice.

    It may be what the choice says, whole or as it is cut, its id, or its number, in
    Arabic digits too. What a choice says goes before a number.
    """
    if incoming.kind is not Kind.TEXT:
        return incoming
    item = _named(incoming.text, menu) or _numbered(incoming.text, menu)
    if item is None:
        return incoming
    return replace(incoming, kind=Kind.CHOICE, choice_id=item.id, text="")


def _named(text: str, menu: Menu) -> Item | None:
    said = text.strip().casefold()
    for item in (*menu.shown, *menu.all):
        if said in {name.strip().casefold() for name in (*names_of(item), item.id)}:
            return item
    return None


def _numbered(text: str, menu: Menu) -> Item | None:
    number = ascii_digits(text.strip().rstrip(".)"))
    if not (number.isdecimal() and len(number) <= len(str(len(menu.shown)))):
        return None
    place = int(number)
    return menu.shown[place - 1] if 1 <= place <= len(menu.shown) else None
