"""The types of content: what each may hold, and what there is to see of it.

Limits are Twilio's and Meta's: a text that is too long as it stands is refused when the
content is made, one that grows too long by its values when the message is delivered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.twilio.errors import ApiError
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.phones import Button, Place
from sandbox.twilio.placeholders import PLACEHOLDER, filled

SESSION_ONLY = frozenset({"twilio/list-picker", "twilio/location"})
"""Never approved, so never sent to a person who has not written for a day."""

BODY = 1024
_LONG_BODY = 1600
_LONG_URL = 2000
_TITLE = 20
_ID = 200
_ITEM = 24
_DESCRIPTION = 72
_MOST_ITEMS = 10
_MOST_BUTTONS = 10
_SESSION_BUTTONS = 3
_LINK_KINDS = frozenset({"URL", "PHONE_NUMBER"})

Text: TypeAlias = tuple[str, object, int]
"""A text's name, what stands there, and how long it may be."""

_FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "twilio/list-picker": (frozenset({"body", "button", "items"}), frozenset()),
    "twilio/quick-reply": (frozenset({"body", "actions"}), frozenset()),
    "twilio/call-to-action": (frozenset({"body", "actions"}), frozenset()),
    "twilio/media": (frozenset({"media"}), frozenset({"body"})),
    "twilio/location": (
        frozenset({"latitude", "longitude"}),
        frozenset({"label", "id", "address"}),
    ),
    "twilio/text": (frozenset({"body"}), frozenset()),
}
"""Every type the stand-in knows, the richest first, with its fields."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A content with its values put in."""

    text: str = ""
    media_url: str | None = None
    place: Place | None = None
    buttons: tuple[Button, ...] = ()
    opens: str = ""
    """What the button says that opens a list."""

    fits: bool = True
    """Whether WhatsApp takes it: lengths and ids are right."""


def chosen(types: JsonObject) -> str:
    """Return the type that WhatsApp shows: the richest one."""
    return next(kind for kind in _FIELDS if kind in types)


def check_types(types: JsonObject) -> None:
    """Refuse types that Twilio would not take; raises ApiError."""
    if not types:
        raise _wrong("types", "is empty")
    for kind, fields in types.items():
        if kind not in _FIELDS:
            raise _wrong(kind, f"is not played here; {', '.join(_FIELDS)} are")
        required, optional = _FIELDS[kind]
        if not isinstance(fields, dict) or not required <= fields.keys():
            raise _wrong(kind, f"needs {', '.join(sorted(required))}")
        for name in fields.keys() - required - optional:
            raise _wrong(f"{kind} {name}", "is not known")
        _check_fields(kind, fields)


def _check_fields(kind: str, fields: JsonObject) -> None:
    for what, text, limit in _texts(kind, fields):
        if not isinstance(text, str) or not text.strip():
            raise _wrong(f"{kind} {what}", "is missing or no text")
        if len(PLACEHOLDER.sub("", text)) > limit:
            raise _wrong(f"{kind} {what}", f"is longer than {limit}")
    match kind:
        case "twilio/list-picker" if len(fields["items"]) > _MOST_ITEMS:
            raise _wrong(kind, f"has 1 to {_MOST_ITEMS} items")
        case "twilio/quick-reply" if len(fields["actions"]) > _MOST_BUTTONS:
            raise _wrong(kind, f"has 1 to {_MOST_BUTTONS} actions")
        case "twilio/location" if not _is_point(fields):
            raise _wrong(kind, "has no numbers for a point")
        case "twilio/media" if PLACEHOLDER.search(_host(fields["media"][0])):
            raise _wrong(kind, "has a placeholder in its host")


def _texts(kind: str, fields: JsonObject) -> Iterator[Text]:
    """Yield each text of a type, with its name and its limit."""
    if "body" in fields:
        yield "body", fields["body"], _LONG_BODY if kind == "twilio/text" else BODY
    if "button" in fields:
        yield "button", fields["button"], _TITLE
    if "media" in fields:
        if not isinstance(fields["media"], list) or len(fields["media"]) != 1:
            raise _wrong(kind, "has one medium")
        yield "media", fields["media"][0], _LONG_URL
    if kind in _CHOICES:
        name, texts_of = _CHOICES[kind]
        for each in _objects(kind, fields[name]):
            yield from texts_of(each)


def _item_texts(item: JsonObject) -> Iterator[Text]:
    yield "item", item.get("item"), _ITEM
    yield "id", item.get("id"), _ID
    if "description" in item:
        yield "description", item["description"], _DESCRIPTION


def _reply_texts(action: JsonObject) -> Iterator[Text]:
    yield "title", action.get("title"), _TITLE
    if "id" in action:
        yield "id", action["id"], _ID


def _link_texts(action: JsonObject) -> Iterator[Text]:
    if action.get("type") not in _LINK_KINDS:
        raise _wrong("type", f"is one of {', '.join(sorted(_LINK_KINDS))}")
    yield "title", action.get("title"), _TITLE
    yield "target", action.get("url") or action.get("phone"), _LONG_URL


_CHOICES: Mapping[str, tuple[str, Callable[[JsonObject], Iterator[Text]]]] = {
    "twilio/list-picker": ("items", _item_texts),
    "twilio/quick-reply": ("actions", _reply_texts),
    "twilio/call-to-action": ("actions", _link_texts),
}


def _objects(kind: str, given: object) -> list[JsonObject]:
    if not isinstance(given, list) or not given:
        raise _wrong(kind, "has no list of what to choose from")
    if not all(isinstance(each, dict) for each in given):
        raise _wrong(kind, "lists something that is no object")
    return given


def _is_point(fields: JsonObject) -> bool:
    point = fields["latitude"], fields["longitude"]
    return all(isinstance(each, int | float) for each in point)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def rendered(
    kind: str, fields: JsonObject, values: Mapping[str, str], *, approved: bool
) -> Rendered:
    """Put the values into a type that was checked."""
    full = _with_values(fields, values)
    buttons = tuple(_buttons(kind, full))
    replies = len(buttons) if kind == "twilio/quick-reply" else 0
    return Rendered(
        text=full.get("body", ""),
        media_url=full["media"][0] if "media" in full else None,
        place=_place(full) if kind == "twilio/location" else None,
        buttons=buttons,
        opens=full.get("button", ""),
        fits=(approved or replies <= _SESSION_BUTTONS)
        and all(len(str(text)) <= limit for _, text, limit in _texts(kind, full))
        and _all_differ(buttons),
    )


def _with_values(value: object, values: Mapping[str, str]) -> JsonObject:
    def put(each: object) -> object:
        if isinstance(each, dict):
            return {name: put(inner) for name, inner in each.items()}
        if isinstance(each, list):
            return [put(inner) for inner in each]
        return filled(each, values) if isinstance(each, str) else each

    full = put(value)
    assert isinstance(full, dict)  # noqa: S101 (a type's fields are an object)
    return full


def _buttons(kind: str, full: JsonObject) -> Iterator[Button]:
    for item in full.get("items", []):
        yield Button(
            text=item["item"],
            data=item["id"],
            description=item.get("description", ""),
            in_list=True,
        )
    for action in full.get("actions", []):
        if kind == "twilio/quick-reply":
            yield Button(text=action["title"], data=action.get("id", action["title"]))
        else:
            url = action.get("url") or f"tel:{action['phone']}"
            yield Button(text=action["title"], url=url)


def _place(full: JsonObject) -> Place:
    return Place(
        latitude=full["latitude"],
        longitude=full["longitude"],
        title=full.get("label", ""),
        address=full.get("address", ""),
    )


def _all_differ(buttons: tuple[Button, ...]) -> bool:
    """Meta refuses a message with two equal ids, or two equal titles of replies."""
    ids = [button.data for button in buttons if button.data]
    titles = [button.text for button in buttons if not button.in_list]
    return len(set(ids)) == len(ids) and len(set(titles)) == len(titles)


def _wrong(what: str, sentence: str) -> ApiError:
    return ApiError(20001, f"{what} {sentence}.")
