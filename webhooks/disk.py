"""Whether there is room for what we write."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import make_url

from webhooks.findings import Finding

_MB = 1_000_000
_LOW = 200 * _MB
"""Some thousands of orders with their jobs: days, in which to make room."""
_FULL = 1 * _MB
"""A handful of commits."""
_STANDARD_ERROR = 2

Places: TypeAlias = Mapping[str, Path | int]
"""What we write, and a folder or an open file on its disk."""


def places(database_url: str, engine_database_url: str) -> Places:
    """Find where we write: SQLite's files, and the log where it is a file."""
    found: dict[str, Path | int] = {}
    for name, url in (
        ("the database", database_url),
        ("the engine's database", engine_database_url),
    ):
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            found[name] = Path(parsed.database).resolve().parent
    if stat.S_ISREG(os.fstat(_STANDARD_ERROR).st_mode):
        found["the log"] = _STANDARD_ERROR
    return found


def room(places: Places) -> Finding:
    """Tell how much room is left where there is least. Blocks for a moment."""
    try:
        free = {name: shutil.disk_usage(at).free for name, at in places.items()}
    except OSError as error:
        return Finding(ok=False, says=f"cannot be looked at: {error.strerror}")
    if not free:
        return Finding(ok=True, says="nothing of ours is written to a disk here")
    tightest = min(free, key=lambda name: free[name])
    return judged(tightest, free[tightest])


def judged(name: str, free: int) -> Finding:
    """Tell whether so many free bytes are enough."""
    if free < _FULL:
        return Finding(
            ok=False, says="is full", vital=True, remedy=f"make room for {name}"
        )
    left = f"{free // _MB} MB free for {name}"
    if free < _LOW:
        return Finding(
            ok=False, says=f"only {left}", remedy="make room before it is full"
        )
    return Finding(ok=True, says=left)
