"""What the control API of the phones is asked to do."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.api import Question, Refused
from sandbox.phones import Act, OnTheMap, Words, one_action
from sandbox.telegram.json_types import JsonObject

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
_ALONE = {"block", "unblock"}


class Point(OnTheMap):
    """A place as Telegram's phones share it."""

    def as_json(self) -> JsonObject:
        """Return the Bot API's Location."""
        return {"latitude": float(self.latitude), "longitude": float(self.longitude)}


class SharedContact(Question):
    """A contact from the phone's address book."""

    phone_number: Annotated[str, Field(min_length=1, max_length=32)]
    first_name: Annotated[str, Field(min_length=1, max_length=64)] = "Contact"


MADE_UP_CONTACT = SharedContact(phone_number="+10000000000")
"""Who is sent when a person shares any contact."""


class Send(Act):
    """What a person does: one action, and settings that hold from then on."""

    location: Point | None = None
    sticker: Literal[True] | Words | None = None
    """True, or the sticker's emoji."""

    contact: Literal[True] | SharedContact | None = None
    """True for a made-up one, or what the address book says."""

    group: int | None = None
    """Do it in this group instead of alone with the bot."""

    reply_to: int | None = None
    """Write the text in reply to this message."""

    language_code: (
        Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    first_name: Annotated[str, Field(min_length=1, max_length=64)] | None = None

    def action(self) -> str | None:
        """Return the name of the one action; None if only settings change.

        Raises Refused when there is none, more than one, or an option without what it
        goes with.
        """
        action = one_action(self, _ACTIONS, {("press", "location"): "press"})
        if self.reply_to is not None and action != "text":
            raise Refused(422, "reply_to goes with text only.")
        if self.group is not None and action in _ALONE:
            raise Refused(422, f"A person can {action} the bot alone with it only.")
        return action
