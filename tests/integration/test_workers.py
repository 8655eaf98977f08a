"""Several workers on one database: they share its limits and each other's work."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from core.backlog import Backlog
from core.database.engine import Database
from tests.integration.worker import PER_SECOND, PUSHES
from tests.waiting import until

FEWEST_SECONDS = PUSHES // PER_SECOND - 1
LATENESS_S = 0.5  # of a busy machine: a push is written down after it has begun

Start = Callable[[str, str, str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a worker on a database, by its name and task."""
    workers = []

    def begin(url: str, name: str, task: str) -> "subprocess.Popen[bytes]":
        command = (url, name, str(tmp_path), task)
        worker = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "tests.integration.worker", *command]
        )
        workers.append(worker)
        return worker

    yield begin
    for worker in workers:
        worker.kill()
        worker.wait()


def diary(folder: Path) -> list[list[str]]:
    """What the workers have done: when, who, what and with what."""
    file = folder / "diary"
    if not file.exists():
        return []
    return [line.split() for line in file.read_text().splitlines()]


def test_what_a_killed_worker_had_running_is_finished_by_one_that_takes_over(
    start: Start, empty_database_url: str, tmp_path: Path
):
    killed = start(empty_database_url, "one", "toil")
    until(lambda: diary(tmp_path), "the first job to begin")
    killed.kill()
    killed.wait()
    (tmp_path / "better").touch()
    start(empty_database_url, "two", "take-over")
    until(lambda: len(diary(tmp_path)) == 5, "both jobs to end")
    assert [done[1:] for done in diary(tmp_path)] == [
        ["one", "began", "first"],
        ["two", "began", "first"],
        ["two", "ended", "first"],
        ["two", "began", "second"],
        ["two", "ended", "second"],
    ]


def test_no_second_sees_more_pushes_than_allowed_however_many_workers(
    start: Start, postgres_url: str, tmp_path: Path
):
    """On PostgreSQL; the clock of the engine's SQLite knows whole seconds only."""
    start(postgres_url, "one", "press")
    start(postgres_url, "two", "help")
    until(lambda: "outbox" in waiting(postgres_url), "pushes to be seen waiting")
    until(lambda: len(diary(tmp_path)) == PUSHES, "all to be pushed")
    moments = sorted(float(at) for at, *_ in diary(tmp_path))
    assert moments[-1] - moments[0] > FEWEST_SECONDS - LATENESS_S


def waiting(url: str) -> set[str]:
    """Return the queues in which jobs wait for their turn."""

    async def look() -> set[str]:
        database = Database(url)
        try:
            return set(await Backlog(database).oldest())
        except ProgrammingError:  # the engine has not made its tables yet
            return set()
        finally:
            await database.close()

    return asyncio.run(look())
