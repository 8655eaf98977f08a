"""Work that goes on beside a block, until the block ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let each of these go on in a task of its own; at the end it is cancelled."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def over_and_over(
    do: Callable[[], Awaitable[object]],
    *,
    name: str,
    every_s: float,
    first_after_s: float = 0,
) -> None:
    """Do it for ever, resting `every_s` after each time; what fails comes again."""
    await asyncio.sleep(first_after_s)
    while True:
        try:
            await do()
        except Exception:
            log.exception("interrupted", work=name)
        await asyncio.sleep(every_s)
