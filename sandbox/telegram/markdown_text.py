"""Reads text in parse mode MarkdownV2, and refuses what the Bot API refuses.

Block quotes end with their line's block; the expandable kind is not read.
"""

import re

from sandbox.telegram.entities import Builder, Entity, FormattedText, cannot_parse

_MARKS = {
    "__": ("underline", "Underline"),
    "||": ("spoiler", "Spoiler"),
    "*": ("bold", "Bold"),
    "_": ("italic", "Italic"),
    "~": ("strikethrough", "Strikethrough"),
}
_PIECE = re.compile(
    r"\\(?P<escaped>[\x01-\x7e])"
    r"|```(?P<language>[a-zA-Z0-9_+#-]+(?=\n))?\n?(?P<pre>(?:[^`\\]|\\.|`(?!``))*)```"
    r"|`(?!``)(?P<code>(?:[^`\\]|\\.)*)`"
    r"|(?P<fence>```|`)"
    r"|(?P<quote>^>)"
    r"|(?P<mark>__|\|\||[*_~])"
    r"|(?P<link>!?\[)"
    r"|(?P<target>\])(?:\((?P<url>(?:[^)\\]|\\.)*)\))?"
    r"|(?P<newline>\n)"
    r"|(?P<reserved>[()`>#+\-=|{}.!])"
    r"|(?P<text>[^\\_*\[\]()~`>#+\-=|{}.!\n]+|\\)",
    re.MULTILINE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([\x01-\x7e])")
_LINKS = ("[", "![")


def parse_markdown(source: str) -> FormattedText:
    """Return the formatted text that `source` describes.

    Raises ApiError, 400 "can't parse entities: …", for a mark without its pair or a
    reserved character without its backslash.
    """
    builder = Builder()
    place = 0
    for piece in _PIECE.finditer(source):
        _read(builder, piece, place, source)
        place += len(piece[0].encode())
    if builder.inside("quote"):
        _close_quote(builder)
    if left := builder.innermost():
        raise _no_end(*left)
    return builder.finished()


def _read(builder: Builder, piece: re.Match[str], place: int, source: str) -> None:
    if piece["mark"]:
        _toggle(builder, piece["mark"], place)
    elif piece["link"]:
        builder.open({"type": "text_link"}, piece["link"], place)
    elif piece["target"]:
        _close_link(builder, piece["url"], place)
    elif piece["quote"] or piece["newline"]:
        _read_line_edge(builder, piece, place, source)
    elif piece["fence"]:
        raise _no_end(piece["fence"], place)
    elif piece["reserved"]:
        raise _must_escape(piece["reserved"])
    else:
        _read_words(builder, piece)


def _read_words(builder: Builder, piece: re.Match[str]) -> None:
    if piece["pre"] is not None:
        language = {"language": piece["language"]} if piece["language"] else {}
        _add_code(builder, {"type": "pre", **language}, piece["pre"])
    elif piece["code"] is not None:
        _add_code(builder, {"type": "code"}, piece["code"])
    else:
        builder.add(piece["escaped"] or piece["text"])


def _read_line_edge(
    builder: Builder, piece: re.Match[str], place: int, source: str
) -> None:
    if piece["quote"] and not builder.inside("quote"):
        builder.open({"type": "blockquote"}, "quote", place)
    if piece["newline"]:
        if builder.inside("quote") and not source.startswith(">", piece.end()):
            _close_quote(builder)
        builder.add("\n")


def _toggle(builder: Builder, mark: str, place: int) -> None:
    opened = builder.innermost()
    if opened and opened[0] == mark:
        builder.close()
    elif builder.inside(mark) and opened:
        raise _no_end(*opened)
    else:
        builder.open({"type": _MARKS[mark][0]}, mark, place)


def _close_link(builder: Builder, url: str | None, place: int) -> None:
    opened = builder.innermost()
    if opened is None or opened[0] not in _LINKS:
        raise _must_escape("]")
    if url is None:
        raise _no_end(opened[0], place)
    target = _ESCAPE.sub(r"\1", url)
    if opened[0] == "[":
        builder.amend(url=target)
    else:
        emoji = target.partition("tg://emoji?id=")[2]
        builder.amend(type="custom_emoji", custom_emoji_id=emoji)
    builder.close()


def _close_quote(builder: Builder) -> None:
    opened = builder.innermost()
    if opened and opened[0] != "quote":
        raise _no_end(*opened)
    builder.close()


def _add_code(builder: Builder, entity: Entity, text: str) -> None:
    builder.open(entity, "`", 0)
    builder.add(_ESCAPE.sub(r"\1", text))
    builder.close()


def _no_end(mark: str, place: int) -> Exception:
    names = {"[": "TextUrl", "![": "CustomEmoji", "`": "Code", "```": "PreCode"}
    name = names.get(mark) or _MARKS[mark][1]
    return cannot_parse(f"Can't find end of {name} entity at byte offset {place}")


def _must_escape(character: str) -> Exception:
    return cannot_parse(
        f"Character '{character}' is reserved and must be escaped "
        "with the preceding '\\'"
    )
