"""Says something on WhatsApp to whoever has just written, with nothing looked up."""

from typing import Final

from twilio.rest import Client

from bot.messages import Outgoing
from bot.twilio_client import twilio_errors
from bot.whatsapp_forms import ADDRESS
from bot.whatsapp_text import as_text

_NEVER_AGAIN_S: Final = 0.0


class WhatsAppLine:
    """A way to an address that needs no database."""

    def __init__(self, client: Client, sender: str) -> None:
        """`sender` is our own number."""
        self._client = client
        self._sender = sender

    async def say(self, address: str, message: Outgoing, _name: str) -> None:
        """Say it once; nobody hears what becomes of it. Raises SendError."""
        async with twilio_errors(_NEVER_AGAIN_S):
            await self._client.messages.create_async(
                to=address, from_=f"{ADDRESS}{self._sender}", body=as_text(message)
            )
