"""A dead man's switch: an outside watcher hears from us as long as we do our work.

What no longer calls cannot say so; whoever waits for the call raises the alarm.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import structlog

from core.background import beside

log = structlog.get_logger()

_EVERY_S = 60.0
_PATIENCE_S = 10.0


class Heartbeat:
    """Calls an address every minute while nothing keeps us from doing our work.

    The address is a secret: who knows it can keep the watcher quiet. It is in no log.
    """

    def __init__(
        self,
        url: str,
        http: httpx.AsyncClient,
        troubles: Callable[[], Awaitable[list[str]]],
        every_s: float = _EVERY_S,
    ) -> None:
        self._url = url
        self._http = http
        self._troubles = troubles
        self._every_s = every_s

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """Beat until the block ends."""
        async with beside(self._beat_for_ever()):
            yield

    async def _beat_for_ever(self) -> None:
        """Give the loops a moment first, which have only just begun."""
        await asyncio.sleep(self._every_s / 6)
        while True:
            try:
                await self.beat()
            except Exception as error:  # noqa: BLE001  (its text may hold the address)
                log.error("heartbeat_failed", why=type(error).__name__)  # noqa: TRY400  (same)
            await asyncio.sleep(self._every_s)

    async def beat(self) -> bool:
        """Call once, if all is well; tell whether the watcher has heard it."""
        if troubles := await self._troubles():
            log.warning("heartbeat_withheld", why="; ".join(troubles))
            return False
        try:
            async with (
                asyncio.timeout(_PATIENCE_S),
                self._http.stream("GET", self._url) as answer,
            ):
                status = answer.status_code
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("heartbeat_not_heard", why=type(error).__name__)
            return False
        if not httpx.codes.is_success(status):
            log.warning("heartbeat_not_heard", why=f"HTTP {status}")
        return httpx.codes.is_success(status)
