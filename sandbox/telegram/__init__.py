"""Telegram on your desk: the Bot API, and the phones of the people who chat.

`TelegramWorld(world)` keeps the state, `telegram_routes(telegram_world)` are the doors
to it; call `reset()` to forget chats, and await `aclose()` when the server stops.
"""

from starlette.routing import BaseRoute

from sandbox.telegram.api import BotApi
from sandbox.telegram.phone_api import PhoneApi
from sandbox.telegram.telegram_world import TelegramWorld

__all__ = ["TelegramWorld", "telegram_routes"]


def telegram_routes(world: TelegramWorld) -> list[BaseRoute]:
    """Return the routes of the Bot API and of the phones."""
    return [*BotApi(world).routes(), *PhoneApi(world).routes()]
