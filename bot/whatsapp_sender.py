"""The number that we write from, as Twilio keeps it."""

from dataclasses import dataclass
from typing import Final

from twilio.rest import Client

from bot.whatsapp_forms import ADDRESS

_ONLINE: Final = ("ONLINE", "ONLINE:UPDATING")
_MOST: Final = 200


@dataclass(frozen=True)
class Sender:
    """A number on WhatsApp that an account may write from."""

    status: str
    posts_to: str
    """Where Twilio posts what people write to it; empty for nowhere."""

    @property
    def is_online(self) -> bool:
        """Whether it can be written from."""
        return self.status in _ONLINE


async def find_sender(client: Client, number: str) -> Sender | None:
    """Return the account's sender with that number, if it has it.

    Raises what twilio_errors sorts.
    """
    senders = client.messaging.v2.channels_senders
    for each in await senders.list_async(channel="whatsapp", limit=_MOST):
        if each.sender_id == f"{ADDRESS}{number}":
            hooks = each.webhook or {}
            return Sender(str(each.status), hooks.get("callback_url") or "")
    return None
