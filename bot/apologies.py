"""Owns up in the chat when an update cannot be kept or answered, without a database.

The sentence goes straight to the network, at most once per update and once in ten
minutes per chat, as far as this process remembers. Whoever brings the update never
waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from dbos import error as engine_errors
from sqlalchemy.exc import SQLAlchemyError

from bot.channel import SendError
from bot.chats import Language
from bot.messages import Incoming, Kind, Outgoing
from bot.words import Words, words_in
from core.ports import Clock

log = structlog.get_logger()

Say = Callable[[str, Outgoing, str], Awaitable[object]]
"""Says something in a chat, under a name of our own for it. Raises SendError."""

_NOT_AGAIN_FOR = timedelta(minutes=10)
_MOST_CHATS = 10_000  # about 3 MB
_MOST_AT_ONCE = 60  # with a grace of 3 s, 20 a second: less than Telegram takes
_GRACE_S = 3.0  # Telegram brings an update again at once, and after two seconds
_TROUBLE = (
    SQLAlchemyError,
    engine_errors.DBOSException,
    asyncio.CancelledError,  # the door does not wait any longer
)


@dataclass(frozen=True)
class _Told:
    """What a chat was told last, and of which updates it need not be told again."""

    at: datetime
    newest: int


class Apologies:
    """Says sorry soon after trouble, unless the trouble is over by then."""

    def __init__(self, say: Say, clock: Clock, *, grace_s: float = _GRACE_S) -> None:
        self._say = say
        self._clock = clock
        self._grace_s = grace_s
        self._told: dict[str, _Told] = {}  # the chat told longest ago first
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._sending: set[asyncio.Task[None]] = set()

    @contextmanager
    def if_it_fails(self, incoming: Incoming | None, number: int) -> Iterator[None]:
        """Owe an apology when the database fails in this block; it raises on.

        Once a later block of the same chat ends well, nothing is owed any more. What
        is brought again keeps its number, and later ones of a chat have higher ones.
        """
        try:
            yield
        except _TROUBLE:
            if incoming:
                self._owe(incoming, number)
            raise
        if incoming:
            self._forgive(incoming.conversation_id)

    def _owe(self, incoming: Incoming, number: int) -> None:
        chat = incoming.conversation_id
        if chat in self._due or len(self._due) + len(self._sending) >= _MOST_AT_ONCE:
            return  # it is brought again, and owed then
        if self._is_new(chat, number):
            loop = asyncio.get_running_loop()
            self._due[chat] = loop.call_later(
                self._grace_s, self._begin, incoming, number
            )

    def _is_new(self, chat: str, number: int) -> bool:
        """Tell whether the chat should hear of this update.

        One that comes within ten minutes of an apology never gets its own.
        """
        told = self._told.get(chat)
        if told is None:
            return True
        if self._clock.now() - told.at < _NOT_AGAIN_FOR:
            self._told[chat] = _Told(told.at, max(told.newest, number))
            return False
        return number > told.newest

    def _forgive(self, chat: str) -> None:
        if due := self._due.pop(chat, None):
            due.cancel()

    def _begin(self, incoming: Incoming, number: int) -> None:
        self._forgive(incoming.conversation_id)
        self._remember(incoming.conversation_id, number)
        sending = asyncio.create_task(self._send(incoming, number))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def _remember(self, chat: str, number: int) -> None:
        self._told.pop(chat, None)
        self._told[chat] = _Told(self._clock.now(), number)
        if len(self._told) > _MOST_CHATS:
            del self._told[next(iter(self._told))]

    async def _send(self, incoming: Incoming, number: int) -> None:
        language: Language = "ar" if incoming.language == "ar" else "en"
        message = _sorry(words_in(language), tapped=incoming.kind is Kind.CHOICE)
        try:
            await self._say(incoming.conversation_id, message, f"sorry:{number}")
        except SendError as error:
            log.warning("not_apologised", update=number, why=error.why)
        except Exception:
            log.exception("not_apologised", update=number)
        else:
            log.info("apologised", update=number)


def _sorry(words: Words, *, tapped: bool) -> Outgoing:
    """Promise only what is kept: Telegram forgets a tap after 150 seconds."""
    promise = (
        words.say(
            "If I have not answered within a few minutes, please tap again a little "
            "later."
        )
        if tapped
        else words.say("Your message is not lost: I will answer as soon as I can.")
    )
    return Outgoing(
        "\n".join(
            (
                words.say("*Sorry, I cannot work right now.*"),
                promise,
                words.say(
                    "A code you have stays valid, and a payment you made is safe."
                ),
            )
        )
    )
