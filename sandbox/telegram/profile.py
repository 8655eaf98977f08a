"""Methods with which the bot describes itself: commands, names, menu button."""

from collections.abc import Awaitable, Callable

from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.telegram_world import TelegramWorld


async def set_my_commands(world: TelegramWorld, params: Params) -> bool:
    """Keep the commands of one scope and language."""
    return world.account.set_commands(params)


async def get_my_commands(world: TelegramWorld, params: Params) -> list[JsonObject]:
    """Return the commands of exactly one scope and language."""
    return world.account.commands(params)


async def delete_my_commands(world: TelegramWorld, params: Params) -> bool:
    """Forget the commands of one scope and language."""
    return world.account.delete_commands(params)


async def set_chat_menu_button(world: TelegramWorld, params: Params) -> bool:
    """Keep the menu button of one chat, or the one for all."""
    return world.account.set_menu_button(params)


async def get_chat_menu_button(world: TelegramWorld, params: Params) -> JsonObject:
    """Return the menu button of a chat."""
    return world.account.menu_button(params)


def set_text(kind: str) -> Callable[[TelegramWorld, Params], Awaitable[bool]]:
    """Make setMyName and its like: keep that text for one language."""

    async def play(world: TelegramWorld, params: Params) -> bool:
        return world.account.set_text(kind, params)

    return play


def get_text(kind: str) -> Callable[[TelegramWorld, Params], Awaitable[JsonObject]]:
    """Make getMyName and its like: return that text in one language."""

    async def play(world: TelegramWorld, params: Params) -> JsonObject:
        return world.account.text(kind, params)

    return play
