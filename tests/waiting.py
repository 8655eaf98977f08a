"""Waiting for what takes the time it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

_LOOK_EVERY_S = 0.03
_WITHIN_S = 60.0


def until(
    look: Callable[[], Seen | None],
    what: str = "it to be so",
    within: float = _WITHIN_S,
) -> Seen:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within:.0f} s for {what}.")
        time.sleep(_LOOK_EVERY_S)
    return seen
