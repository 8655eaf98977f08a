"""Only one worker at a time holds a lease, and a dead one not for long."""

import asyncio
from datetime import timedelta

import pytest

from core.database.engine import Database
from core.database.leases import SqlLeases

SPAN = timedelta(seconds=15)


@pytest.fixture
def leases(database, clock):
    return SqlLeases(database, clock)


async def test_what_one_worker_holds_no_other_takes(leases):
    assert await leases.take("watch", "worker-1", SPAN)
    assert not await leases.take("watch", "worker-2", SPAN)
    assert await leases.take("upkeep", "worker-2", SPAN)


async def test_its_holder_renews_a_lease(leases, clock):
    await leases.take("watch", "worker-1", SPAN)
    clock.pass_by(SPAN - timedelta(seconds=1))
    assert await leases.take("watch", "worker-1", SPAN)
    clock.pass_by(SPAN - timedelta(seconds=1))
    assert not await leases.take("watch", "worker-2", SPAN)


async def test_what_a_dead_worker_held_another_takes(leases, clock):
    await leases.take("watch", "worker-1", SPAN)
    clock.pass_by(SPAN)
    assert await leases.take("watch", "worker-2", SPAN)
    assert not await leases.take("watch", "worker-1", SPAN)


async def test_a_lease_that_was_let_go_is_free_at_once(leases):
    await leases.take("watch", "worker-1", SPAN)
    await leases.let_go("watch", "worker-2")
    assert not await leases.take("watch", "worker-2", SPAN)
    await leases.let_go("watch", "worker-1")
    assert await leases.take("watch", "worker-2", SPAN)


async def test_the_ends_of_leases_are_told_and_move_when_they_are_renewed(
    leases, clock
):
    began = clock.now()
    for name in ("worker:1", "worker:2", "watch"):
        await leases.take(name, "1", SPAN)
    clock.pass_by(timedelta(seconds=10))
    await leases.take("worker:2", "1", SPAN)
    ends = dict(await leases.ends("worker:"))
    assert ends == {"worker:1": began + SPAN, "worker:2": clock.now() + SPAN}


async def test_of_ten_workers_at_once_one_gets_the_lease(database_url, clock):
    databases = [Database(database_url) for _ in range(10)]
    taken = await asyncio.gather(
        *(
            SqlLeases(each, clock).take("watch", f"worker-{number}", SPAN)
            for number, each in enumerate(databases)
        )
    )
    assert taken.count(True) == 1
    for each in databases:
        await each.close()
