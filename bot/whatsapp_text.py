"""How a message reads on WhatsApp: its bold text, and its choices as a numbered list.

A choice that opens a link becomes a line with the address, and one that copies is left
out: what it would copy stands in the message.
"""

from bot.links import link_lines
from bot.messages import Outgoing, Rows, runs
from core.database.whatsapp import Item

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
    return tuple(Item(choice.id, choice.title) for choice in flat if choice.id)


def as_text(message: Outgoing) -> str:
    """Write the whole message, with its links and its numbered choices."""
    rows = message.choices
    parts = [marked(message.text), link_lines(rows), _numbered(rows)]
    return _fitted("\n\n".join(part for part in parts if part))


def _numbered(rows: Rows) -> str:
    menu = menu_of(rows)
    return "\n".join(f"{n}. {item.title}" for n, item in enumerate(menu, 1))


def _fitted(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _CUT
