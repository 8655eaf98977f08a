"""Fetches Telegram's updates, for whoever has no public address.

An update is confirmed only after it is durable, by asking for the next one.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import structlog
from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.telegram_updates import ALLOWED_UPDATES
from webhooks.durable import NotKept, kept
from webhooks.settings import BadSettings

log = structlog.get_logger()

_LONG_POLL_S = 25
_AFTER_TROUBLE_S = 3


class Polling:
    """A background task between entering and leaving; refuses beside a webhook."""

    def __init__(
        self, bot: Bot, accept: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._accept = accept
        self._next = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start fetching. Raises BadSettings while a webhook is set."""
        info = await self._bot.get_webhook_info()
        if info.url:
            raise BadSettings(
                "Telegram has a webhook for this bot, so polling would switch it off. "
                "Set TOPUP_TELEGRAM_MODE=webhook, or run `topup telegram "
                "delete-webhook` first."
            )
        self._task = asyncio.create_task(self._fetch_for_ever())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop fetching; what was not confirmed comes again."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _fetch_for_ever(self) -> None:
        while True:
            try:
                await self._fetch()
            except (TelegramError, NotKept) as error:
                level = log.error if isinstance(error, Conflict) else log.warning
                level("polling_trouble", why=type(error).__name__)
                await asyncio.sleep(_AFTER_TROUBLE_S)

    async def _fetch(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._next, timeout=_LONG_POLL_S, allowed_updates=ALLOWED_UPDATES
        )
        for update in updates:
            await kept(self._accept(json.loads(update.to_json())))
            self._next = update.update_id + 1
