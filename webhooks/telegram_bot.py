"""The bot's connections to Telegram."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.request import HTTPXRequest

from webhooks.settings import Settings


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """Open the bot's connections; it asks Telegram nothing yet.

    They are closed here, since the library closes only those of a bot that has asked
    Telegram who it is.
    """
    plainly = {"trust_env": False}
    async with (
        HTTPXRequest(connection_pool_size=64, httpx_kwargs=plainly) as asking,
        HTTPXRequest(connection_pool_size=1, httpx_kwargs=plainly) as polling,
    ):
        yield Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_url}/bot",
            base_file_url=f"{settings.telegram_url}/file/bot",
            request=asking,
            get_updates_request=polling,
        )
