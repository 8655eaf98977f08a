"""JSON as PayBy speaks it: exact numbers, no surprises, and hard limits.

PayBy: on the wire. Bodies are compact UTF-8 with the keys in alphabetical order, nulls
left out and amounts written literally (``50.00``); money never becomes a float.
"""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Never

DEEPEST = 32  # levels; PayBy's own bodies need 6
LONGEST_NUMBER = 32  # characters; PayBy's own numbers need 15

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # no database takes these


class WireError(ValueError):
    """Bytes that are not what PayBy sends; the message is one sentence."""


JsonObject = Mapping[str, object]


def encode(value: JsonObject) -> bytes:
    """Write an object as PayBy's own SDK does.

    Raises WireError for a value JSON has no exact word for, such as a float.
    """
    try:
        return _written(value).encode()
    except UnicodeEncodeError as error:
        raise WireError("The text to send is not valid Unicode.") from error


def decode(body: bytes) -> JsonObject:
    """Read an object; numbers with a point come out as Decimal.

    Raises WireError when it is not one JSON object in UTF-8, is nested too deeply, or
    holds numbers or characters that no database would take.
    """
    try:
        value = json.loads(
            body.decode(),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise WireError("The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise WireError(f"The body is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise WireError("The body is nested too deeply.") from error
    if not isinstance(value, dict):
        raise WireError("The body is not a JSON object.")
    _check(value)
    return value


def _written(value: object) -> str:
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f"{value:f}"
        case Mapping():
            members = sorted(item for item in value.items() if item[1] is not None)
            pairs = (f"{_written(name)}:{_written(item)}" for name, item in members)
            return f"{{{','.join(pairs)}}}"
        case Sequence():
            return f"[{','.join(_written(item) for item in value)}]"
        case _:
            raise WireError(f"A {type(value).__name__} has no exact form in JSON.")


def _integer(text: str) -> int:
    return int(_short(text))


def _decimal(text: str) -> Decimal:
    number = Decimal(_short(text))
    if abs(number.adjusted()) > LONGEST_NUMBER:
        raise WireError("A number in the body is out of any range.")
    return number


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise WireError("A number in the body has too many digits.")
    return text


def _no_constant(text: str) -> Never:
    raise WireError(f"The body holds {text}, which is not JSON.")


def _check(value: JsonObject) -> None:
    level: list[object] = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _parts(outer)]
        if not level:
            return
    raise WireError("The body is nested too deeply.")


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise WireError("The body holds a character that can't be stored.")
    return []
