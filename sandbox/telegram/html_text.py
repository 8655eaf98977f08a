"""Reads text in parse mode HTML, and refuses what the Bot API refuses."""

import re
from html import unescape

from sandbox.telegram.entities import Builder, Entity, FormattedText, cannot_parse

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE = re.compile(
    r"(?P<text>[^<&]+)"
    r"|&(?:(?P<named>lt|gt|amp|quot)|#(?P<decimal>\d{1,7})|#[xX](?P<hex>[0-9a-fA-F]{1,6}));"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z0-9-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|(?P<other>[<&])"
)
_ATTRIBUTE = re.compile(
    r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?"
)


def parse_html(source: str) -> FormattedText:
    """Return the formatted text that `source` describes.

    Raises ApiError, 400 "can't parse entities: …", for an unknown, unclosed or crossed
    tag.
    """
    builder = Builder()
    place = 0
    for piece in _PIECE.finditer(source):
        if piece["tag"] is not None:
            _read_tag(builder, piece, place)
        elif piece["other"] == "<":
            raise cannot_parse(f"Unclosed start tag at byte offset {place}")
        else:
            builder.add(_characters(piece))
        place += len(piece[0].encode())
    if left := builder.innermost():
        raise cannot_parse(
            f'Can\'t find end tag corresponding to start tag "{left[0]}"'
        )
    return builder.finished()


def _characters(piece: re.Match[str]) -> str:
    if piece["named"]:
        return _NAMED[piece["named"]]
    number = int(piece["decimal"] or 0) or int(piece["hex"] or "0", 16)
    if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF:  # noqa: PLR2004  # Unicode's own bounds
        return chr(number)
    return piece[0]


def _read_tag(builder: Builder, piece: re.Match[str], place: int) -> None:
    tag = piece["tag"].lower()
    if piece["close"]:
        _close(builder, tag, place)
        return
    attributes = {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(piece["attributes"])
    }
    if tag not in _TYPES or not _spoiler_if_span(tag, attributes):
        raise cannot_parse(f'Unsupported start tag "{tag}" at byte offset {place}')
    builder.open(_entity(builder, tag, attributes), tag, place)


def _close(builder: Builder, tag: str, place: int) -> None:
    opened = builder.innermost()
    if opened is None:
        raise cannot_parse(f"Unexpected end tag at byte offset {place}")
    if tag and tag != opened[0]:
        raise cannot_parse(
            f"Unmatched end tag at byte offset {place}, "
            f'expected "</{opened[0]}>", found "</{tag}>"'
        )
    builder.close()


def _spoiler_if_span(tag: str, attributes: dict[str, str]) -> bool:
    return tag != "span" or attributes.get("class") == "tg-spoiler"


def _entity(builder: Builder, tag: str, attributes: dict[str, str]) -> Entity:
    kind = _TYPES[tag]
    if tag == "code" and builder.inside("pre"):
        builder.amend(language=attributes.get("class", "").removeprefix("language-"))
        return {"type": ""}
    if tag == "a":
        return {"type": kind, "url": attributes.get("href", "")}
    if tag == "tg-emoji":
        return {"type": kind, "custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    return {"type": kind}
