"""What becomes due later: expiries, settlements, refunds moving on."""

import heapq
from collections.abc import Callable
from itertools import count

from sandbox.clock import Clock

Action = Callable[[], None]

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""In ms, as all times of PayBy."""


class Agenda:
    """Actions with their time; each is done once, in order of time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._heap: list[tuple[int, int, Action]] = []
        self._arrival = count()

    def after(self, wait_ms: int, action: Action) -> int:
        """Do this so many ms from now, sooner on a fast clock; returns when."""
        due = self.clock.now_ms() + self.clock.shortened(wait_ms)
        self.at(due, action)
        return due

    def at(self, due_ms: int, action: Action) -> None:
        """Do this at a time that somebody else has set, on whatever clock."""
        heapq.heappush(self._heap, (due_ms, next(self._arrival), action))

    def catch_up(self) -> None:
        """Do all that is due by now."""
        now = self.clock.now_ms()
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
