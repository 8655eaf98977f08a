"""Telegram on your desk: the Bot API, the phones of the people who chat, their groups.

`TelegramWorld(world)` keeps the state, `telegram_routes(telegram_world)` are the doors
to it; call `reset()` to forget chats, and await `aclose()` when the server stops.
"""

from starlette.routing import BaseRoute

from sandbox.telegram.api import BotApi
from sandbox.telegram.group_api import GroupApi
from sandbox.telegram.phone_api import PhoneApi
from sandbox.telegram.telegram_world import TelegramWorld

__all__ = ["TelegramWorld", "telegram_routes"]


def telegram_routes(world: TelegramWorld) -> list[BaseRoute]:
    """Return the routes of the Bot API, of the phones and of the groups."""
    phones, groups = PhoneApi(world), GroupApi(world)
    return [*BotApi(world).routes(), *phones.routes(), *groups.routes()]
