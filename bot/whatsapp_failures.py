"""Hears of messages that Twilio took and could not bring, where its word was lost.

It tells of a failure once, and not again when nobody was there to take it (CHANNELS.md
B6): a result would count as sent that its payer never sees. Twilio's list tells how
each message ended.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from twilio.rest import Client

from bot.twilio_client import FAILURES
from bot.twilio_list import listed
from bot.whatsapp_forms import ADDRESS
from bot.whatsapp_progress import WhatsAppProgress
from core.database.messages import SqlMessages
from core.database.whatsapp import SqlContacts
from core.ports import Clock

log = structlog.get_logger()

_OLDEST: Final = timedelta(days=1)
_AGAIN: Final = timedelta(minutes=10)
"""So much is looked at once more: what fails mostly does so soon."""


class WhatsAppFailures:
    """Takes each failure in Twilio's list as if Twilio had told of it."""

    def __init__(
        self,
        client: Client,
        *,
        sender: str,
        messages: SqlMessages,
        contacts: SqlContacts,
        progress: WhatsAppProgress,
        clock: Clock,
    ) -> None:
        """`sender` is our own number."""
        self._client = client
        self._sender = f"{ADDRESS}{sender}"
        self._messages = messages
        self._contacts = contacts
        self._progress = progress
        self._clock = clock
        self._seen_until: datetime | None = None

    async def look(self) -> None:
        """Take what failed since the last look; what is known by now changes nothing.

        Raises SendError.
        """
        now = self._clock.now()
        since = max(now - _OLDEST, (self._seen_until or now - _OLDEST) - _AGAIN)
        async for failed in self._failed(since):
            contact = await self._contacts.at(failed.to.removeprefix(ADDRESS))
            if contact is None:
                continue
            chat = contact.conversation_id
            if record := await self._messages.sent_as(chat, failed.sid):
                log.warning("failure_recovered", message=record.id)
                await self._progress.heed(record.id, _form(failed))
        self._seen_until = now

    async def _failed(self, since: datetime) -> AsyncIterator[Any]:
        async for page in listed(self._client, since, from_=self._sender):
            for message in page:
                if message.status in FAILURES and message.date_created >= since:
                    yield message


def _form(message: Any) -> dict[str, str]:  # noqa: ANN401  (a page's item)
    """Write what the list tells as Twilio would have posted it."""
    return {
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "ErrorCode": str(message.error_code or ""),
    }
