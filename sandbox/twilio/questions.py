"""What the control API of the WhatsApp phones is asked."""

from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from sandbox.api import Question
from sandbox.phones import Act, OnTheMap, Words, one_action
from sandbox.twilio.approvals import Status
from sandbox.twilio.person import Forgery
from sandbox.twilio.phones import BSUID, Place
from sandbox.twilio.signing import Algorithm

_ACTIONS = (
    "text",
    "press",
    "location",
    "photo",
    "voice",
    "sticker",
    "contact",
    "look",
    "block",
    "unblock",
    "raw",
    "replay",
    "forge",
)

Name = Annotated[str, Field(min_length=1, max_length=64)]


class Point(OnTheMap):
    """A place as WhatsApp's phones share it."""

    label: str = ""
    address: str = ""

    def place(self) -> Place:
        """Return it as the phone shares it."""
        return Place(
            latitude=float(self.latitude),
            longitude=float(self.longitude),
            title=self.label,
            address=self.address,
        )


class Send(Act):
    """What a person does: one action, and settings that hold from then on."""

    location: Point | None = None
    sticker: Literal[True] | None = None
    contact: Literal[True] | None = None
    look: Literal[True] | None = None
    raw: dict[str, str | None] | None = None
    """Fields of a form of one's own, over those of a text; None leaves one out."""

    replay: Literal[True] | None = None
    forge: Forgery | None = None
    """Goes with a text, or without."""

    minutes_ago: Annotated[Decimal | int, Field(ge=0, le=600_000)] = 0
    """So long ago Twilio got what is sent now: as if it had been on its way since."""

    profile_name: Name | None = None
    first_name: Name | None = None
    """The same as the profile's name: as Telegram's phones call it."""

    language_code: str | None = None
    """WhatsApp tells no language; taken so that one script serves both channels."""

    bsuid: str | None = None
    number_hidden: bool | None = None
    on_whatsapp: bool | None = None

    @field_validator("bsuid")
    @classmethod
    def _is_bsuid(cls, value: str | None) -> str | None:
        if value and not BSUID.fullmatch(value):
            raise ValueError("it is a country, a dot and an id: AE.1234")
        return value

    def action(self) -> str | None:
        """Return the name of the one action; None if only settings change.

        Raises Refused when there is none, more than one, or an option without its tap.
        """
        return one_action(self, _ACTIONS, {("text", "forge"): "forge"})


class SetUp(Question):
    """What Twilio's console sets: where inbound messages go, how they are signed."""

    webhook_url: str | None = None
    """An empty one ends the deliveries."""

    signature: Algorithm | None = None
    key: Words | None = None
    """The secret to sign with; unless given, the account's auth token."""

    @field_validator("webhook_url")
    @classmethod
    def _is_url(cls, value: str | None) -> str | None:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("it is an http or https address")
        return value


class SetWindow(Question):
    """How long ago the person wrote last."""

    hours_ago: Annotated[Decimal | int, Field(ge=0, le=10_000)] | None
    """None: the person never wrote."""


class Decide(Question):
    """What becomes of a template."""

    status: Status
    reason: str = ""
