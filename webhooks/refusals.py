"""Counts who was turned away at our doors of late, since the signature was wrong."""

from collections import deque
from datetime import datetime, timedelta

from core.ports import Clock


class Refusals:
    """Remembers the newest refusals of each door, and no more than `most`."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._doors: dict[str, deque[datetime]] = {}

    def add(self, door: str) -> None:
        """Remember that somebody was turned away there."""
        self._doors.setdefault(door, deque(maxlen=self._most)).append(self._clock.now())

    def burst(self, span: timedelta) -> list[str]:
        """Return the doors where `most` were turned away within the last such span."""
        since = self._clock.now() - span
        return [
            door
            for door, times in self._doors.items()
            if len(times) == self._most and times[0] > since
        ]
