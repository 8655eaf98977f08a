"""What a person does on their phone: writes, replies, taps, shares, blocks."""

import io
import re
from functools import cache

from PIL import Image

from sandbox.telegram.chats import Chat
from sandbox.telegram.entities import utf16_length
from sandbox.telegram.files import FileKind
from sandbox.telegram.groups import BotStatus, Group
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.parameters import Upload
from sandbox.telegram.phone import Message, Phone
from sandbox.telegram.telegram_world import TelegramWorld

_LONGEST_TEXT = 4096
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?(?!\S)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PICTURE_SIZE = (90, 120)
_STICKER_SIZE = (512, 512)
_VOICE = b"OggS the sound of a busy shop"
_BLOCKING: tuple[BotStatus, BotStatus] = ("member", "kicked")


class NotPossible(Exception):
    """The phone offers no such thing now; the text is one sentence."""


class Person:
    """One person with their phone in hand, alone with the bot or in a group."""

    def __init__(
        self, world: TelegramWorld, phone: Phone, group: Group | None = None
    ) -> None:
        self._world = world
        self._phone = phone
        self._chat: Chat = group or phone
        if group and phone.name not in group.members:
            raise NotPossible("The person is not a member of the group.")

    def write(self, text: str, reply_to: int | None = None) -> None:
        """Send text, perhaps in reply to a message.

        Control characters become spaces and commands are marked.
        """
        text = _CONTROL.sub(" ", text).strip()
        if not 1 <= utf16_length(text) <= _LONGEST_TEXT:
            raise NotPossible(f"A message has 1 to {_LONGEST_TEXT} characters.")
        entities = [
            {
                "type": "bot_command",
                "offset": utf16_length(text[: found.start()]),
                "length": utf16_length(found[0]),
            }
            for found in _COMMAND.finditer(text)
        ]
        content: JsonObject = {"text": text}
        if entities:
            content["entities"] = entities
        if reply_to is not None:
            content["reply_to_message"] = self._quoted(reply_to)
        self._send(content)

    def share_location(self, location: JsonObject) -> None:
        """Share a point, and remember it for the next button that asks for one."""
        self._phone.location = location
        self._send({"location": location})

    def send_photo(self, caption: str = "") -> None:
        """Send a picture."""
        described = self._file("photo", "image/png", _PICTURE_SIZE)
        content: JsonObject = {"photo": [described]}
        self._send({**content, "caption": caption} if caption else content)

    def send_voice(self) -> None:
        """Send three seconds of voice."""
        upload = Upload("voice.ogg", "audio/ogg", _VOICE)
        voice = self._world.files.keep("voice", upload)
        self._send({"voice": {**voice.described("mime_type"), "duration": 3}})

    def send_sticker(self, emoji: str) -> None:
        """Send a sticker."""
        described = self._file("sticker", "image/webp", _STICKER_SIZE)
        kind = {"type": "regular", "is_animated": False, "is_video": False}
        self._send({"sticker": {**described, **kind, "emoji": emoji}})

    def send_contact(self, phone_number: str, first_name: str) -> None:
        """Share a contact."""
        contact = {"phone_number": phone_number, "first_name": first_name}
        self._send({"contact": contact})

    def block(self, *, blocked: bool) -> None:
        """Block the bot, or let it write again; the bot is told of each change."""
        phone = self._phone
        if phone.blocked == blocked:
            return
        phone.blocked = blocked
        before, after = _BLOCKING if blocked else _BLOCKING[::-1]
        self._world.tell_membership(phone, phone.user(), before, after)
        self._world.chats.changed(phone)

    def press(
        self, label: str, message_id: int | None, location: JsonObject | None
    ) -> JsonObject:
        """Tap a button; returns what the app shows of it: data, url, or copied text."""
        self._must_not_block()
        message, button = self._button(label, message_id)
        if message.keyboard:
            self._press_reply_button(message, button, location)
            return {"message_id": message.id, "text": button["text"]}
        return {"message_id": message.id, **self._press_inline(message, button)}

    def _press_inline(self, message: Message, button: JsonObject) -> JsonObject:
        if "callback_data" in button:
            data = button["callback_data"]
            self._world.tell_tap(self._phone, self._chat, message, data)
            return {"data": data}
        if "url" in button:
            return {"url": button["url"]}
        if "copy_text" in button:
            return {"copied": button["copy_text"]["text"]}
        raise NotPossible(f'The sandbox cannot press "{button["text"]}".')

    def _press_reply_button(
        self, message: Message, button: JsonObject, location: JsonObject | None
    ) -> None:
        if button.get("request_location"):
            shared = location or self._phone.location
            if shared is None:
                raise NotPossible('Give a "location" beside "press": none was shared.')
            self.share_location(shared)
        elif button.get("request_contact"):
            self.send_contact(self._phone.name, self._phone.first_name)
        else:
            self.write(button["text"])
        if message.keyboard and message.keyboard.get("one_time_keyboard"):
            self._chat.keyboard_from = None

    def _button(self, label: str, message_id: int | None) -> tuple[Message, JsonObject]:
        shown = [
            (message, buttons_of(message, self._chat))
            for message in reversed(self._chat.messages.values())
            if message_id in (None, message.id)
        ]
        for message, buttons in shown:
            for fits in (_is_exactly, _begins_with):
                for button in buttons:
                    if fits(button, label):
                        return message, button
        known = [f'"{button["text"]}"' for _, buttons in shown for button in buttons]
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise NotPossible(f'There is no button "{label}" now; {there}.')

    def _send(self, content: JsonObject) -> None:
        self._must_not_block()
        if self._chat is self._phone:
            self._phone.wrote = True
        message = self._world.chats.add(self._chat, self._phone, content)
        self._world.tell_message(self._chat, message)

    def _quoted(self, message_id: int) -> JsonObject:
        message = self._chat.messages.get(message_id)
        if message is None:
            raise NotPossible("The message to reply to is not in the chat.")
        return self._world.chats.quoted(self._chat, message)

    def _must_not_block(self) -> None:
        if self._chat is self._phone and self._phone.blocked:
            raise NotPossible("The person has blocked the bot; unblock it first.")

    def _file(
        self, kind: FileKind, media_type: str, size: tuple[int, int]
    ) -> JsonObject:
        upload = Upload(kind, media_type, _picture(media_type, size))
        return self._world.files.keep(kind, upload, size).described("width", "height")


def buttons_of(message: Message, chat: Chat) -> list[JsonObject]:
    """Return the buttons a message offers, its reply keyboard's if that is shown."""
    found = list((message.markup or {}).get("inline_keyboard", []))
    if message.keyboard and message.id == chat.keyboard_from:
        found += message.keyboard.get("keyboard", [])
    return [button for row in found for button in row]


def _is_exactly(button: JsonObject, label: str) -> bool:
    return label in (button["text"], button.get("callback_data"))


def _begins_with(button: JsonObject, label: str) -> bool:
    return str(button["text"]).startswith(label)


@cache
def _picture(media_type: str, size: tuple[int, int]) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, media_type.partition("/")[2])
    return content.getvalue()
