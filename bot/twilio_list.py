"""Reads Twilio's list of messages page by page, the newest first."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from twilio.rest import Client

from bot.twilio_client import twilio_errors

_PAGE: Final = 500


async def listed(
    client: Client, since: datetime, **ends: str
) -> AsyncIterator[list[Any]]:
    """Give page after page until all that is left is too old. Raises SendError.

    `ends` are the sender, the recipient or both, as `from_` and `to`.
    """
    async with twilio_errors(0):
        page = await client.messages.page_async(
            date_sent_after=since, page_size=_PAGE, **ends
        )
    while page:
        messages = list(page)
        yield messages
        if not messages or messages[-1].date_created < since:
            return
        async with twilio_errors(0):
            page = await page.next_page_async()
