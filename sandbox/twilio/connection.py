"""How Twilio connects to a webhook: the wishes in an address's fragment.

Twilio: webhooks, connection overrides. `#ct=2000&rt=5000&rc=3&rp=all` and so on; what
is missing has Twilio's own value, what is out of range is taken as missing.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag

from httpx import Timeout

_RANGES = {
    "ct": (100, 10_000),
    "rt": (100, 15_000),
    "tt": (100, 15_000),
    "rc": (0, 5),
}


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Where a form goes, how long each part may take, and what is tried again."""

    url: str
    """Without the fragment: as it is called and signed."""

    connect_ms: int = 5_000
    read_ms: int = 15_000
    total_ms: int = 15_000
    retries: int = 1
    again: frozenset[str] = frozenset({"ct"})
    """After which failures it is tried again: ct, rt, 4xx, 5xx."""

    def timeout(self) -> Timeout:
        """Return the time limits of one try."""
        read = self.read_ms / 1000
        return Timeout(read, connect=self.connect_ms / 1000)


def connection(address: str) -> Connection:
    """Read an address with its wishes."""
    url, fragment = urldefrag(address)
    wishes = {name: values[-1] for name, values in parse_qs(fragment).items()}
    again = frozenset(wishes.get("rp", "ct").split(","))
    if "all" in again:
        again = frozenset({"ct", "rt", "4xx", "5xx"})
    return Connection(
        url=url,
        connect_ms=_number(wishes, "ct", Connection.connect_ms),
        read_ms=_number(wishes, "rt", Connection.read_ms),
        total_ms=_number(wishes, "tt", Connection.total_ms),
        retries=_number(wishes, "rc", Connection.retries),
        again=again,
    )


def _number(wishes: dict[str, str], name: str, otherwise: int) -> int:
    lowest, highest = _RANGES[name]
    wish = wishes.get(name, "")
    if wish.isdecimal() and lowest <= int(wish) <= highest:
        return int(wish)
    return otherwise
