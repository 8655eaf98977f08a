"""What one of the workers does now and then: the first that comes, until it is gone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.background import beside, over_and_over
from core.database.leases import SqlLeases


class Duty:
    """Something to be done at start and then at intervals; what fails comes again."""

    def __init__(
        self,
        name: str,
        do: Callable[[], Awaitable[None]],
        *,
        every: timedelta,
        leases: SqlLeases,
        worker: str,
    ) -> None:
        """`name` is stored data: workers of any version must agree on it."""
        self._name = name
        self._do = do
        self._every = every
        self._leases = leases
        self._worker = worker

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Do it, or stand by while another worker does, until the block ends."""
        every_s = self._every.total_seconds()
        try:
            async with beside(
                over_and_over(self.turn, name=self._name, every_s=every_s)
            ):
                yield
        finally:
            with suppress(SQLAlchemyError):
                await self._leases.let_go(self._name, self._worker)

    async def turn(self) -> None:
        """Do it once, if it is ours to do."""
        if await self._leases.take(self._name, self._worker, 2 * self._every):
            await self._do()
