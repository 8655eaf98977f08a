"""Keeping what came in before saying that we have it."""

import asyncio
from collections.abc import Awaitable

import structlog
from dbos import error as engine_errors
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()

_PATIENCE_S = 5


class NotKept(Exception):
    """It is not in the database; whoever sent it must send it again."""


async def kept(write: Awaitable[None]) -> None:
    """Wait until it is durable. Raises NotKept when the database does not answer."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await write
    except (SQLAlchemyError, engine_errors.DBOSException, TimeoutError) as error:
        log.exception("not_kept")
        raise NotKept from error
