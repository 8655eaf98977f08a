"""The control API of the phones with WhatsApp: ``/sandbox/whatsapp/…``."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.api import Refused, answer, read
from sandbox.phones import newer_messages, stored_file
from sandbox.twilio.door import base_url
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.person import NotPossible, Person
from sandbox.twilio.phones import HOUR_MS, MINUTE_MS, Phone
from sandbox.twilio.questions import Send, SetWindow
from sandbox.twilio.screen import message_item, phone_state
from sandbox.twilio.twilio_world import TwilioWorld

_BASE = "/sandbox/whatsapp"
_FILES = f"{_BASE}/files"
_ATTACHED = {"voice": "audio", "sticker": "sticker", "contact": "contacts"}


class PhoneApi:
    """Answers the control API of the phones."""

    def __init__(self, world: TwilioWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the phones."""
        phone = f"{_BASE}/{{phone}}"
        return [
            Route(f"{_FILES}/{{medium}}", self.file),
            Route(f"{phone}/send", self.send, methods=["POST"]),
            Route(f"{phone}/messages", self.messages),
            Route(f"{phone}/state", self.state),
            Route(f"{phone}/window", self.set_window, methods=["POST"]),
        ]

    async def file(self, request: Request) -> Response:
        """Serve a medium that stands in a chat."""
        medium = self._world.media.find(request.path_params["medium"])
        if medium is None:
            raise Refused(404, "There is no such file.")
        shown = medium.is_picture or medium.content_type == "application/pdf"
        return stored_file(
            medium.content, medium.name, medium.content_type, is_shown=shown
        )

    async def send(self, request: Request) -> Response:
        """Let the person act; `id` is the newest message then, to look *after* it."""
        what = await read(request, Send)
        action = what.action()
        phone = self._phone(request)
        self._set(phone, what)
        try:
            person = Person(
                self._world,
                phone,
                base_url(request),
                ago_ms=int(what.minutes_ago * MINUTE_MS),
            )
            shown = await _act(person, what, action)
        except NotPossible as error:
            raise Refused(409, str(error)) from None
        return answer({"id": max(phone.chat, default=0), **shown})

    async def messages(self, request: Request) -> Response:
        """List what the person sees."""
        phone = self._world.phones.find(request.path_params["phone"])
        shown = phone.chat.values() if phone else ()
        listed = newer_messages(request, shown, partial(message_item, files_url=_FILES))
        return answer({**listed, "reply_keyboard": None})

    async def state(self, request: Request) -> Response:
        """Tell what stands on the phone beside its messages."""
        phone = self._world.phones.find(request.path_params["phone"])
        if phone is None:
            raise Refused(404, "This phone was never used.")
        return answer(phone_state(phone, self._world.clock.now_ms()))

    async def set_window(self, request: Request) -> Response:
        """Let the person's last message be so long ago."""
        phone, what = self._phone(request), await read(request, SetWindow)
        now = self._world.clock.now_ms()
        ago = what.hours_ago
        phone.last_inbound_at = None if ago is None else now - int(ago * HOUR_MS)
        return answer(phone_state(phone, now))

    def _phone(self, request: Request) -> Phone:
        try:
            return self._world.phones.phone(request.path_params["phone"])
        except ValueError as error:
            raise Refused(422, str(error)) from None

    def _set(self, phone: Phone, what: Send) -> None:
        phone.profile_name = what.profile_name or what.first_name or phone.profile_name
        if what.bsuid is not None:
            phone.bsuid = what.bsuid
        if what.number_hidden is not None:
            phone.number_hidden = what.number_hidden
        if what.on_whatsapp is not None:
            phone.on_whatsapp = what.on_whatsapp
        if phone.number_hidden and not phone.bsuid:
            phone.number_hidden = False
            raise Refused(422, "Who hides the number needs a bsuid.")


async def _act(person: Person, what: Send, action: str | None) -> JsonObject:
    match action:
        case "raw":
            return await person.send_raw(what.raw or {})
        case "replay":
            return await person.replay()
        case "forge" if what.forge:
            return await person.forge(what.forge, what.text or "hello")
        case "press":
            return _press(person, what)
        case "look":
            person.look()
        case "block" | "unblock":
            person.block(blocked=action == "block")
        case _:
            _say(person, what, action)
    return {}


def _press(person: Person, what: Send) -> JsonObject:
    shown: JsonObject = {}
    for _ in range(what.times):
        shown = person.press(what.press or "", what.message_id)
    return shown


def _say(person: Person, what: Send, action: str | None) -> None:
    match action:
        case "text":
            person.write(what.text or "")
        case "location" if what.location:
            person.share_location(what.location.place())
        case "photo":
            person.attach("image", "" if what.photo is True else what.photo or "")
        case "voice" | "sticker" | "contact":
            person.attach(_ATTACHED[action])
