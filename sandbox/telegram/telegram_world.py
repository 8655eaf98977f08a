"""Everything the Telegram stand-in keeps in mind, in one place."""

import itertools
import time
from collections import deque
from dataclasses import asdict, dataclass

import httpx

from sandbox.telegram.account import Account
from sandbox.telegram.chats import Chat, Chats
from sandbox.telegram.files import Files
from sandbox.telegram.groups import BotStatus, Group, membership
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.phone import Message, Phone
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook
from sandbox.world import World

_CALLS_KEPT = 20_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a Bot API method, without its token."""

    method: str
    at: float
    """When it began, ms since the epoch, with fractions."""

    took_ms: float
    """The stand-in's own time, from the whole request read to the answer ready."""

    status: int
    """The HTTP status; 0 when a fault closed the connection without an answer."""

    error: str | None
    chat_id: int | str | None

    def as_json(self) -> JsonObject:
        """Return the call as the control API shows it."""
        return asdict(self)


class TelegramWorld:
    """Telegram's servers and its users' phones, for one bot."""

    def __init__(self, world: World) -> None:
        self.token = world.config.telegram_token
        self.clock = world.clock
        self.faults = world.faults
        self.account = Account(self.token)
        self._http = httpx.AsyncClient(
            trust_env=False, limits=httpx.Limits(max_connections=None)
        )
        self.files = Files(self._http)
        self.chats = Chats(world.clock, world.events, self.account.user)
        self.updates = Updates(world.clock)
        self.webhook = Webhook(world.clock, self.updates, self._http)
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.taps: dict[str, Phone] = {}
        """Who tapped, by the id of the callback query."""

        self._tap_ids = itertools.count(time.time_ns() // 1000)

    def reset(self) -> None:
        """Forget chats, files, updates and calls; what the bot set up stays."""
        self.files.clear()
        self.chats.clear()
        self.updates.clear()
        self.calls.clear()
        self.taps.clear()

    async def aclose(self) -> None:
        """Stop delivering and close all connections."""
        self.updates.end_polls()
        await self.webhook.remove()
        await self._http.aclose()

    def tell_message(self, chat: Chat, message: Message) -> None:
        """Let the bot know of a message a person sent, if it may."""
        if isinstance(chat, Group) and not chat.hears(message, self.account.user):
            return
        self.tell("message", self.chats.as_json(chat, message), chat.chat_id)

    def tell_tap(self, phone: Phone, chat: Chat, message: Message, data: str) -> str:
        """Let the bot know of a tap on a button; returns the callback query's id."""
        tap_id = str(next(self._tap_ids))
        self.taps[tap_id] = phone
        query = {
            "id": tap_id,
            "from": phone.user(),
            "message": self.chats.as_json(chat, message),
            "chat_instance": str(chat.chat_id),
            "data": data,
        }
        if not isinstance(chat, Group) or chat.has_bot:
            self.tell("callback_query", query, phone.chat_id)
        return tap_id

    def tell_membership(
        self, chat: Chat, by: JsonObject, before: BotStatus, after: BotStatus
    ) -> None:
        """Let the bot know that somebody changed its place in a chat."""
        bot = self.account.user
        change = {
            "chat": chat.chat(),
            "from": by,
            "date": self.clock.now_ms() // 1000,
            "old_chat_member": membership(before, bot),
            "new_chat_member": membership(after, bot),
        }
        self.tell("my_chat_member", change, chat.chat_id)

    def tell(self, kind: str, payload: JsonObject, lane: int) -> None:
        """Send an update on its way to the bot, behind those of the same number.

        As at Telegram, that is the chat's, but for taps the person's.
        """
        update = self.updates.add(kind, payload, lane)
        if update:
            self.webhook.bring(update.queue)
