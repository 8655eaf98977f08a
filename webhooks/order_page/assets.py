"""The page's style, script and icon, each under a name that changes with it."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """A file that browsers may keep for ever."""

    content: bytes
    media_type: str


def read_assets() -> tuple[dict[str, str], dict[str, Asset]]:
    """Read the files: their names of today, and what is found under those."""
    names, assets = {}, {}
    for file in sorted(_FOLDER.iterdir()):
        content = file.read_bytes()
        name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
        names[file.name] = name
        assets[name] = Asset(content, _TYPES[file.suffix])
    return names, assets
