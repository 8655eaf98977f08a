"""Takes PayBy's notices in: kept before they are acknowledged, heeded soon after.

The row of a notice is its job, since a job of the engine costs three commits where
this costs one, and a notice must get its answer quickly. A notice that a crash or an
absent database left unheeded is taken up again within half a minute.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.background import beside
from core.ports import Clock, KeptNotice, Notices, Verdict

log = structlog.get_logger()

_AT_ONCE = 16  # each mostly waits for its turn at the database
_LEFT_OVER_AFTER = timedelta(seconds=15)
_LOOK_EVERY_S = 15.0
_MOST_LEFT_OVERS = 200

Heed = Callable[[str], Awaitable[Verdict]]


class Intake:
    """Between the door for notices and the story that heeds them."""

    def __init__(self, notices: Notices, heed: Heed, clock: Clock) -> None:
        self._notices = notices
        self._heed = heed
        self._clock = clock
        self._waiting: asyncio.Queue[KeptNotice] = asyncio.Queue()

    async def take(self, body: bytes) -> None:
        """Keep an authentic notice; when this returns it is durable."""
        notice = KeptNotice(hashlib.sha256(body).hexdigest(), body.decode())
        if await self._notices.keep(notice):
            self._waiting.put_nowait(notice)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Heed notices, some at once, until the block ends."""
        await self._take_left_overs(timedelta())
        heeding = (self._work() for _ in range(_AT_ONCE))
        async with beside(*heeding, self._look_for_left_overs()):
            yield

    async def _work(self) -> None:
        while True:
            notice = await self._waiting.get()
            try:
                verdict = await self._heed(notice.body)
                await self._notices.heeded(notice.digest, verdict)
            except Exception:
                log.exception("notice_not_heeded_yet", digest=notice.digest)
            else:
                number = verdict.merchant_order_no
                log.info("notice", order=number, verdict=verdict.sentence)

    async def _look_for_left_overs(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            with suppress(SQLAlchemyError):
                if self._waiting.empty():
                    await self._take_left_overs(_LEFT_OVER_AFTER)

    async def _take_left_overs(self, kept_for: timedelta) -> None:
        kept_before = self._clock.now() - kept_for
        for notice in await self._notices.unheeded(kept_before, _MOST_LEFT_OVERS):
            self._waiting.put_nowait(notice)
