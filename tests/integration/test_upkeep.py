"""The living take over from the dead, and from nobody else."""

from datetime import timedelta

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from core.database.leases import SqlLeases
from core.upkeep import Upkeep
from tests.fakes import NOW, HandClock

TURN = timedelta(seconds=10)


@pytest.fixture
def clocks():
    """Those of two machines: the keeper's is far ahead."""
    return HandClock(NOW + timedelta(minutes=20)), HandClock()


@pytest_asyncio.fixture(loop_scope="session")
async def workers(town, clocks):
    leases = [SqlLeases(town.database, clock) for clock in clocks]
    names = ("keeper", "other")
    yield [
        Upkeep(own, clock, name)
        for own, clock, name in zip(leases, clocks, names, strict=True)
    ]
    for name in names:
        for lease in ("upkeep", f"worker:{name}"):
            await leases[0].let_go(lease, name)


async def turns(clocks, *workers, count) -> list[str]:
    """Let these workers take their turns; return who was found dead."""
    with capture_logs() as lines:
        for _ in range(count):
            for worker in workers:
                await worker.turn()
            for clock in clocks:
                clock.pass_by(TURN)
    return [line["worker"] for line in lines if line["event"] == "worker_is_dead"]


async def test_a_worker_that_lives_is_not_dead_because_of_another_clock(
    clocks, workers
):
    assert not await turns(clocks, *workers, count=20)


async def test_a_worker_that_says_nothing_for_a_minute_is_dead_once(clocks, workers):
    keeper, other = workers
    await turns(clocks, keeper, other, count=2)
    assert not await turns(clocks, keeper, count=5)
    assert await turns(clocks, keeper, count=20) == ["other"]


async def test_a_worker_that_comes_back_in_time_is_not_dead(clocks, workers):
    keeper, other = workers
    await turns(clocks, keeper, other, count=2)
    for _ in range(5):
        assert not await turns(clocks, keeper, count=4)
        assert not await turns(clocks, other, count=1)
