"""A chat network, as the bot needs it, and how sending there can end.

SendError
├── NotSent      certainly not sent: try again after `wait_s`
├── Unconfirmed  may have been sent: nobody can tell
├── Refused      the network will never take this message
└── Unreachable  the person does not want messages from us
    └── Unworded may only be told in approved words, and there are none
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from bot.messages import Outgoing
from core.database.messages import Spacing

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
"""What is raised when a request has certainly not left this machine."""


class SendError(Exception):
    """A message did not certainly arrive; another try must wait `wait_s` seconds."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why, wait_s)
        self.why = why
        self.wait_s = wait_s


class NotSent(SendError):
    """Certainly not sent; it may be tried again."""


class Unconfirmed(SendError):
    """Sent, but whether it arrived is unknown."""


class Refused(SendError):
    """The network will not take it, however often it is tried."""


class Unreachable(SendError):
    """The person has blocked us, or is gone."""


class Unworded(Unreachable):
    """Only approved sentences may be sent now, and none of them says it."""


@dataclass(frozen=True)
class Fetched:
    """A photo, a document or a recording, fetched from the network it came by."""

    content: bytes
    content_type: str
    """Such as "image/jpeg"; empty when nobody says."""


class Channel(Protocol):
    """One chat network."""

    def spacing(self, conversation_id: str) -> Spacing:
        """Tell how what we start should be spread in a chat."""
        ...

    async def send(
        self, conversation_id: str, message: Outgoing, message_id: str
    ) -> str:
        """Send a message and return the network's reference to it. Raises SendError.

        The id is our own name for it; what the network tells of it later carries it.
        """
        ...

    async def find(
        self, conversation_id: str, message: Outgoing, since: datetime
    ) -> str | None:
        """Look up a message that may have been sent; None when it is not there.

        Raises SendError when nobody can tell now. Where a network keeps no list, it
        never is.
        """
        ...

    def can_amend(self, conversation_id: str) -> bool:
        """Tell whether a message can be changed once it is sent."""
        ...

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        """Make a sent message say this instead; again is harmless. Raises SendError."""
        ...
