"""A notice is kept as it came, once, until it is heeded."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from core.database.engine import Database
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.tables.payby import NoticeRow
from core.ports import KeptNotice, Verdict
from tests.contract.conftest import MEMORY
from tests.fakes import NOW, MemoryNotices

BODY = '{"acquireOrder":{"subject":"شحن"}}'
NOTICE = KeptNotice("d" * 64, BODY)
OTHER = KeptNotice("e" * 64, "{}")
PAID = Verdict("acquireOrder", "T261124-AAAA2222", "paid")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def notices(place, clock):
    if place == MEMORY:
        yield MemoryNotices(clock)
        return
    database = Database(place)
    yield SqlNotices(database, clock)
    await database.close()


async def test_a_notice_is_kept_as_it_came(notices):
    assert await notices.keep(NOTICE)
    assert await notices.unheeded(LATER, 9) == [NOTICE]


async def test_the_same_notice_again_is_no_news(notices):
    await notices.keep(NOTICE)
    assert not await notices.keep(NOTICE)
    assert await notices.unheeded(LATER, 9) == [NOTICE]


async def test_the_same_notice_ten_times_at_once_is_news_once(notices):
    news = await asyncio.gather(*(notices.keep(NOTICE) for _ in range(10)))
    assert news.count(True) == 1


async def test_a_heeded_notice_waits_no_longer_and_stays_known(notices):
    await notices.keep(NOTICE)
    await notices.keep(OTHER)
    await notices.heeded(NOTICE.digest, PAID)
    assert await notices.unheeded(LATER, 9) == [OTHER]
    assert not await notices.keep(NOTICE)


async def test_the_oldest_notices_are_heeded_first(notices, clock):
    for minute in range(4):
        await notices.keep(KeptNotice(f"{9 - minute}" * 64, f"{minute}"))
        clock.pass_by(timedelta(minutes=1))
    before = NOW + timedelta(minutes=3)
    bodies = [notice.body for notice in await notices.unheeded(before, 2)]
    assert bodies == ["0", "1"]
    assert len(await notices.unheeded(before, 9)) == 3


async def test_a_verdict_stands_with_its_notice_and_in_its_orders_timeline(
    database, clock
):
    notices = SqlNotices(database, clock)
    await notices.keep(NOTICE)
    await notices.heeded(NOTICE.digest, PAID)
    row = await database.read(lambda session: session.exec(select(NoticeRow)).one())
    assert (row.body, row.kind, row.verdict) == (BODY, "acquireOrder", "paid")
    assert row.received_at == NOW
    lines = await SqlOrders(database, clock).timeline("T261124-AAAA2222")
    assert [(line.kind, line.facts) for line in lines] == [
        ("notice", {"verdict": "paid"})
    ]


async def test_words_of_any_length_from_payby_can_be_kept(database, clock):
    notices = SqlNotices(database, clock)
    await notices.keep(NOTICE)
    await notices.heeded(NOTICE.digest, Verdict("k" * 999, "T" * 999, "v" * 9999))
    assert await notices.unheeded(LATER, 9) == []
