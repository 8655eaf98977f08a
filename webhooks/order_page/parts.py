"""What the order page works with, and how an order is found by its address."""

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.chat_store import ChatStore
from bot.chats import Language
from bot.painter import Painter
from bot.ports import Stores
from bot.shop import Shop
from core.domain.errors import Frozen
from core.domain.orders import Order
from core.ports import Clock, Orders

log = structlog.get_logger()

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)  # 128 bits
_PATIENCE_S = 5

Asked = TypeVar("Asked")


@dataclass(frozen=True, kw_only=True)
class PageParts:
    """What the order page works with."""

    orders: Orders
    chats: ChatStore
    stores: Stores
    painter: Painter
    shop: Shop
    clock: Clock


class NoSuchPage(Exception):
    """No order has this address."""


class NotNow(Exception):
    """The database does not answer; a little later it may."""


async def order_of(parts: PageParts, token: str) -> Order:
    """Return the order with that page, without its code where that is stopped.

    Raises NoSuchPage or NotNow.
    """
    if not _TOKEN.fullmatch(token):
        raise NoSuchPage
    order = await in_time(parts.orders.of_page(token))
    if order is None:
        raise NoSuchPage
    stopped = parts.orders.demand_not_frozen(order.conversation_id, order.account_id)
    try:
        await in_time(stopped)
    except Frozen:
        return replace(order, token_url="")
    return order


async def language_of(parts: PageParts, order: Order) -> Language:
    """Return the payer's own language. Raises NotNow."""
    return (await in_time(parts.chats.chat(order.conversation_id))).language


async def in_time(asked: Awaitable[Asked]) -> Asked:
    """Wait for what the database has a part in. Raises NotNow."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await asked
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("order_page_not_read", why=type(error).__name__)
        raise NotNow from error
