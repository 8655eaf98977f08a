"""Waiting for what takes the time it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.2
_WITHIN_S = 60.0


def until(
    look: Callable[[], Seen | None],
    what: str = "it to be so",
    within: float = _WITHIN_S,
) -> Seen:
    """Look until there is something to see, and return it.

    Looks grow rarer, so that those who wait leave the machine to what they wait for.
    """
    deadline = time.monotonic() + within
    pause = _FIRST_PAUSE_S
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within:.0f} s for {what}.")
        time.sleep(pause)
        pause = min(pause * 1.25, _LONGEST_PAUSE_S)
    return seen
