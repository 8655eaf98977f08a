"""Updates on their way to the bot: kept in order until the bot has taken them.

As at Telegram, messages wait in one queue per chat and button taps in one per person;
inside a queue the next update waits until the one before it was taken or ran out.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.telegram.errors import conflict
from sandbox.telegram.json_types import JsonObject

KINDS_LEFT_OUT = frozenset(
    {"chat_member", "message_reaction", "message_reaction_count"}
)
"""What a bot gets only when its allowed_updates name it."""

_MESSAGE_LIFETIME_MS = 24 * 3600 * 1000
_TAP_LIFETIME_MS = 150 * 1000


@dataclass(frozen=True, kw_only=True)
class Update:
    """One update; `expires_at` (ms) is real time, however fast the world runs."""

    id: int
    kind: str
    payload: JsonObject
    queue: tuple[str, int]
    expires_at: int

    def as_json(self) -> JsonObject:
        """Return the Bot API's Update."""
        return {"update_id": self.id, self.kind: self.payload}


class Updates:
    """The waiting updates, by queue; ids rise and differ from run to run."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queues: dict[tuple[str, int], deque[Update]] = {}
        self._next_id = int(time.time())
        self._arrival = asyncio.Event()
        self._poll = 0
        self.allowed: frozenset[str] | None = None
        """The kinds the bot asked for; None: all but those in KINDS_LEFT_OUT."""

    def add(self, kind: str, payload: JsonObject, lane: int) -> Update | None:
        """Queue an update, or drop it when the bot does not want its kind.

        `lane` is the number of its chat, or for a tap of who tapped.
        """
        wanted = kind in self.allowed if self.allowed else kind not in KINDS_LEFT_OUT
        if not wanted:
            return None
        tap = kind == "callback_query"
        lifetime = _TAP_LIFETIME_MS if tap else _MESSAGE_LIFETIME_MS
        update = Update(
            id=self._next_id,
            kind=kind,
            payload=payload,
            queue=("taps" if tap else "chat", lane),
            expires_at=self._clock.now_ms() + lifetime,
        )
        self._next_id += 1
        self._queues.setdefault(update.queue, deque()).append(update)
        self._wake()
        return update

    def clear(self) -> None:
        """Drop all waiting updates."""
        self._queues.clear()

    def queues(self) -> list[tuple[str, int]]:
        """Return the queues in which something waits."""
        return list(self._queues)

    def first(self, queue: tuple[str, int]) -> Update | None:
        """Return the update of this queue that is next, dropping those run out."""
        while waiting := self._queues.get(queue):
            if self._clock.now_ms() < waiting[0].expires_at:
                return waiting[0]
            self.taken(waiting[0])
        return None

    def taken(self, update: Update) -> None:
        """Forget an update the bot has."""
        waiting = self._queues.get(update.queue)
        if waiting and waiting[0] is update:
            waiting.popleft()
            if not waiting:
                del self._queues[update.queue]

    def waiting(self) -> list[Update]:
        """Return all waiting updates that have not run out, in order of their ids."""
        for queue in self.queues():
            self.first(queue)
        found = [update for queue in self._queues.values() for update in queue]
        return sorted(found, key=lambda update: update.id)

    def end_polls(self) -> None:
        """Let a waiting getUpdates fail: someone else takes the updates now."""
        self._poll += 1
        self._wake()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Wait up to `seconds` for updates; those before `offset` count as taken.

        A negative offset keeps only so many of the last ones. Raises ApiError 409 when
        another poll begins meanwhile.
        """
        self.end_polls()
        mine = self._poll
        self._confirm(offset)
        deadline = time.monotonic() + seconds
        while not (found := self.waiting()):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            await self._wait(left)
            if self._poll != mine:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one "
                    "bot instance is running"
                )
        return found[:limit]

    def _confirm(self, offset: int) -> None:
        waiting = self.waiting()
        if offset < 0:
            gone = waiting[:offset]
        else:
            gone = [update for update in waiting if update.id < offset]
        for update in gone:
            self.taken(update)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._arrival.wait()
        except TimeoutError:
            pass

    def _wake(self) -> None:
        self._arrival.set()
        self._arrival = asyncio.Event()
