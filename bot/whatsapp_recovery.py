"""Finds what people wrote on WhatsApp while nobody was there to take it.

Twilio tries for 15 seconds to bring a message to us, and never again; but it stands in
Twilio's list. There a message is its text alone: a tapped button comes as its words,
which name the choice as long as that is the one on the screen, and of a shared place,
which has no text, only that something came. A person known by both ids comes under the
one that stands in the address.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from twilio.rest import Client

from bot.twilio_list import listed
from bot.whatsapp_forms import ADDRESS, Form
from bot.whatsapp_inbox import WhatsAppInbox, job_of
from core import engine
from core.database.bookmarks import SqlBookmarks
from core.ports import Clock

log = structlog.get_logger()

_OLDEST: Final = timedelta(days=1)
"""Nobody expects an answer to anything older."""
_YOUNG: Final = timedelta(seconds=30)
"""So long Twilio may still bring it itself, with all there is to it."""
_AGAIN: Final = timedelta(minutes=10)
"""So much is looked at once more, as a list may lag behind."""
_BOOKMARK: Final = "whatsapp-recovery"


class WhatsAppRecovery:
    """Takes into the inbox what Twilio has and could not bring."""

    def __init__(
        self,
        client: Client,
        *,
        sender: str,
        inbox: WhatsAppInbox,
        bookmarks: SqlBookmarks,
        clock: Clock,
    ) -> None:
        """`sender` is our own number."""
        self._client = client
        self._sender = sender
        self._inbox = inbox
        self._bookmarks = bookmarks
        self._clock = clock

    async def look(self) -> None:
        """Take what is not in the inbox yet, oldest first. Raises SendError.

        The very first look finds nothing: what was written to this number before was
        for others.
        """
        now = self._clock.now()
        seen_until = await self._bookmarks.get(_BOOKMARK)
        since = max(now - _OLDEST, seen_until - _AGAIN) if seen_until else now
        missed = [each async for each in self._missed(since, now - _YOUNG)]
        for message in reversed(missed):
            if await self._inbox.take(_form(message), message.date_created):
                log.warning("message_recovered", sid=message.sid)
        await self._bookmarks.keep(_BOOKMARK, now)

    async def _missed(self, since: datetime, until: datetime) -> AsyncIterator[Any]:
        """Give what was written in that time and is not known, newest first."""
        sender = f"{ADDRESS}{self._sender}"
        async for page in listed(self._client, since, to=sender):
            inbound = [each for each in page if each.direction == "inbound"]
            known = await engine.known([job_of(each.sid) for each in inbound])
            for each in inbound:
                is_new = job_of(each.sid) not in known
                if is_new and since <= each.date_created <= until:
                    yield each


def _form(message: Any) -> Form:  # noqa: ANN401  (a page's item)
    """Write what the list tells as Twilio would have posted it."""
    return {
        "MessageSid": message.sid,
        "From": message.from_,
        "Body": message.body or "",
        "NumMedia": message.num_media or "0",
    }
