"""What goes in and out of a chat, in no channel's terms.

Plain frozen values: a durable job can keep them as JSON, and a channel turns them
into its own calls.

Bold text is marked with two private-use characters instead of signs that people
type. `Words.say` sets them from the `*…*` of our own sentences *before* values are
put in, and takes them out of every value, so no account name or order number can
open, close or break a bold span. A channel reads the text with `runs`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, TypeAlias

BOLD_ON = "\ue000"
BOLD_OFF = "\ue001"
CHOICE_ID_BYTES = 60  # Telegram allows 64


@dataclass(frozen=True)
class Run:
    """A stretch of text in one weight."""

    text: str
    bold: bool


def runs(text: str) -> Iterator[Run]:
    """Split marked text into its runs, in order, none empty."""
    for index, part in enumerate(text.split(BOLD_ON)):
        bold, _, rest = part.partition(BOLD_OFF) if index else ("", "", part)
        if bold:
            yield Run(bold, bold=True)
        if rest:
            yield Run(rest, bold=False)


def plain(text: str) -> str:
    """Return marked text without its marks."""
    return text.replace(BOLD_ON, "").replace(BOLD_OFF, "")


@dataclass(frozen=True)
class Choice:
    """A button. With `url` or a page's token it opens a link, or `copy_text` copies."""

    id: str
    """ASCII, at most 60 bytes, `v1:<action>:<key>` (bot.buttons); empty for a link."""
    title: str
    url: str = ""
    copy_text: str = ""
    page_token: str = ""
    """The key to an order's page; bot.links makes an address of it."""
    short: str = ""
    """What it says where its title has no room, in 20 characters; else that is cut."""


Rows: TypeAlias = tuple[tuple[Choice, ...], ...]
"""Buttons, row by row."""


@dataclass(frozen=True)
class CardPicture:
    """The recipe of a payment card: it is drawn when it is sent."""

    merchant_order_no: str
    stamp: Literal["", "paid", "void", "expired"] = ""
    """A stamped card holds no code."""


@dataclass(frozen=True)
class Receipt:
    """The recipe of a paid order's receipt: it is drawn when it is sent."""

    merchant_order_no: str
    form: Literal["picture", "pdf"]


@dataclass(frozen=True)
class DayPicture:
    """The recipe of a day's chart, for staff: it is drawn when it is sent."""

    day: date
    """In the Gulf."""


@dataclass(frozen=True)
class Medium:
    """A photo, a document or a recording that somebody has sent us."""

    what: str
    """In a word, for staff: "photo", "document" …"""
    conversation_id: str
    """The chat it was sent in."""
    ref: str
    """How that chat's network finds it again."""


@dataclass(frozen=True)
class Place:
    """A pin on the map."""

    latitude: float
    longitude: float
    title: str
    address: str


class Prepared(StrEnum):
    """What a message of ours comes down to, where only prepared sentences may be sent.

    WhatsApp takes nothing else from a business that a person has not written to for a
    day. Each has its own values, in this order.
    """

    PAID = "paid"  # order number, amount, account
    HELD = "held"  # order number, amount, account
    ENDED = "ended"  # order number, amount, account
    REMINDER = "reminder"  # order number, amount, account, until when
    NEWS = "news"  # order number, amount, account


@dataclass(frozen=True)
class InShort:
    """A message as one of the prepared sentences, for a channel that needs it."""

    prepared: Prepared
    language: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Outgoing:
    """One message to a payer.

    With a card, a receipt, a day or a medium, `text` is its caption (at most 1,024
    characters). A place comes with an empty text. `choices` and `ask_location` never
    come together: on Telegram they are two kinds of keyboard.
    """

    text: str
    choices: Rows = ()
    card: CardPicture | None = None
    place: Place | None = None
    ask_location: str = ""
    """Title of a button that shares the phone's location; empty for no button."""
    receipt: Receipt | None = None
    day: DayPicture | None = None
    medium: Medium | None = None
    """What a payer has sent, shown to staff as it is."""
    in_short: InShort | None = None
    """What may be sent instead when the person has not written for a day."""
    part: int = 1
    """Which part of its choices is shown, where there is no room for all of them."""
    is_secret: bool = False
    """Whether it is kept nowhere; the update it answers is answered anew if need be."""


class Kind(StrEnum):
    """What a payer sent."""

    TEXT = "text"  # also "/topup 50": bot.understanding reads commands
    CHOICE = "choice"
    LOCATION = "location"
    OTHER = "other"  # a photo, a voice note, a sticker …


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message or tap from a payer."""

    conversation_id: str
    kind: Kind
    received_at: datetime
    """UTC, aware."""
    text: str = ""
    choice_id: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    language: str = ""
    """The phone's primary language subtag: "en", "ar" …; empty when unknown."""
    medium: str = ""
    """What came with it, as in core.domain.talks.Line; `text` is then its caption."""
    medium_ref: str = ""
    sender: str = ""
    """In a group: who wrote, as the conversation that they have alone with us."""
    replies_to: str = ""
    """The network's reference to the message of ours that it replies to, if any."""
