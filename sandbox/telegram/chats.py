"""The chats between people and the bot: phones, groups, and the messages in them."""

import hashlib
import itertools
import math
import time
from typing import TypeAlias

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.telegram.errors import bad_request, forbidden, too_many_requests
from sandbox.telegram.groups import MINUTE_MS, Group
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.phone import Message, Phone

Chat: TypeAlias = Phone | Group
"""A person alone with the bot, or a group."""

_HIGHEST_ID = 2**52
_FIRST_MADE_UP_ID = 2**51
_LONGEST_NAME = 64
_EPOCH_2026 = 1_767_225_600


class Chats:
    """All chats; ids of messages rise over all of them and differ from run to run."""

    def __init__(self, clock: Clock, events: Events, bot: JsonObject) -> None:
        self._clock = clock
        self._events = events
        self._bot = bot
        self._phones: dict[str, Phone] = {}
        self._by_chat: dict[int, Phone] = {}
        self._groups: dict[int, Group] = {}
        self._versions = itertools.count(1)
        self._ids = itertools.count(int(time.time()) - _EPOCH_2026)

    def clear(self) -> None:
        """Forget all phones and groups."""
        self._phones.clear()
        self._by_chat.clear()
        self._groups.clear()

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

    def groups(self) -> list[Group]:
        """Return all groups, the oldest first."""
        return list(self._groups.values())

    def find_group(self, chat_id: int) -> Group | None:
        """Return the group of this number, if there is one."""
        return self._groups.get(chat_id)

    def group(self, chat_id: int) -> Group:
        """Return the group of this number, a new one the first time.

        Raises ValueError, one sentence, for a number that cannot be a group's.
        """
        if not -_HIGHEST_ID < chat_id < 0:
            raise ValueError("A group's number is below zero, of at most 52 bits.")
        return self._groups.setdefault(chat_id, Group(chat_id=chat_id))

    def reachable(self, chat_id: int | str) -> Chat:
        """Return a chat the bot may do something in; refuse where it may not.

        That is with strangers, with who has blocked it, and in a group without it.
        """
        number = chat_id if isinstance(chat_id, int) else 0
        if group := self._groups.get(number):
            if refusal := group.refusal():
                raise refusal
            return group
        phone = self._by_chat.get(number)
        if phone is None or not phone.wrote:
            raise bad_request("chat not found")
        if phone.blocked:
            raise forbidden("bot was blocked by the user")
        return phone

    def writable(self, chat_id: int | str, count: int = 1) -> Chat:
        """Return a chat that takes so many more messages now; a group soon does not.

        A fast clock makes a group's minute shorter too.
        """
        chat = self.reachable(chat_id)
        if isinstance(chat, Group):
            minute_ms = self._clock.shortened(MINUTE_MS)
            pause_ms = chat.pause_ms(count, self._clock.now_ms(), minute_ms)
            if pause_ms:
                raise too_many_requests(math.ceil(pause_ms / 1000))
        return chat

    def add(
        self,
        chat: Chat,
        author: Phone | None,
        content: JsonObject,
        markup: JsonObject | None = None,
    ) -> Message:
        """Put a new message into the chat, with its inline or reply keyboard."""
        inline = markup if markup and "inline_keyboard" in markup else None
        message = Message(
            id=next(self._ids),
            author=author,
            at=self._clock.now_ms(),
            content=content,
            markup=inline if inline and inline["inline_keyboard"] else None,
            keyboard=markup if markup and inline is None else None,
            version=next(self._versions),
        )
        chat.messages[message.id] = message
        if message.keyboard:
            shown = "keyboard" in message.keyboard
            chat.keyboard_from = message.id if shown else None
        if isinstance(chat, Group) and author is None:
            chat.sent(message.at)
        self.changed(chat)
        return message

    def edit(
        self,
        chat: Chat,
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
        self.changed(chat)

    def remove(self, chat: Chat, message: Message) -> None:
        """Take a message out of the chat."""
        del chat.messages[message.id]
        self.changed(chat)

    def changed(self, chat: Chat) -> None:
        """Tell the page to look at this chat again."""
        if isinstance(chat, Group):
            self._events.publish("chat", group=str(chat.chat_id))
        else:
            self._events.publish("chat", phone=chat.name)

    def quoted(self, chat: Chat, message: Message) -> JsonObject:
        """Return a message as it stands in a reply to it: without what it replies to.

        That is the Bot API's reply_to_message.
        """
        found = self.as_json(chat, message)
        found.pop("reply_to_message", None)
        return found

    def as_json(self, chat: Chat, message: Message) -> JsonObject:
        """Return a message as the Bot API's Message."""
        found: JsonObject = {
            "message_id": message.id,
            "from": message.author.user() if message.author else self._bot,
            "chat": chat.chat(),
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
