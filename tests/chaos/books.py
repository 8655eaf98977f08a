"""What everybody has written down at the end of a run, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PAID_AT_PAYBY = {"PAID_SUCCESS", "SETTLED"}


class Told(StrEnum):
    """What a message tells about an order, as far as the comparison needs it."""

    CODE = "code"  # a picture with a code that can be paid
    CODE_PAID = "code paid"  # the picture, after it has been paid
    CODE_ENDED = "code ended"  # the picture of an expired or cancelled code
    PAID = "paid"
    IS_PAID = "is paid"  # the same, in answer to a question
    NOT_CHARGED = "not charged"  # failed, expired or cancelled
    CODE_OVER = "code over"  # it was replaced, and must not be paid
    GIVEN_BACK = "given back"
    DELAYED = "delayed"
    SCANNED = "scanned"
    GUIDE = "guide"
    OTHER = "other"


PICTURES = {Told.CODE, Told.CODE_PAID, Told.CODE_ENDED}
PAYMENTS = {Told.PAID, Told.IS_PAID, Told.CODE_PAID}
ASKED_FOR = {Told.IS_PAID, Told.CODE_OVER, Told.OTHER}
"""What answers a question, and so may be said as often as it is asked."""

SHOWN_ON_ASKING = {Told.CODE, Told.GUIDE}
"""What is shown once by itself, and again to who asks for it."""


@dataclass(frozen=True)
class Said:
    """A message of the bot, as it stands on a phone at the end."""

    id: int
    told: Told
    number: str
    """The order it names; empty when it names none."""
    text: str
    is_repeated_knowingly: bool = False
    """Whether it says itself that it may have been seen already."""


@dataclass(frozen=True)
class Chat:
    """A phone at the end."""

    said: tuple[Said, ...]
    confirmed_at: int = 0
    """The newest message when the payer last tapped Confirm; 0: never."""
    unknown_ends: int = 0
    """Attempts to send something there of which the product never knew the end."""
    asked_again: int = 0
    """How often the payer did once more what may show the code, or its guide."""
    shown_again: int = 0
    """How often support may have shown again how an order there stands."""
    amends: bool = True
    """Whether what was said there can be changed: on Telegram, not on WhatsApp."""


@dataclass(frozen=True)
class AtPayBy:
    """An order in PayBy's book."""

    status: str
    fils: int
    refunds: tuple[int, ...] = ()
    """What has gone back to the store, in fils."""

    @property
    def is_paid(self) -> bool:
        """Whether a cashier has paid it."""
        return self.status in PAID_AT_PAYBY


@dataclass(frozen=True)
class AtOurs:
    """An order in the product's database."""

    status: str
    phone: str
    account: str
    fils: int


@dataclass(frozen=True)
class Credit:
    """A booking into an online account, or out of it where less than nothing."""

    number: str
    account: str
    fils: int


@dataclass(frozen=True, kw_only=True)
class Books:
    """Everything, by order number or by phone."""

    payby: Mapping[str, AtPayBy]
    ours: Mapping[str, AtOurs]
    credits: tuple[Credit, ...]
    chats: Mapping[str, Chat]
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """What is set aside to go back, in fils, by order."""
    given_back: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """What has gone back as our own books say, in fils."""
