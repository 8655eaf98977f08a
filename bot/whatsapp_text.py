"""How a message reads on WhatsApp: its bold text, and its choices as a numbered list.

A choice that opens a link becomes a line with the address, and one that copies is left
out: what it would copy stands in the message.
"""

from collections.abc import Sequence

from bot.links import link_lines
from bot.messages import Choice, Outgoing, Rows, runs
from bot.whatsapp_choices import from_part
from core.database.menus import Item

LONGEST = 1600
_CUT = "…"
_MARKS = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})


def marked(text: str) -> str:
    """Write marked text as WhatsApp's.

    WhatsApp has no way to write one of its marks as itself: in bold text, which one
    would end, each gets a twin that looks the same.
    """
    return "".join(
        f"*{run.text.translate(_MARKS)}*" if run.bold else run.text
        for run in runs(text)
    )


def menu_of(rows: Rows) -> tuple[Item, ...]:
    """Return the choices that bring something back, in order."""
    flat = (choice for row in rows for choice in row)
    return tuple(Item(each.id, each.title, each.short) for each in flat if each.id)


def rows_of(items: Sequence[Item]) -> Rows:
    """Make choices of a menu again."""
    return tuple((Choice(each.id, each.title, short=each.short),) for each in items)


def without_choices(message: Outgoing) -> str:
    """Write the message with its links, but not what else there is to choose."""
    return _joined(marked(message.text), link_lines(message.choices))


def as_text(message: Outgoing) -> str:
    """Write the whole message, with its links and its numbered choices."""
    items = from_part(menu_of(message.choices), message.part)
    numbered = "\n".join(f"{n}. {item.title}" for n, item in enumerate(items, 1))
    return _fitted(_joined(without_choices(message), numbered))


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _fitted(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _CUT
