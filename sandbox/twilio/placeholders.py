"""Placeholders in a content: {{1}} or {{name}}, and the values they stand for."""

import json
import re
from collections.abc import Iterator, Mapping

from sandbox.twilio.errors import ApiError

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_BLANKS = re.compile(r"[\n\r\t]| {5}")
_LONGEST_VALUE = 1600


def names_in(value: object) -> set[str]:
    """Return the placeholders anywhere in a JSON value."""
    return {name for text in _texts(value) for name in PLACEHOLDER.findall(text)}


def well_formed(value: object) -> bool:
    """Tell whether all double braces make placeholders."""
    left = (PLACEHOLDER.sub("", text) for text in _texts(value))
    return not any(_BRACES.search(text) for text in left)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values where their placeholders are."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def read_values(raw: str, names: set[str]) -> dict[str, str]:
    """Read the ContentVariables of a call; raises ApiError 21656, 21658.

    Twilio takes the content's samples for values left out and ignores values with no
    placeholder; the stand-in refuses both, because here they are slips of the pen.
    """
    try:
        values = json.loads(raw) if raw else {}
    except ValueError:
        raise ApiError(21656, "They are not JSON.") from None
    if not isinstance(values, dict):
        raise ApiError(21656, "They are no JSON object.")
    if values.keys() != names:
        known = ", ".join(sorted(names)) or "none"
        raise ApiError(21656, f"The content has the placeholders {known}.")
    for name, value in values.items():
        _check(name, value)
    return values


def _check(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ApiError(21656, f"The value of {name} is no text, or it is empty.")
    if _BLANKS.search(value):
        raise ApiError(
            21656, f"The value of {name} has a new line, a tab or over four spaces."
        )
    if len(value) > _LONGEST_VALUE:
        raise ApiError(21658, f"It is the value of {name}.")
