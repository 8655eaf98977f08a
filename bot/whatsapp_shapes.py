"""The contents at Twilio by which choices are sent as WhatsApp's buttons and lists.

As Twilio takes no new line in a value, there is one content for each number of choices
and of lines; every line, and all that a choice says, is a value, so one serves all
languages. Contents made anew for each message would pile up at Twilio; a text in one
message and its choices in another would cost twice as much, and may arrive in the wrong
order.

They go only to who has written within a day, so Meta approves none of them.
"""

from asyncio import gather
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from core.database.whatsapp import Template

MISSING: Final = "missing"
UNNEEDED: Final = "not needed"
MOST_BUTTONS, MOST_ITEMS = 3, 10
_AT_ONCE: Final = 8

Kind: TypeAlias = Literal["buttons", "list"]


@dataclass(frozen=True)
class Shape:
    """A content by what it has room for."""

    kind: Kind
    choices: int
    lines: int

    @property
    def name(self) -> str:
        """What it is called at Twilio."""
        return f"topup_{self.kind}_{self.choices}_{self.lines}"

    @property
    def values(self) -> int:
        """How many values it takes: the lines, what opens a list, titles and ids."""
        return self.lines + (self.kind == "list") + 2 * self.choices

    @property
    def types(self) -> dict[str, Any]:
        """What Twilio makes it of."""
        places = [f"{{{{{number}}}}}" for number in range(1, self.values + 1)]
        body, rest = "\n".join(places[: self.lines]), places[self.lines :]
        if self.kind == "buttons":
            actions = [
                {"type": "QUICK_REPLY", "title": title, "id": id_}
                for title, id_ in _pairs(rest)
            ]
            return {"twilio/quick-reply": {"body": body, "actions": actions}}
        opens, *rest = rest
        items = [{"item": title, "id": id_} for title, id_ in _pairs(rest)]
        picker = {"body": body, "button": opens, "items": items}
        return {"twilio/list-picker": picker}


_LINES: Final = range(1, 9)
_LONGER: Final = (  # stores, orders, and all that the bot can do
    Shape("buttons", 1, 9),
    Shape("buttons", 1, 13),
    Shape("buttons", 2, 9),
    Shape("buttons", 3, 13),
    Shape("list", 4, 16),
    Shape("list", 4, 17),
    Shape("list", 5, 21),
)
SHAPES: Final = {
    shape.name: shape
    for shape in (
        *(Shape("buttons", n, m) for n in range(1, MOST_BUTTONS + 1) for m in _LINES),
        *(Shape("list", n, m) for n in range(1, MOST_ITEMS + 1) for m in _LINES),
        *_LONGER,
    )
}
"""Every content that there is, by its name."""


async def look(client: Client) -> Sequence[Template]:
    """Tell which of the contents are at Twilio. Raises what twilio_errors sorts."""
    known = dict.fromkeys(SHAPES, "")
    for each in await client.content.v1.contents.list_async():
        if known.get(each.friendly_name) == "":
            known[each.friendly_name] = str(each.sid)
    return [_standing(name, sid) for name, sid in known.items()]


async def bring(client: Client) -> Sequence[Template]:
    """Make the contents that are missing, some at a time; again is harmless.

    Raises what twilio_errors sorts.
    """
    known = await look(client)
    missing = [SHAPES[each.name] for each in known if not each.sid]
    brought = [each for each in known if each.sid]
    for start in range(0, len(missing), _AT_ONCE):
        some = missing[start : start + _AT_ONCE]
        brought += await gather(*(_make(client, shape) for shape in some))
    return brought


async def _make(client: Client, shape: Shape) -> Template:
    wish = ContentList.ContentCreateRequest(
        {
            "friendly_name": shape.name,
            "language": "en",
            "variables": _samples(shape),
            "types": shape.types,
        }
    )
    made = await client.content.v1.contents.create_async(wish)
    return _standing(shape.name, str(made.sid))


def _samples(shape: Shape) -> dict[str, str]:
    return {str(number): f"value {number}" for number in range(1, shape.values + 1)}


def _pairs(places: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip(places[::2], places[1::2], strict=True)


def _standing(name: str, sid: str) -> Template:
    return Template(name, sid, UNNEEDED if sid else MISSING)
