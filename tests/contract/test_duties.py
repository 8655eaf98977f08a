"""A duty is done by one worker at a time, at once and then at intervals."""

import asyncio
import shutil
from datetime import timedelta

import pytest

from core.database.engine import Database
from core.database.leases import SqlLeases
from core.duties import Duty

EVERY = timedelta(hours=1)


class Worker:
    """Somebody who does the duty, and counts."""

    def __init__(self, name: str, leases: SqlLeases, every: timedelta = EVERY) -> None:
        self.done = 0
        self.news = asyncio.Condition()
        self.trouble: Exception | None = None
        self.duty = Duty("look", self._do, every=every, leases=leases, worker=name)

    async def _do(self) -> None:
        async with self.news:
            self.done += 1
            self.news.notify_all()
        if self.trouble:
            raise self.trouble

    async def has_done(self, times: int) -> None:
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: self.done >= times)


@pytest.fixture
async def leases(migrated_sqlite, tmp_path, clock):
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    yield SqlLeases(database, clock)
    await database.close()


async def test_a_duty_is_done_by_one_of_two_workers(leases):
    first, second = Worker("worker-1", leases), Worker("worker-2", leases)
    for worker in (first, second, first, second):
        await worker.duty.turn()
    assert (first.done, second.done) == (2, 0)


async def test_the_duty_of_a_worker_that_died_passes_to_another(leases, clock):
    first, second = Worker("worker-1", leases), Worker("worker-2", leases)
    await first.duty.turn()
    clock.pass_by(2 * EVERY)
    await second.duty.turn()
    assert second.done == 1


async def test_the_duty_of_a_worker_that_leaves_is_free_at_once(leases):
    first, second = Worker("worker-1", leases), Worker("worker-2", leases)
    async with first.duty.kept():
        await first.has_done(1)
    await second.duty.turn()
    assert second.done == 1


async def test_what_fails_is_done_again(leases):
    worker = Worker("worker-1", leases, every=timedelta(milliseconds=1))
    worker.trouble = OSError("no way out")
    async with worker.duty.kept():
        await worker.has_done(3)
