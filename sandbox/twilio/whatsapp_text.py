"""WhatsApp's marks in a text: *bold*, _italic_, ~struck out~ and ```fixed width```."""

import re
from collections.abc import Callable
from html import escape

_TAGS = {"*": "b", "_": "i", "~": "s", "```": "code", "`": "code"}
_URL = r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?*_~)])"
_FIXED = r"(?P<fixed>```|`)(?P<code>.+?)(?P=fixed)"
_MARKED = r"(?<!\w)(?P<mark>[*_~])(?P<inner>(?=\S)[^\n]+?(?<=\S))(?P=mark)(?!\w)"
_PIECE = re.compile(f"{_URL}|{_FIXED}|{_MARKED}", re.DOTALL)


def plain(text: str) -> str:
    """Return the words without their marks."""
    return _PIECE.sub(_bare, text)


def to_html(text: str) -> str:
    """Return the text as safe HTML, with links that can be followed."""
    return _around_pieces(text, _tagged)


def _bare(piece: re.Match[str]) -> str:
    if piece["url"]:
        return piece["url"]
    return piece["code"] or plain(piece["inner"])


def _tagged(piece: re.Match[str]) -> str:
    if piece["url"]:
        url = escape(piece["url"])
        return f'<a href="{url}" target="_blank" rel="noopener noreferrer">{url}</a>'
    tag = _TAGS[piece["fixed"] or piece["mark"]]
    inner = escape(piece["code"]) if piece["fixed"] else to_html(piece["inner"])
    return f"<{tag}>{inner}</{tag}>"


def _around_pieces(text: str, write: Callable[[re.Match[str]], str]) -> str:
    written, end = [], 0
    for piece in _PIECE.finditer(text):
        written += [escape(text[end : piece.start()]), write(piece)]
        end = piece.end()
    return "".join(written) + escape(text[end:])
