"""A worker in a process of its own, for tests that kill it.

`python -m tests.integration.worker URL NAME FOLDER {toil|press|help|take-over}`
"""

import asyncio
import sys
import time
from pathlib import Path

from dbos import DBOS, DBOSConfiguredInstance

from core import engine
from core.engine import Queue
from tests.fake_channel import at_pace

PUSHES, PER_SECOND = 60, 15


class Trouble(Exception):
    """What was asked for."""


@DBOS.dbos_class("Hand")
class Hand(DBOSConfiguredInstance):
    """Does what it is told, and writes down when."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__("hand")
        self._name = name
        self._folder = folder

    @engine.job("toil")
    async def toil(self, what: str) -> None:
        """Never end, until the folder says that times are better."""
        self._write("began", what)
        while not (self._folder / "better").exists():  # noqa: ASYNC110  (a file)
            await asyncio.sleep(0.02)
        self._write("ended", what)

    @engine.job("press")
    async def press(self, what: str) -> None:
        """End at once; badly, while the folder says that there is trouble."""
        self._write("pressed", what)
        if (self._folder / "trouble").exists():
            raise Trouble

    @engine.job("look")
    async def look_of_before(self, what: str) -> None:
        """Stand for a job whose name is not known any more."""
        self._write("looked", what)

    def _write(self, event: str, what: str) -> None:
        with (self._folder / "diary").open("a", encoding="utf-8") as diary:
            diary.write(f"{time.time()} {self._name} {event} {what}\n")


async def main(url: str, name: str, folder: Path, task: str) -> None:
    """Work until killed."""
    engine.configure(url, name)
    hand = Hand(name, folder)
    await engine.launch(at_pace(PER_SECOND))
    if task == "toil":
        for what in ("first", "second"):
            await engine.enqueue(Queue.INBOX, what, hand.toil, what, partition="chat")
    elif task == "press":
        for number in range(PUSHES):
            what = f"push-{number}"
            await engine.enqueue(Queue.OUTBOX, what, hand.press, what)
    elif task == "take-over":
        await engine.take_over("one")
    await asyncio.sleep(60)


if __name__ == "__main__":
    _, its_url, its_name, its_folder, its_task = sys.argv
    asyncio.run(main(its_url, its_name, Path(its_folder), its_task))
