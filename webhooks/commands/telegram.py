"""What the `topup telegram` commands do: where updates go, and the menu."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import typer
from telegram import Bot, BotCommandScopeAllPrivateChats
from telegram.error import TelegramError

from bot.guidance import commands
from bot.telegram_updates import ALLOWED_UPDATES
from bot.words import LANGUAGES, words_in
from webhooks.commands import CommandFailed
from webhooks.logs import without_tokens
from webhooks.settings import Settings
from webhooks.telegram_bot import open_bot


def set_webhook(settings: Settings) -> None:
    """Let Telegram post updates to us, and show our commands in its menu."""

    async def ask(bot: Bot) -> None:
        await bot.set_webhook(
            settings.telegram_webhook_url,
            allowed_updates=ALLOWED_UPDATES,
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
        )
        scope = BotCommandScopeAllPrivateChats()
        for language in LANGUAGES:
            menu = commands(words_in(language))
            code = None if language == "en" else language
            await bot.set_my_commands(menu, scope, language_code=code)

    _ask_telegram(settings, ask)
    typer.echo(f"Telegram posts updates to {settings.telegram_webhook_url}.")


def delete_webhook(settings: Settings) -> None:
    """Let Telegram keep updates until they are fetched by polling."""

    async def ask(bot: Bot) -> None:
        await bot.delete_webhook()

    _ask_telegram(settings, ask)
    typer.echo("Telegram keeps updates until they are fetched.")


def _ask_telegram(
    settings: Settings, ask: Callable[[Bot], Coroutine[Any, Any, None]]
) -> None:
    async def run() -> None:
        async with open_bot(settings) as bot:
            await ask(bot)

    try:
        asyncio.run(run())
    except TelegramError as error:
        why = without_tokens(error.message)
        raise CommandFailed(f"Telegram does not do it: {why}") from None
