"""While the engine's database is away, what waits for it waits in one place."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.integration.test_inbox import Person


@pytest.fixture
def engine_file(town, tmp_path_factory) -> Path:
    (file,) = tmp_path_factory.getbasetemp().glob("engine?/engine.sqlite")
    return file


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Let nobody else write into the file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


async def test_an_update_brought_again_and_again_holds_one_thread(town, engine_file):
    person = Person(town)
    update = person.update(text="/help")
    with held(engine_file):
        before = threading.active_count()
        tries = [asyncio.create_task(town.inbox.accept(update)) for _ in range(60)]
        await asyncio.sleep(0.3)
        assert threading.active_count() < before + 10
        for each in tries:
            each.cancel()
    assert len(await person.after(update)) == 1
