"""Delivery: what becomes of a message after Twilio has accepted it."""

from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.twilio.content_types import Rendered, rendered
from sandbox.twilio.contents import Content
from sandbox.twilio.errors import Undeliverable
from sandbox.twilio.letters import Letter
from sandbox.twilio.media import Media
from sandbox.twilio.messages import Message, Messages
from sandbox.twilio.phones import Phone, Phones, Sight
from sandbox.twilio.statuses import Statuses

BLOCKED = 63014

_BY_STATUS = {"rejected": 63040, "paused": 63041, "disabled": 63042}


def written(letter: Letter, now: int) -> Rendered:
    """Return what a letter says, its content's values put in."""
    content = letter.content
    if content is None:
        return Rendered(
            text=letter.body, media_url=letter.media_url, place=letter.place
        )
    approved = content.status(now) == "approved"
    return rendered(content.kind, content.fields, letter.values, approved=approved)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Brings messages to the phones, in order for each, and tells their status."""

    clock: Clock
    messages: Messages
    phones: Phones
    media: Media
    statuses: Statuses

    async def bring(
        self, message: Message, letter: Letter, code: int | None = None
    ) -> None:
        """Deliver a message; a `code` makes it fail with that."""
        try:
            await self._arrive(message, letter, code)
        except Undeliverable as error:
            end = "undelivered" if error.code == BLOCKED else "failed"
            await self._move(message, end, error.code)

    async def _arrive(self, message: Message, letter: Letter, code: int | None) -> None:
        phone = self.phones.at(letter.to)
        if code or phone is None:
            raise Undeliverable(code or 63003)
        async with phone.turn:
            sight = await self._sight(phone, letter)
            shown = (
                None
                if phone.blocked
                else self.phones.show(phone, "bot", message, sight)
            )
        await self._move(message, "sent")
        if shown is None:
            raise Undeliverable(BLOCKED)
        await self._move(message, "delivered")
        self.phones.touch(phone, shown)

    async def look(self, phone: Phone) -> None:
        """Let the person read all that has arrived."""
        for shown in list(phone.chat.values()):
            if shown.message.status == "delivered":
                self.phones.touch(phone, shown)
                await self._move(shown.message, "read")

    async def _move(
        self, message: Message, status: str, code: int | None = None
    ) -> None:
        self.messages.move(message, status, code)
        await self.statuses.tell(message)

    async def _sight(self, phone: Phone, letter: Letter) -> Sight:
        """Make what the phone will show; raises Undeliverable."""
        if not phone.on_whatsapp:
            raise Undeliverable(63024)
        now = self.clock.now_ms()
        content = letter.content
        _check_window(phone, content, now)
        what = written(letter, now)
        if not what.fits:
            raise Undeliverable(63021)
        medium = await self.media.fetch(what.media_url) if what.media_url else None
        return Sight(
            text=what.text,
            medium=medium,
            place=what.place,
            buttons=what.buttons,
            opens=what.opens,
            template=content.friendly_name if content else None,
            content_sid=content.sid if content else None,
        )


def _check_window(phone: Phone, content: Content | None, now: int) -> None:
    """Raise Undeliverable when this may not be sent to the person now."""
    status = content.status(now) if content else "unsubmitted"
    if status in {"paused", "disabled"}:
        raise Undeliverable(_BY_STATUS[status])
    if phone.window_is_open(now) or (content and content.may_open(now)):
        return
    raise Undeliverable(_BY_STATUS.get(status, 63016))
