"""What goes on beside a block goes on whatever happens, and ends with the block."""

import asyncio

import pytest
from structlog.testing import capture_logs

from core.background import beside, over_and_over


class Work:
    """Counts its turns; the first one fails."""

    def __init__(self) -> None:
        self.turns = 0
        self.enough = asyncio.Event()

    async def turn(self) -> None:
        self.turns += 1
        if self.turns == 1:
            raise OSError("the disk is full")
        self.enough.set()


async def test_what_fails_is_logged_and_comes_again():
    work = Work()
    with capture_logs() as logs:
        async with beside(over_and_over(work.turn, name="books", every_s=0)):
            await work.enough.wait()
    assert [(line["event"], line["work"]) for line in logs] == [
        ("interrupted", "books")
    ]


async def test_it_ends_with_the_block():
    work = Work()
    async with beside(over_and_over(work.turn, name="books", every_s=0)):
        await work.enough.wait()
    turns = work.turns
    await asyncio.sleep(0.01)
    assert work.turns == turns


async def test_the_first_time_can_be_later():
    work = Work()
    late = over_and_over(work.turn, name="books", every_s=0, first_after_s=3600)
    async with beside(late):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work.enough.wait(), 0.02)
    assert not work.turns
