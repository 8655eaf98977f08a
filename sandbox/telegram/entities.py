"""Formatted text: plain text and the entities that lie on it.

Offsets and lengths count UTF-16 code units, as the Bot API does; errors name the
place in bytes of UTF-8, as the Bot API's do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import takewhile
from typing import Any

from sandbox.telegram.errors import ApiError, bad_request

Entity = dict[str, Any]

_PLAIN_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
KNOWN_TYPES = frozenset(_PLAIN_TAGS) | {
    "spoiler",
    "text_link",
    "text_mention",
    "custom_emoji",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "date_time",
}


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cannot_parse(reason: str) -> ApiError:
    """Return the refusal of text whose markup is wrong."""
    return bad_request(f"can't parse entities: {reason}")


_MOST_ENTITIES = 100


@dataclass(frozen=True)
class FormattedText:
    """Plain text with its entities, none of them empty."""

    text: str
    entities: list[Entity] = field(default_factory=list)

    def trimmed(self) -> FormattedText:
        """Return the text without white space around it; entities move along.

        As at Telegram, only the first 100 entities stay.
        """
        text = self.text.strip()
        cut = utf16_length("".join(takewhile(str.isspace, self.text)))
        end = utf16_length(text)
        entities = []
        for entity in self.entities:
            first = max(entity["offset"] - cut, 0)
            last = min(entity["offset"] + entity["length"] - cut, end)
            if first < last:
                entities.append({**entity, "offset": first, "length": last - first})
        return FormattedText(text, entities[:_MOST_ENTITIES])


class Builder:
    """Collects the plain text while markup is read, and the entities as they close."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._entities: list[Entity] = []
        self._open: list[tuple[Entity, str, int]] = []

    def add(self, text: str) -> None:
        """Append plain text."""
        self._parts.append(text)
        self._length += utf16_length(text)

    def open(self, entity: Entity, mark: str, place: int) -> None:
        """Begin `entity` here; `mark` and `place` (bytes) name it if it stays open."""
        self._open.append(({**entity, "offset": self._length}, mark, place))

    def innermost(self) -> tuple[str, int] | None:
        """Return mark and place of the entity opened last, if any is open."""
        return self._open[-1][1:] if self._open else None

    def inside(self, mark: str) -> bool:
        """Tell whether an entity with this mark is open."""
        return any(opened == mark for _, opened, _ in self._open)

    def amend(self, **more: str) -> None:
        """Add to the entity opened last what was not known at its beginning."""
        self._open[-1][0].update(more)

    def close(self) -> None:
        """End the entity opened last; without a type or any text it leaves no trace."""
        entity, _, _ = self._open.pop()
        length = self._length - entity["offset"]
        if length and entity["type"]:
            self._entities.append({**entity, "length": length})

    def finished(self) -> FormattedText:
        """Return the text; outer entities come before inner ones."""
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return FormattedText("".join(self._parts), self._entities)


def given_entities(text: str, entities: list[Any]) -> FormattedText:
    """Return `text` with entities the bot placed itself; refuse those off the text."""
    length = utf16_length(text)
    for entity in entities:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        if str(entity.get("type")) not in KNOWN_TYPES:
            raise bad_request("can't parse MessageEntity: unknown type")
        offset, size = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(size, int):
            raise bad_request("can't parse MessageEntity: offset and length expected")
        if entity["type"] == "text_link" and not isinstance(entity.get("url"), str):
            raise bad_request("can't parse MessageEntity: url expected")
        if offset < 0 or size < 1 or offset + size > length:
            raise cannot_parse("entity lies outside of the text")
    ordered = sorted(entities, key=lambda found: (found["offset"], -found["length"]))
    return FormattedText(text, ordered)


def to_html(formatted: FormattedText) -> str:
    """Return the text as HTML that is safe to show: escaped, with plain tags only."""
    units = formatted.text.encode("utf-16-le", "surrogatepass")
    return _render(units, 0, len(units) // 2, formatted.entities)


def _render(units: bytes, start: int, end: int, entities: list[Entity]) -> str:
    parts: list[str] = []
    rest = list(entities)
    while rest:
        entity = rest.pop(0)
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if first >= last:
            continue
        inner = [other for other in rest if other["offset"] < last]
        rest = [other for other in rest if other["offset"] >= last]
        before, after = _tags(entity)
        parts += [_plain(units, start, first), before]
        parts += [_render(units, first, last, inner), after]
        start = last
    return "".join([*parts, _plain(units, start, end)])


def _plain(units: bytes, start: int, end: int) -> str:
    return escape(units[2 * start : 2 * end].decode("utf-16-le", "replace"))


def _tags(entity: Entity) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _PLAIN_TAGS:
        return f"<{_PLAIN_TAGS[kind]}>", f"</{_PLAIN_TAGS[kind]}>"
    if kind == "spoiler":
        return '<span class="spoiler">', "</span>"
    if kind == "text_link" and entity["url"].startswith(("http://", "https://")):
        return f'<a href="{escape(entity["url"])}" rel="noopener">', "</a>"
    return "", ""
