"""Where the picture of a day lies for Twilio to fetch, for an hour and no longer.

The address holds the day and its own end, under a seal: nobody can make another, and
nothing has to be kept.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from core.ports import Clock

_LASTS = timedelta(hours=1)
_SEAL_BYTES = 16
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{10})\.([A-Za-z0-9_-]{22})\.png", re.ASCII)


class DayAddress:
    """Makes such addresses, and reads them."""

    def __init__(self, secret: str, clock: Clock) -> None:
        """`secret` is known to each of our processes, and to no other but Twilio."""
        self._secret = secret.encode()
        self._clock = clock

    def path_to(self, day: date) -> str:
        """Return where the picture of that day lies from now on."""
        end_s = int((self._clock.now() + _LASTS).timestamp())
        return f"/day/{day}.{end_s}.{self._seal(str(day), str(end_s))}.png"

    def day_of(self, name: str) -> date | None:
        """Return the day of an address's last part; None for one not of ours or old."""
        read = _NAME.fullmatch(name)
        if read is None:
            return None
        day, end_s, seal = read.groups()
        if not hmac.compare_digest(seal, self._seal(day, end_s)):
            return None
        if self._clock.now() >= datetime.fromtimestamp(int(end_s), UTC):
            return None
        return date.fromisoformat(day)

    def _seal(self, day: str, end_s: str) -> str:
        sealed = f"picture of a day\n{day}\n{end_s}".encode()
        mac = hmac.digest(self._secret, sealed, sha256)[:_SEAL_BYTES]
        return urlsafe_b64encode(mac).decode().rstrip("=")
