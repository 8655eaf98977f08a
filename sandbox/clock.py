"""The sandbox's clock: real time, but what waits can wait N times shorter."""

import asyncio
import time


class Clock:
    """Tells real time; a speed of 60 turns an hour's wait into a minute."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.ahead_ms = 0
        """How far PayBy's clock is put forward; what falls due does not heed it."""

    def now_ms(self) -> int:
        """Now, in ms since the epoch, never sped up: requests carry real times."""
        return time.time_ns() // 1_000_000

    def payby_ms(self) -> int:
        """Tell what PayBy's clock shows, in ms since the epoch."""
        return self.now_ms() + self.ahead_ms

    def shortened(self, ms: float) -> int:
        """How many ms a wait of so many ms lasts here."""
        return int(ms / self.speed)

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds, divided by the speed."""
        await asyncio.sleep(seconds / self.speed)
