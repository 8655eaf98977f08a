"""While the engine's database is away, what waits for it waits in one place."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.integration.conftest import until
from tests.integration.test_inbox import Person
from tests.integration.test_whatsapp_inbox import Person as WhatsAppPerson


@pytest.fixture
def engine_file(tmp_path_factory) -> Path:
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


@pytest.fixture(params=["engine", "topup"])
def file_away(request, tmp_path_factory) -> Path:
    name = f"engine?/{request.param}.sqlite"
    (file,) = tmp_path_factory.getbasetemp().glob(name)
    return file


async def test_who_writes_on_whatsapp_meanwhile_is_told_and_answered_later(
    town, file_away
):
    person = WhatsAppPerson(town)
    form = person.form(Body="/help")

    async def is_told() -> bool:
        return bool(town.channel.shown.get(form["From"]))

    with held(file_away):
        bringing = asyncio.create_task(town.whatsapp_inbox.accept(form))
        await asyncio.sleep(0.3)
        bringing.cancel()
        await until(is_told)
    (apology,) = town.channel.shown[form["From"]]
    assert "I cannot work right now" in apology.text
    assert len(await person.send(form)) == 1
