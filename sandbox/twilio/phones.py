"""The phones with WhatsApp on them, and what stands in the chat with the bot."""

import asyncio
import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.twilio.json_types import Form
from sandbox.twilio.media import Medium
from sandbox.twilio.messages import Message

CHANNEL = "whatsapp:"
MINUTE_MS = 60 * 1000
HOUR_MS = 60 * MINUTE_MS
WINDOW_MS = 24 * HOUR_MS

Sender: TypeAlias = Literal["bot", "user"]

E164 = re.compile(r"\+[1-9]\d{6,14}")
BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_EPOCH_2026 = 1_767_225_600


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something to tap: a quick reply, a list's item, or a link."""

    text: str
    data: str | None = None
    """What it brings back."""

    description: str = ""
    """The second line of a list's item."""

    url: str | None = None
    in_list: bool = False
    """Whether it stands in a list that must be opened first."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point on the map, perhaps with a name and an address."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What there is to see of a message."""

    text: str = ""
    """With WhatsApp's own marks: *bold*, _italic_."""

    medium: Medium | None = None
    place: Place | None = None
    buttons: tuple[Button, ...] = ()
    opens: str = ""
    """What the button says that opens the list of them."""

    template: str | None = None
    """The name of the content it was made of."""

    content_sid: str | None = None


@dataclass(kw_only=True)
class Shown:
    """A message as it stands on a phone."""

    id: int
    sender: Sender
    at: int
    """When it arrived, ms since the epoch."""

    sight: Sight
    message: Message
    version: int
    """Rises with everything visible that happens on any phone."""


@dataclass(kw_only=True)
class Phone:
    """A person with a number, and what stands on their phone."""

    number: str
    """E.164; it names the phone in the control API."""

    profile_name: str = "Payer"
    bsuid: str = ""
    """The business-scoped id, if the person has one: AE.1234."""

    number_hidden: bool = False
    """Whether the bot gets to see the business-scoped id only."""

    on_whatsapp: bool = True
    blocked: bool = False
    last_inbound_at: int | None = None
    """When the person wrote last, ms since the epoch; None: never."""

    last_form: Form | None = None
    """What told the bot of the person's last message."""

    chat: dict[int, Shown] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Messages arrive one after the other."""

    @property
    def name(self) -> str:
        """The person's address: as Twilio names who wrote."""
        return CHANNEL + (self.bsuid if self.number_hidden else self.number)

    def window_is_open(self, now: int) -> bool:
        """Tell whether more than templates may be sent now."""
        last = self.last_inbound_at
        return last is not None and now - last < WINDOW_MS


class Phones:
    """All phones; ids of messages rise over all chats and differ from run to run."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events
        self._phones: dict[str, Phone] = {}
        self._versions = itertools.count(1)
        self._ids = itertools.count(int(time.time()) - _EPOCH_2026)

    def clear(self) -> None:
        """Forget all phones."""
        self._phones.clear()

    def all(self) -> list[Phone]:
        """Return all phones, the oldest first."""
        return list(self._phones.values())

    def find(self, number: str) -> Phone | None:
        """Return the phone of this number, if it was ever used."""
        return self._phones.get(number)

    def phone(self, number: str) -> Phone:
        """Return the phone of this number, a new one the first time.

        Raises ValueError, one sentence, for what is no number.
        """
        if number not in self._phones:
            if not E164.fullmatch(number):
                raise ValueError(f"A phone is named by its E.164 number, not {number}.")
            self._phones[number] = Phone(number=number)
            self.changed(self._phones[number])
        return self._phones[number]

    def at(self, address: str) -> Phone | None:
        """Return the phone a message to this address goes to; None: nobody's.

        Every number is somebody's; a business-scoped id only if a phone has it.
        """
        identity = address.removeprefix(CHANNEL)
        if E164.fullmatch(identity):
            return self.phone(identity)
        return next((each for each in self.all() if each.bsuid == identity), None)

    def show(
        self, phone: Phone, sender: Sender, message: Message, sight: Sight
    ) -> Shown:
        """Put a message on a phone."""
        shown = Shown(
            id=next(self._ids),
            sender=sender,
            at=self._clock.now_ms(),
            sight=sight,
            message=message,
            version=next(self._versions),
        )
        phone.chat[shown.id] = shown
        self.changed(phone)
        return shown

    def touch(self, phone: Phone, shown: Shown) -> None:
        """Let whoever looks see a message anew: its ticks have changed."""
        shown.version = next(self._versions)
        self.changed(phone)

    def changed(self, phone: Phone) -> None:
        """Tell the page to look at this phone again."""
        self._events.publish("chat", phone=phone.number)
