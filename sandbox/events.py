"""The event bus: tells the page that something changed, so that it need not ask.

An event says *what* changed, never the new state: whoever listens asks the control API.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

Change: TypeAlias = Literal["orders", "chat", "stores", "faults", "everything"]
Event: TypeAlias = dict[str, str]

_BACKLOG = 1000


class Listener:
    """One listener's events, in order; ends when the bus closes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def put(self, event: Event | None) -> None:
        """Hand over an event, or None for the end; a sleeping page loses the oldest."""
        if self._queue.qsize() >= _BACKLOG:
            self._queue.get_nowait()
        self._queue.put_nowait(event)

    async def __aiter__(self) -> AsyncIterator[Event]:
        """Yield each event as it comes."""
        while (event := await self._queue.get()) is not None:
            yield event


class Events:
    """Hands every event to every listener of that moment."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def publish(self, changed: Change, **details: str) -> None:
        """Tell all listeners: ``{"changed": "chat", "phone": "1001"}``."""
        for listener in self._listeners:
            listener.put({"changed": changed, **details})

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """Receive what is published while the block lasts."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End every listener, so that the server can stop."""
        for listener in self._listeners:
            listener.put(None)
