"""Payers' reports of stores, and how the stores that are shown follow them."""

import asyncio
from datetime import timedelta

import pytest

from core.database.store_files import SqlStoreFiles
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.stores import REPORTED_FOR, Trouble
from tests.fakes import NOW
from tests.unit.core.places import store_at
from webhooks.current_stores import CurrentStores

HERE = (25.27, 55.31)
STORES = [
    store_at(25.271, 55.31, id="near", area="Deira"),
    store_at(25.275, 55.31, id="next", area="Deira"),
]


@pytest.fixture
def reports(database, clock):
    return SqlStoreReports(database, clock)


@pytest.fixture
async def stores(database):
    kept = SqlStores(database)
    await kept.replace_all(STORES)
    return kept


def ranked(current: CurrentStores) -> list[str]:
    """The stores in the order of `nearest`, which is also that of `in_area`."""
    near = [found.store.id for found in current.nearest(*HERE, NOW, 5)]
    assert near == [found.store.id for found in current.in_area("Deira", NOW, 5)]
    return near


async def test_each_order_counts_once_against_a_store(reports):
    for number in ("T1", "T1", "T2"):
        await reports.add("near", number, Trouble.REFUSED)
    await reports.add("next", "T1", Trouble.NO_BALANCE)
    assert sorted(await reports.reported(REPORTED_FOR)) == ["near", "near", "next"]


async def test_a_report_is_over_after_six_hours(reports, clock):
    await reports.add("near", "T1", Trouble.POS_ERROR)
    clock.pass_by(timedelta(hours=5, minutes=59))
    assert await reports.reported(REPORTED_FOR) == ["near"]
    clock.pass_by(timedelta(minutes=1))
    assert await reports.reported(REPORTED_FOR) == []


async def test_a_report_ranks_the_store_down_at_once(stores, reports):
    current = CurrentStores(stores, reports)
    async with current.followed():
        assert ranked(current) == ["near", "next"]
        await current.report("near", "T1", Trouble.REFUSED)
        assert ranked(current) == ["next", "near"]


async def test_reports_of_other_workers_and_of_before_are_followed(stores, reports):
    await reports.add("near", "T1", Trouble.EXTRA_FEE)
    current = CurrentStores(stores, reports, look_every_s=0.01)
    async with current.followed():
        assert ranked(current) == ["next", "near"]
        await reports.add("next", "T1", Trouble.EXTRA_FEE)
        await reports.add("next", "T2", Trouble.EXTRA_FEE)
        async with asyncio.timeout(5):
            while ranked(current) != ["near", "next"]:  # noqa: ASYNC110  (it tells nobody)
                await asyncio.sleep(0.01)


async def test_a_store_to_avoid_is_in_no_answer(stores, reports):
    current = CurrentStores(stores, reports)
    async with current.followed():
        (found,) = current.nearest(*HERE, NOW, 5, avoid={"near"})
        (in_area,) = current.in_area("Deira", NOW, 5, avoid={"near"})
        assert found.store == in_area.store == current.by_id("next")
        assert current.by_id("gone") is None


async def test_a_hidden_store_is_in_no_answer_from_the_next_look_on(
    stores, reports, database, clock
):
    current = CurrentStores(stores, reports, look_every_s=0.01)
    async with current.followed():
        assert ranked(current) == ["near", "next"]
        await SqlStoreFiles(database, clock).hide("near", "Agent One")
        async with asyncio.timeout(20):
            while ranked(current) != ["next"]:  # noqa: ASYNC110  (it tells nobody)
                await asyncio.sleep(0.01)
        (in_area,) = current.in_area("Deira", NOW, 5, avoid=())
        assert in_area.store.id == "next"
        assert current.by_id("near")
