"""The control API of the phones: ``/sandbox/telegram/…``."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.api import Refused, answer, read
from sandbox.phones import newer_messages, stored_file
from sandbox.telegram.groups import Group
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.person import NotPossible, Person
from sandbox.telegram.phone import Phone
from sandbox.telegram.phone_questions import MADE_UP_CONTACT, Send
from sandbox.telegram.screen import group_state, message_item, phone_state
from sandbox.telegram.telegram_world import TelegramWorld

_BASE = "/sandbox/telegram"
FILES = f"{_BASE}/files"
"""Where the files that stand in chats are fetched."""


class PhoneApi:
    """Answers the control API of the phones, and the log of Bot API calls."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the phones."""
        return [
            Route(_BASE, self.phones),
            Route(f"{_BASE}/calls", self.calls),
            Route(f"{FILES}/{{file_id}}", self.file),
            Route(f"{_BASE}/{{phone}}/send", self.send, methods=["POST"]),
            Route(f"{_BASE}/{{phone}}/messages", self.messages),
            Route(f"{_BASE}/{{phone}}/state", self.state),
        ]

    async def phones(self, request: Request) -> Response:
        """List the phones and groups, and tell about the bot and its webhook."""
        del request
        world = self._world
        known = {
            "phones": [phone_state(world, phone) for phone in world.chats.phones()],
            "groups": [group_state(group) for group in world.chats.groups()],
            "bot": world.account.me(),
            "webhook": world.webhook.info(),
        }
        return answer(known)

    async def calls(self, request: Request) -> Response:
        """List the Bot API calls, oldest first; `method` and `chat_id` narrow it."""
        wanted = {"method", "chat_id"} & request.query_params.keys()
        found = [
            call.as_json()
            for call in self._world.calls
            if all(
                str(getattr(call, name)) == request.query_params[name]
                for name in wanted
            )
        ]
        return answer({"calls": found})

    async def file(self, request: Request) -> Response:
        """Serve a file that stands in a chat; only pictures and PDFs open in the page.

        Anything else is saved: the page must not run what a bot sends.
        """
        stored = self._world.files.find(request.path_params["file_id"])
        if stored is None:
            raise Refused(404, "There is no such file.")
        shown = stored.kind == "photo" or stored.content_type == "application/pdf"
        return stored_file(
            stored.content, stored.name, stored.content_type, is_shown=shown
        )

    async def send(self, request: Request) -> Response:
        """Let the person act; `id` is the newest message then, to look *after* it."""
        name = request.path_params["phone"]
        what = await read(request, Send)
        action = what.action()
        try:
            phone = self._world.chats.phone(name)
        except ValueError as error:
            raise Refused(422, str(error)) from None
        group = self._group(what)
        self._set(phone, what)
        try:
            shown = self._act(Person(self._world, phone, group), what, action)
        except NotPossible as error:
            raise Refused(409, str(error)) from None
        return answer({"id": max((group or phone).messages, default=0), **shown})

    def _group(self, what: Send) -> Group | None:
        if what.group is None:
            return None
        group = self._world.chats.find_group(what.group)
        if group is None:
            raise Refused(404, "There is no such group.")
        return group

    async def messages(self, request: Request) -> Response:
        """List what the person sees; deleted messages are gone from the list."""
        phone = self._known(request)
        shown = phone.messages.values() if phone else ()
        listed = newer_messages(request, shown, partial(message_item, files_url=FILES))
        keyboard = phone.reply_keyboard() if phone else None
        return answer({**listed, "reply_keyboard": keyboard})

    async def state(self, request: Request) -> Response:
        """Tell what stands on the phone beside its messages."""
        phone = self._known(request)
        if phone is None:
            raise Refused(404, "This phone was never used.")
        return answer(phone_state(self._world, phone))

    def _known(self, request: Request) -> Phone | None:
        return self._world.chats.find(request.path_params["phone"])

    def _set(self, phone: Phone, what: Send) -> None:
        before = (phone.language_code, phone.first_name)
        phone.language_code = what.language_code or phone.language_code
        phone.first_name = what.first_name or phone.first_name
        if (phone.language_code, phone.first_name) != before:
            self._world.chats.changed(phone)

    def _act(self, person: Person, what: Send, action: str | None) -> JsonObject:
        location = what.location.as_json() if what.location else None
        match action:
            case "press":
                return self._press(person, what, location)
            case "text":
                person.write(what.text or "", what.reply_to)
            case "location" if location:
                person.share_location(location)
            case "photo":
                person.send_photo("" if what.photo is True else what.photo or "")
            case "voice":
                person.send_voice()
            case "sticker":
                person.send_sticker("👍" if what.sticker is True else str(what.sticker))
            case "contact":
                contact = what.contact if what.contact is not True else None
                contact = contact or MADE_UP_CONTACT
                person.send_contact(contact.phone_number, contact.first_name)
            case "block" | "unblock":
                person.block(blocked=action == "block")
        return {}

    @staticmethod
    def _press(person: Person, what: Send, location: JsonObject | None) -> JsonObject:
        shown: JsonObject = {}
        for _ in range(what.times):
            shown = person.press(what.press or "", what.message_id, location)
        return shown
