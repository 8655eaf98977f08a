"""The chats between people and the bot: phones, and the messages on them."""

import hashlib
import itertools
import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.json_types import JsonObject

Sender: TypeAlias = Literal["bot", "user"]

_HIGHEST_ID = 2**52
_FIRST_MADE_UP_ID = 2**51
_LONGEST_NAME = 64
_EPOCH_2026 = 1_767_225_600


@dataclass(kw_only=True)
class Message:
    """One message as both sides see it."""

    id: int
    sender: Sender
    at: int
    """When it was sent, ms since the epoch."""

    content: JsonObject
    """What it says, in the Bot API's own fields: text, entities, photo, venue …"""

    markup: JsonObject | None = None
    """The inline keyboard under it."""

    keyboard: JsonObject | None = None
    """The reply keyboard that came with it, or the order to remove one."""

    edited_at: int | None = None
    version: int
    """Rises with everything visible that happens on any phone."""


@dataclass(kw_only=True)
class Answer:
    """What the bot answered to the last tap on a button."""

    text: str
    show_alert: bool
    at: int


@dataclass(kw_only=True)
class Phone:
    """A person, and what stands on their phone in the chat with the bot."""

    name: str
    """The id a test made up; it names the phone in the control API."""

    chat_id: int
    first_name: str = "Payer"
    language_code: str = "en"
    blocked: bool = False
    wrote: bool = False
    """Whether the bot may write: not before the person did."""

    messages: dict[int, Message] = field(default_factory=dict)
    keyboard_from: int | None = None
    """The message whose reply keyboard is shown now."""

    location: JsonObject | None = None
    """The location shared last."""

    pinned: int | None = None
    last_answer: Answer | None = None

    def user(self) -> JsonObject:
        """Return the person as the Bot API's User."""
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }

    def chat(self) -> JsonObject:
        """Return the chat as the Bot API's Chat."""
        return {"id": self.chat_id, "first_name": self.first_name, "type": "private"}

    def reply_keyboard(self) -> JsonObject | None:
        """Return the reply keyboard shown now, in the Bot API's fields."""
        shown = self.messages.get(self.keyboard_from or 0)
        return shown.keyboard if shown else None


class Chats:
    """All phones; ids of messages rise over all chats and differ from run to run."""

    def __init__(self, clock: Clock, events: Events, bot: JsonObject) -> None:
        self._clock = clock
        self._events = events
        self._bot = bot
        self._phones: dict[str, Phone] = {}
        self._by_chat: dict[int, Phone] = {}
        self._versions = itertools.count(1)
        self._ids = itertools.count(int(time.time()) - _EPOCH_2026)

    def clear(self) -> None:
        """Forget all phones."""
        self._phones.clear()
        self._by_chat.clear()

    def phones(self) -> list[Phone]:
        """Return all phones, the oldest first."""
        return list(self._phones.values())

    def find(self, name: str) -> Phone | None:
        """Return the phone of this name, if it was ever used."""
        return self._phones.get(name)

    def phone(self, name: str) -> Phone:
        """Return the phone of this name, a new one the first time."""
        if name not in self._phones:
            phone = Phone(name=name, chat_id=chat_id_of(name))
            self._phones[name] = self._by_chat[phone.chat_id] = phone
            self.changed(phone)
        return self._phones[name]

    def reachable(self, chat_id: int | str) -> Phone:
        """Return a phone the bot may write to; refuse strangers and who blocked it."""
        phone = self._by_chat.get(chat_id) if isinstance(chat_id, int) else None
        if phone is None or not phone.wrote:
            raise bad_request("chat not found")
        if phone.blocked:
            raise forbidden("bot was blocked by the user")
        return phone

    def add(
        self,
        phone: Phone,
        sender: Sender,
        content: JsonObject,
        markup: JsonObject | None = None,
    ) -> Message:
        """Put a new message on the phone, with its inline or reply keyboard."""
        inline = markup if markup and "inline_keyboard" in markup else None
        message = Message(
            id=next(self._ids),
            sender=sender,
            at=self._clock.now_ms(),
            content=content,
            markup=inline if inline and inline["inline_keyboard"] else None,
            keyboard=markup if markup and inline is None else None,
            version=next(self._versions),
        )
        phone.messages[message.id] = message
        if message.keyboard:
            shown = "keyboard" in message.keyboard
            phone.keyboard_from = message.id if shown else None
        self.changed(phone)
        return message

    def edit(
        self,
        phone: Phone,
        message: Message,
        content: JsonObject,
        markup: JsonObject | None,
    ) -> None:
        """Change a message; refuse when nothing would change."""
        markup = markup if markup and markup["inline_keyboard"] else None
        if (content, markup) == (message.content, message.markup):
            raise bad_request(
                "message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup "
                "of the message"
            )
        message.content, message.markup = content, markup
        message.edited_at = self._clock.now_ms()
        message.version = next(self._versions)
        self.changed(phone)

    def remove(self, phone: Phone, message: Message) -> None:
        """Take a message off the phone."""
        del phone.messages[message.id]
        self.changed(phone)

    def changed(self, phone: Phone) -> None:
        """Tell the page to look at this phone again."""
        self._events.publish("chat", phone=phone.name)

    def as_json(self, phone: Phone, message: Message) -> JsonObject:
        """Return a message as the Bot API's Message."""
        found: JsonObject = {
            "message_id": message.id,
            "from": self._bot if message.sender == "bot" else phone.user(),
            "chat": phone.chat(),
            "date": message.at // 1000,
            **message.content,
        }
        if message.edited_at is not None:
            found["edit_date"] = message.edited_at // 1000
        if message.markup:
            found["reply_markup"] = message.markup
        return found


def chat_id_of(name: str) -> int:
    """Return the chat id of a phone: its own number, else a stable made-up one.

    Made-up ids lie from 2**51 up; like Telegram's they have at most 52 bits. Raises
    ValueError, one sentence, for a name that cannot be a phone's.
    """
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise ValueError(f"A phone's id has 1 to {_LONGEST_NAME} characters.")
    if name.isdecimal() and name.isascii() and not name.startswith("0"):
        if int(name) >= _HIGHEST_ID:
            raise ValueError("A phone's number is a chat id of at most 52 bits.")
        return int(name)
    digest = hashlib.sha256(name.encode()).digest()
    return _FIRST_MADE_UP_ID + int.from_bytes(digest[:8]) % _FIRST_MADE_UP_ID
