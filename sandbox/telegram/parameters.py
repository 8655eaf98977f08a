"""A method's parameters: from what came over the wire to checked values.

The real server ignores names it does not know; the stand-in refuses them, because here
they are always a slip of the pen.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.keyboards import check_inline_markup, check_markup

_INTEGER = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True)
class Upload:
    """A file that came with the request."""

    filename: str
    content_type: str
    content: bytes


Raw: TypeAlias = Mapping[str, object]
"""Parameters by name as they came: text, JSON values, or an Upload."""

Reader: TypeAlias = Callable[[str, object], object]
"""Turns one raw parameter, given its name, into its value; raises ApiError."""


def read_parameters(
    method: str,
    raw: Raw,
    required: Mapping[str, Reader],
    optional: Mapping[str, Reader],
) -> Params:
    """Return the checked parameters, under their names; absent ones are left out.

    Empty text stands for "not given", as on the real server. All files are
    under "uploads" too, by name, for parameters that say `attach://name`.
    """
    uploads = {name: value for name, value in raw.items() if isinstance(value, Upload)}
    read: Params = {"uploads": uploads}
    for name, reader in {**required, **optional}.items():
        if name in raw and raw[name] not in ("", None):
            read[name] = reader(name, raw[name])
        elif name in required:
            raise _missing(name)
    for name in raw.keys() - required.keys() - optional.keys() - uploads.keys():
        raise bad_request(f'unknown parameter "{name}" for method {method}')
    return read


def _missing(name: str) -> ApiError:
    own_words = {
        "chat_id": "chat_id is empty",
        "text": "message text is empty",
        "message_id": "message identifier is not specified",
        "file_id": "file_id not specified",
        "photo": "there is no photo in the request",
        "document": "there is no document in the request",
    }
    return bad_request(own_words.get(name, f'parameter "{name}" is required'))


def words(name: str, raw: object) -> str:
    """Read a string."""
    if not isinstance(raw, str):
        raise bad_request(f'parameter "{name}" must be a String')
    return raw


def words_up_to(limit: int) -> Reader:
    """Make a reader of strings of at most so many characters."""

    def read(name: str, raw: object) -> str:
        text = words(name, raw)
        if len(text) > limit:
            raise bad_request(f'parameter "{name}" is too long')
        return text

    return read


def integer(name: str, raw: object) -> int:
    """Read an integer, written as a number or as text."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and _INTEGER.fullmatch(raw):
        return int(raw)
    raise bad_request(f'parameter "{name}" must be an Integer')


def integer_between(lowest: int, highest: int) -> Reader:
    """Make a reader of integers within these bounds."""

    def read(name: str, raw: object) -> int:
        number = integer(name, raw)
        if not lowest <= number <= highest:
            raise bad_request(f'parameter "{name}" must be {lowest} to {highest}')
        return number

    return read


def number_between(lowest: float, highest: float) -> Reader:
    """Make a reader of numbers within these bounds."""

    def read(name: str, raw: object) -> float:
        try:
            number = float(str(raw)) if not isinstance(raw, bool) else math.nan
        except ValueError:
            number = math.nan
        if not lowest <= number <= highest:
            raise bad_request(f"invalid {name} specified")
        return number

    return read


def flag(name: str, raw: object) -> bool:
    """Read a Boolean, written as JSON or as text."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in known:
        return known[raw.lower()]
    raise bad_request(f'parameter "{name}" must be a Boolean')


def chat(name: str, raw: object) -> int | str:
    """Read a chat's id, or the @username of a channel (which no payer has)."""
    if isinstance(raw, str) and raw.startswith("@"):
        return raw
    return integer(name, raw)


def json_object(name: str, raw: object) -> JsonObject:
    """Read a JSON object, given as such or as its text."""
    value = _json(name, raw)
    if not isinstance(value, dict):
        raise bad_request(f"can't parse {name} JSON object: Object expected")
    return value


def json_list(name: str, raw: object) -> list[Any]:
    """Read a JSON array, given as such or as its text."""
    value = _json(name, raw)
    if not isinstance(value, list):
        raise bad_request(f"can't parse {name} JSON object: Array expected")
    return value


def markup(name: str, raw: object) -> JsonObject:
    """Read the keyboard sent with a new message."""
    return check_markup(json_object(name, raw))


def inline_markup(name: str, raw: object) -> JsonObject:
    """Read the inline keyboard put under an edited message."""
    return check_inline_markup(json_object(name, raw))


def file(name: str, raw: object) -> str | Upload:
    """Read an uploaded file, or text: a file id, a URL, or `attach://…`."""
    return raw if isinstance(raw, Upload) else words(name, raw)


def _json(name: str, raw: object) -> object:
    return parse_json(raw, name) if isinstance(raw, str) else raw


def parse_json(text: str | bytes, name: str) -> object:
    """Parse JSON whose strings are all real text; raises ApiError naming `name`."""
    try:
        value: object = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise bad_request(f"can't parse {name} JSON object") from error
    return value
