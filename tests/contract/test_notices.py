"""A notice is kept as it came, once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from core.database.engine import Database
from core.database.notices import SqlNotices
from core.database.tables import NoticeRow
from core.ports import KeptNotice
from tests.contract.conftest import MEMORY
from tests.fakes import NOW, MemoryNotices

NOTICE = KeptNotice(
    digest="d" * 64,
    received_at=NOW,
    kind="acquireOrder",
    merchant_order_no="T261124-AAAA2222",
    verdict="paid",
    body='{"acquireOrder":{"subject":"شحن"}}',
)


@pytest.fixture
async def notices(place):
    """The notices and a way to read them all."""
    if place == MEMORY:
        memory = MemoryNotices()

        async def kept() -> list[KeptNotice]:
            return list(memory.kept.values())

        yield memory, kept
        return
    database = Database(place)

    async def rows() -> list[KeptNotice]:
        async with database.read() as session:
            found = await session.exec(select(NoticeRow))
            return [KeptNotice(**row.model_dump()) for row in found]

    yield SqlNotices(database), rows
    await database.close()


async def test_a_notice_is_kept_as_it_came(notices):
    store, kept = notices
    await store.keep(NOTICE)
    assert await kept() == [NOTICE]


async def test_the_same_notice_again_changes_nothing(notices):
    store, kept = notices
    await store.keep(NOTICE)
    later = NOW + timedelta(minutes=2)
    await store.keep(replace(NOTICE, received_at=later, verdict="PayBy is asked"))
    assert await kept() == [NOTICE]


async def test_the_same_notice_ten_times_at_once_is_one(notices):
    store, kept = notices
    await asyncio.gather(*(store.keep(NOTICE) for _ in range(10)))
    assert await kept() == [NOTICE]


async def test_notices_with_other_bytes_are_kept_side_by_side(notices):
    store, kept = notices
    await store.keep(NOTICE)
    await store.keep(replace(NOTICE, digest="e" * 64))
    assert len(await kept()) == 2
