"""Choices as WhatsApp shows them best: up to three as buttons, up to ten as a list.

More come in parts, each but the last with a choice of the next one.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.whatsapp_shapes import MOST_BUTTONS, MOST_ITEMS, SHAPES, Kind, Shape
from core.database.menus import Item

MORE: Final = "v1:more:"
"""What the choice of a further part brings back, before the part's number."""

_LONGEST_BODY: Final = 1024
_ROOM: Final = {"buttons": 20, "list": 24}  # characters that a choice has
_IN_A_PART: Final = MOST_ITEMS - 1
_BLANK: Final = "\u200b"  # nothing to see, and not empty
_REFUSED: Final = re.compile(r"[\t\r]| {5}")
_CUT: Final = "…"


@dataclass(frozen=True)
class Filled:
    """A content with its values."""

    name: str
    body: str
    """The text as it arrives."""
    variables: str
    """The values, as Twilio wants them."""


def filled(text: str, items: Sequence[Item], opens: str) -> Filled | None:
    """Put a text and its choices into a content; None where they fit none.

    `opens` stands on the button that opens a list.
    """
    kind = kind_of(items)
    lines = [line.strip() or _BLANK for line in text.split("\n")]
    shape = Shape(kind, len(items), len(lines))
    titles = [shown_as(item, kind) for item in items]
    body = "\n".join(lines)
    if shape.name not in SHAPES or len(body) > _LONGEST_BODY:
        return None
    if len({*titles}) < len(titles) or _REFUSED.search(f"{body}{''.join(titles)}"):
        return None
    values = [*lines, *([opens] if kind == "list" else [])]
    for title, item in zip(titles, items, strict=True):
        values += (title, item.id)
    numbered = {str(number): value for number, value in enumerate(values, 1)}
    return Filled(shape.name, body, json.dumps(numbered))


def kind_of(items: Sequence[Item]) -> Kind:
    """Tell how choices are shown: what buttons have no room for goes into a list."""
    fits = all(len(item.short or item.title) <= _ROOM["buttons"] for item in items)
    return "buttons" if fits and len(items) <= MOST_BUTTONS else "list"


def shown_as(item: Item, kind: Kind) -> str:
    """Return what a choice says there."""
    room = _ROOM[kind]
    if len(item.title) <= room:
        return item.title
    return item.short or f"{item.title[: room - 1]}{_CUT}"


def names_of(item: Item) -> set[str]:
    """Return all that a choice may say, wherever it is shown; never nothing."""
    kinds: tuple[Kind, ...] = ("buttons", "list")
    return {item.title, *(shown_as(item, kind) for kind in kinds)}


def part_of(items: tuple[Item, ...], part: int, more: str) -> tuple[Item, ...]:
    """Return what is shown of the choices in that part, counted from 1.

    `more` is what the choice of the next part says.
    """
    if len(items) <= MOST_ITEMS:
        return items
    shown = from_part(items, part)
    if len(shown) <= _IN_A_PART:
        return shown
    return (*shown[:_IN_A_PART], Item(f"{MORE}{part + 1}", more))


def from_part(items: tuple[Item, ...], part: int) -> tuple[Item, ...]:
    """Return the choices from that part on."""
    return items[_IN_A_PART * (part - 1) :]


def part_asked(choice_id: str, items: Sequence[Item]) -> int:
    """Return which part of the choices was asked for; 0 for none that there is."""
    if len(items) <= MOST_ITEMS:
        return 0
    parts = range(1, -(-len(items) // _IN_A_PART) + 1)
    return next((part for part in parts if choice_id == f"{MORE}{part}"), 0)
