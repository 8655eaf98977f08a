"""A chat network in a dictionary."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channel import SendError
from bot.messages import Outgoing
from core.database.messages import Spacing
from core.engine import Paces, Queue


def at_pace(telegram: int, whatsapp: int | None = None) -> Paces:
    """Let so many pushes a second go out, on WhatsApp as on Telegram if not said."""
    return {Queue.OUTBOX: telegram, Queue.WHATSAPP_OUTBOX: whatsapp or telegram}


@dataclass
class FakeChannel:
    """A chat network: keeps what arrived, and goes wrong on demand."""

    shown: dict[str, list[Outgoing]] = field(default_factory=dict)
    """What each chat shows, oldest first."""
    mishaps: deque[tuple[SendError, bool]] = field(default_factory=deque)
    meanwhile: deque[Callable[[], Awaitable[object]]] = field(default_factory=deque)
    """What happens elsewhere while the next calls are on their way."""
    afterwards: deque[Callable[[], Awaitable[object]]] = field(default_factory=deque)
    """What happens when the next calls have had their effect."""
    only: str = ""
    """The one chat that this happens to; empty for whichever comes first."""
    spared: frozenset[str] = frozenset()
    """Chats that it never happens to unless one is the only: those of tests before."""
    tries: int = 0
    turns: list[str] = field(default_factory=list)
    """The chats of the messages sent, in turn."""
    distance: timedelta = timedelta()
    amends: bool = True
    reads: bool = False
    """Whether it can look up what it has sent."""

    def spacing(self, _conversation_id: str) -> Spacing:
        return Spacing(self.distance)

    def can_amend(self, _conversation_id: str) -> bool:
        return self.amends

    def fails(self, error: SendError, *, arrives: bool = False) -> None:
        """Let the next call go wrong; `arrives` when it has its effect all the same."""
        self.mishaps.append((error, arrives))

    async def find(
        self, conversation_id: str, message: Outgoing, _since: datetime
    ) -> str | None:
        chat = self.shown.get(conversation_id, [])
        return str(chat.index(message)) if self.reads and message in chat else None

    async def send(
        self, conversation_id: str, message: Outgoing, _message_id: str = ""
    ) -> str:
        self.turns.append(conversation_id)
        error, arrives = await self._next(conversation_id)
        chat = self.shown.setdefault(conversation_id, [])
        if arrives:
            chat.append(message)
        if self.afterwards:
            await self.afterwards.popleft()()
        if error:
            raise error
        return str(len(chat) - 1)

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        error, arrives = await self._next(conversation_id)
        if arrives:
            self.shown[conversation_id][int(provider_ref)] = message
        if error:
            raise error

    async def _next(self, conversation_id: str) -> tuple[SendError | None, bool]:
        if not self._is_meant(conversation_id):
            return (None, True)
        self.tries += 1
        if self.meanwhile:
            await self.meanwhile.popleft()()
        return self.mishaps.popleft() if self.mishaps else (None, True)

    def _is_meant(self, conversation_id: str) -> bool:
        if self.only:
            return conversation_id == self.only
        return conversation_id not in self.spared
