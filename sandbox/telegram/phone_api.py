"""The control API of the phones: ``/sandbox/telegram/…``."""

from decimal import Decimal
from functools import partial
from typing import Annotated, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.api import Question, Refused, answer, read
from sandbox.phones import newer_messages, one_action, stored_file
from sandbox.telegram.chats import Phone
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.person import NotPossible, Person
from sandbox.telegram.screen import message_item, phone_state
from sandbox.telegram.telegram_world import TelegramWorld

_BASE = "/sandbox/telegram"
_FILES = f"{_BASE}/files"
_ACTIONS = (
    "text",
    "press",
    "location",
    "photo",
    "voice",
    "sticker",
    "contact",
    "block",
    "unblock",
)

Words = Annotated[str, Field(min_length=1)]


class Point(Question):
    """A place on the map."""

    latitude: Annotated[Decimal | int, Field(ge=-90, le=90)]
    longitude: Annotated[Decimal | int, Field(ge=-180, le=180)]

    def as_json(self) -> JsonObject:
        """Return the Bot API's Location."""
        return {"latitude": float(self.latitude), "longitude": float(self.longitude)}


class SharedContact(Question):
    """A contact from the phone's address book."""

    phone_number: Annotated[str, Field(min_length=1, max_length=32)]
    first_name: Annotated[str, Field(min_length=1, max_length=64)] = "Contact"


_MADE_UP_CONTACT = SharedContact(phone_number="+10000000000")


class Send(Question):
    """What a person does: one action, and settings that hold from then on."""

    text: Words | None = None
    press: Words | None = None
    location: Point | None = None
    photo: Literal[True] | Words | None = None
    """True, or a caption."""

    voice: Literal[True] | None = None
    sticker: Literal[True] | Words | None = None
    """True, or the sticker's emoji."""

    contact: Literal[True] | SharedContact | None = None
    """True for a made-up one, or what the address book says."""

    block: Literal[True] | None = None
    unblock: Literal[True] | None = None

    message_id: int | None = None
    """Press on this message only."""

    times: Annotated[int, Field(ge=1, le=100)] = 1
    """Tap so many times at once; the taps queue up as at Telegram."""

    language_code: (
        Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    first_name: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    def action(self) -> str | None:
        """Return the name of the one action; None if only settings change.

        Raises Refused when there is none, more than one, or an option without its tap.
        """
        return one_action(self, _ACTIONS, {("press", "location"): "press"})


class PhoneApi:
    """Answers the control API of the phones, and the log of Bot API calls."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the phones."""
        return [
            Route(_BASE, self.phones),
            Route(f"{_BASE}/calls", self.calls),
            Route(f"{_FILES}/{{file_id}}", self.file),
            Route(f"{_BASE}/{{phone}}/send", self.send, methods=["POST"]),
            Route(f"{_BASE}/{{phone}}/messages", self.messages),
            Route(f"{_BASE}/{{phone}}/state", self.state),
        ]

    async def phones(self, request: Request) -> Response:
        """List the phones, and tell about the bot and its webhook."""
        del request
        world = self._world
        phones = [phone_state(world, phone) for phone in world.chats.phones()]
        bot, webhook = world.account.me(), world.webhook.info()
        return answer({"phones": phones, "bot": bot, "webhook": webhook})

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
        self._set(phone, what)
        try:
            shown = self._act(Person(self._world, phone), what, action)
        except NotPossible as error:
            raise Refused(409, str(error)) from None
        return answer({"id": max(phone.messages, default=0), **shown})

    async def messages(self, request: Request) -> Response:
        """List what the person sees; deleted messages are gone from the list."""
        phone = self._known(request)
        shown = phone.messages.values() if phone else ()
        listed = newer_messages(request, shown, partial(message_item, files_url=_FILES))
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
                person.write(what.text or "")
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
                contact = contact or _MADE_UP_CONTACT
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
