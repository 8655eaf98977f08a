"""Fetches from Twilio what people have sent on WhatsApp besides words."""

import httpx
from twilio.rest import Client

from bot.channel import Fetched, NotSent, Refused
from bot.messages import Medium
from bot.twilio_client import Connections

_VERSION = "2010-04-01"
_MOST_BYTES = 10_000_000  # what Telegram takes as a photo; WhatsApp brings up to 16 MB
_WAIT_S = 5.0
_GONE = {httpx.codes.NOT_FOUND, httpx.codes.GONE}


class TwilioMedia:
    """Finds a photo or a document by Twilio's names of message and medium: MM…/ME…."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._connections: Connections = client.http_client

    async def fetch(self, medium: Medium) -> Fetched:
        """Return what it holds. Raises Refused or NotSent."""
        message, _, name = medium.ref.partition("/")
        account, api = self._client.account_sid, self._client.api.base_url
        uri = f"{api}/{_VERSION}/Accounts/{account}/Messages/{message}/Media/{name}"
        try:
            async with self._connections.opened(uri, self._client.auth) as answer:
                return await _read(answer)
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__, _WAIT_S) from error


async def _read(answer: httpx.Response) -> Fetched:
    """Read the content, unless there is too much of it. Raises httpx.HTTPError."""
    if answer.status_code in _GONE:
        raise Refused("the medium is gone")
    answer.raise_for_status()
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise Refused("the medium is too big")
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    return Fetched(bytes(content), content_type)
