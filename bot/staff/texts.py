"""How the desk writes: English, Gulf time, and nothing that a value could break."""

import unicodedata
from datetime import datetime

from bot.messages import BOLD_OFF, BOLD_ON
from core.domain.gulf import GULF

_LONGEST_LINE = 160


def bold(text: str) -> str:
    """Mark a value as bold."""
    return f"{BOLD_ON}{clean(text)}{BOLD_OFF}"


def clean(text: str, most: int = _LONGEST_LINE) -> str:
    """Return what somebody wrote as one line without control signs, not too long."""
    seen = (" " if sign.isspace() else sign for sign in text)
    kept = (sign for sign in seen if unicodedata.category(sign)[0] != "C")
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def moment(at: datetime) -> str:
    """Write a time in the Gulf: "24 Nov 12:07"."""
    return f"{at.astimezone(GULF):%-d %b %H:%M}"


def exactly(at: datetime) -> str:
    """Write a time in the Gulf to the second: "24 Nov 12:07:31"."""
    return f"{at.astimezone(GULF):%-d %b %H:%M:%S}"
