"""The whole statement of a day, or why there is none that can be compared with."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import structlog

from core.domain.errors import GatewayRejected
from core.payby.codec import WireError
from core.payby.statement import Statement, read_statement

log = structlog.get_logger()

_NONE_OF_THE_DAY = "62013"

Fetch = Callable[[date], Awaitable[bytes]]
"""Fetches the ZIP of a day's statement. Raises GatewayError."""


class NoStatement(Exception):
    """There is no statement to compare with, or none to trust; the text says why."""


async def whole_statement(
    fetch: Fetch, mid: str, day: date, *, may_be_empty: bool
) -> Statement:
    """Fetch and read what PayBy says of a day, all of it.

    `may_be_empty`: a day of which PayBy has no statement is one without payments.
    Raises NoStatement or GatewayError.
    """
    try:
        statement = await asyncio.to_thread(read_statement, await fetch(day))
    except GatewayRejected as refusal:
        if may_be_empty and refusal.code == _NONE_OF_THE_DAY:
            return Statement((), (), ())
        raise NoStatement(f"PayBy has no statement of {day}: {refusal}") from None
    except WireError as error:
        why = f"PayBy's statement of {day} cannot be read: {error}"
        raise NoStatement(why) from None
    if fault := statement.fault(mid, day):
        raise NoStatement(f"PayBy's statement of {day} is not whole: {fault}")
    for unread in statement.unread:
        log.warning("settlements_not_read", day=f"{day}", why=unread)
    return statement
