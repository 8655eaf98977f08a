"""What a person does on their phone: writes, taps, shares, blocks, and forges."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from sandbox.twilio.inbound import changed, form_of, of_medium, of_place, of_press
from sandbox.twilio.json_types import Form, JsonObject
from sandbox.twilio.media import Medium, picture
from sandbox.twilio.messages import API_VERSION, Message
from sandbox.twilio.phones import CHANNEL, Button, Phone, Place, Shown, Sight
from sandbox.twilio.posts import Post
from sandbox.twilio.twilio_world import TwilioWorld

Forgery: TypeAlias = Literal["signature", "url", "account", "sender", "unsigned"]
"""What is wrong with a form: its signature, the address it was signed for, whose
account or which sender it names; or it is not signed at all."""

_LONGEST_TEXT = 4096
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_OTHER_ACCOUNT = "AC00000000000000000000000000000bad"
_OTHER_SENDER = f"{CHANNEL}+971500000999"
_ATTACHED = {
    "image": ("photo.png", "image/png"),
    "audio": ("voice.ogg", "audio/ogg"),
    "sticker": ("sticker.webp", "image/webp"),
    "contacts": ("contact.vcf", "text/vcard"),
}
_CONTENTS = {
    "audio": b"OggS the sound of a busy shop",
    "contacts": b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Contact\r\nEND:VCARD\r\n",
}


class NotPossible(Exception):
    """The phone offers no such thing now; the text is one sentence."""


class Person:
    """One person with their phone in hand; `base_url` is where media are fetched.

    What the person sends is of so long ago: as if it had been under way since.
    """

    def __init__(
        self, world: TwilioWorld, phone: Phone, base_url: str, *, ago_ms: int = 0
    ) -> None:
        self._world = world
        self._phone = phone
        self._base_url = base_url
        self._ago_ms = ago_ms

    def write(self, text: str) -> None:
        """Send text; control characters become spaces."""
        text = _CONTROL.sub(" ", text).strip()
        if not 1 <= len(text) <= _LONGEST_TEXT:
            raise NotPossible(f"A message has 1 to {_LONGEST_TEXT} characters.")
        self._send("text", Sight(text=text))

    def share_location(self, place: Place) -> None:
        """Share a point."""
        self._send("location", Sight(place=place), of_place(place))

    def attach(self, kind: str, caption: str = "") -> None:
        """Send a medium: an image, audio, a sticker or contacts."""
        name, content_type = _ATTACHED[kind]
        content = _CONTENTS.get(kind) or picture(content_type)
        medium = self._world.media.keep(name, content_type, content)
        self._send(kind, Sight(text=caption, medium=medium))

    def press(self, label: str, message_id: int | None) -> JsonObject:
        """Tap a button or an item of a list; returns what the app shows of it."""
        self._must_not_block()
        shown, button = self._button(label, message_id)
        if button.url:
            return {"message_id": shown.id, "url": button.url}
        kind = "interactive" if button.in_list or not shown.sight.template else "button"
        answer = of_press(button, shown.message)
        self._send(kind, Sight(text=button.text), answer)
        return {"message_id": shown.id, "data": button.data}

    def block(self, *, blocked: bool) -> None:
        """Block the bot, or let it write again; nobody is told."""
        self._phone.blocked = blocked
        self._world.phones.changed(self._phone)

    def look(self) -> None:
        """Read all that has arrived."""
        self._world.posts.begin(self._world.delivery.look(self._phone))

    async def send_raw(self, changes: Mapping[str, str | None]) -> JsonObject:
        """Send a signed form of one's own making; returns what the product said."""
        form = changed(self._text_form(""), changes)
        self._wrote()
        return await self._answered(form)

    async def replay(self) -> JsonObject:
        """Send the last form once more, signed as it was."""
        if self._phone.last_form is None:
            raise NotPossible("There is nothing to send again.")
        return await self._answered(self._phone.last_form)

    async def forge(self, what: Forgery, text: str) -> JsonObject:
        """Send a text with something wrong about it."""
        form = self._text_form(text)
        url, signer = self._world.webhook_url, self._world.signer
        match what:
            case "signature":
                signer = replace(signer, secret=secrets.token_hex(16))
                return await self._answered(form, signer.headers(url, form))
            case "url":
                return await self._answered(form, signer.headers(f"{url}/x", form))
            case "unsigned":
                return await self._answered(form, {})
            case "account":
                return await self._answered(form | {"AccountSid": _OTHER_ACCOUNT})
            case "sender":
                return await self._answered(form | {"To": _OTHER_SENDER})

    def _text_form(self, text: str) -> Form:
        """Write the form of a text that does not stand in Twilio's book."""
        messages = self._world.messages
        to = CHANNEL + self._world.sender
        message = messages.add("inbound", sender=self._phone.name, to=to, body=text)
        messages.forget(message)
        return form_of(self._world.account, self._phone, message, "text")

    def _send(self, kind: str, sight: Sight, fields: Form | None = None) -> None:
        self._must_not_block()
        world, phone = self._world, self._phone
        message = world.messages.add(
            "inbound",
            sender=phone.name,
            to=CHANNEL + world.sender,
            body=sight.text,
            media=1 if sight.medium else 0,
        )
        world.messages.put_back(message, self._ago_ms)
        self._wrote()
        world.phones.show(phone, "user", message, sight)
        form = form_of(world.account, phone, message, kind) | (fields or {})
        if sight.medium:
            form |= self._medium_fields(message, sight.medium)
        phone.last_form = form
        if world.webhook_url:
            world.posts.begin(self._post(form))

    def _medium_fields(self, message: Message, medium: Medium) -> Form:
        path = f"/{API_VERSION}/Accounts/{self._world.account}/Messages/{message.sid}"
        url = f"{self._base_url}{path}/Media/{medium.id}"
        return of_medium(url, medium.content_type)

    def _wrote(self) -> None:
        at = self._world.clock.now_ms() - self._ago_ms
        self._phone.last_inbound_at = max(at, self._phone.last_inbound_at or at)

    async def _answered(
        self, form: Form, headers: dict[str, str] | None = None
    ) -> JsonObject:
        if not self._world.webhook_url:
            raise NotPossible("There is no webhook; POST /sandbox/whatsapp sets it.")
        post = await self._post(form, headers)
        sid = form.get("MessageSid")
        return {"status": post.status, "error": post.error, "sid": sid}

    async def _post(self, form: Form, headers: dict[str, str] | None = None) -> Post:
        address = self._world.webhook_url
        if headers is None:
            headers = self._world.signer.headers(address.partition("#")[0], form)
        return await self._world.posts.post("message", address, form, headers)

    def _button(self, label: str, message_id: int | None) -> tuple[Shown, Button]:
        shown = [
            each
            for each in reversed(self._phone.chat.values())
            if message_id in (None, each.id)
        ]
        for message in shown:
            for fits in (_is_exactly, _begins_with):
                for button in message.sight.buttons:
                    if fits(button, label):
                        return message, button
        known = [f'"{button.text}"' for each in shown for button in each.sight.buttons]
        there = f"there are {', '.join(known)}" if known else "there is none"
        raise NotPossible(f'There is no button "{label}" now; {there}.')

    def _must_not_block(self) -> None:
        if self._phone.blocked:
            raise NotPossible("The person has blocked the bot; unblock it first.")


def _is_exactly(button: Button, label: str) -> bool:
    return label in (button.text, button.data)


def _begins_with(button: Button, label: str) -> bool:
    return button.text.startswith(label)
