"""Staff see how the day goes, what is stuck, and what a store is worth."""

from dataclasses import replace
from datetime import date, timedelta

import pytest_asyncio

from bot.messages import DayPicture
from core.database.audit import SqlAudit
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.orders import Status
from core.domain.staff import Role
from core.domain.stores import Store, Trouble
from tests.fakes import NOW, a_payment
from tests.integration.clerks import hired
from tests.integration.conftest import Town
from tests.integration.telling import an_order_in

STORE = Store(
    id="store-007",
    name="Corner Grocery",
    name_ar="",
    address="1 Street, Deira, Dubai",
    address_ar="",
    area="Deira",
    area_ar="",
    latitude=25.27,
    longitude=55.31,
    hours="24/7",
    phone="",
    is_sample=True,
)


@pytest_asyncio.fixture(loop_scope="session")
async def viewer(town):
    return await hired(town, Role.VIEWER)


@pytest_asyncio.fixture(loop_scope="session")
async def listed(town: Town):
    """The town's stores, one alone, read anew."""
    await SqlStores(town.database).replace_all([STORE])
    async with town.stores.followed():
        yield
    await SqlStores(town.database).replace_all([])
    async with town.stores.followed():
        pass  # so that nobody else finds that store listed


async def test_what_is_stuck_comes_with_a_button_to_look_at_it(town, viewer):
    town.clock.time = NOW - timedelta(days=300)  # so it is the oldest of all
    order = await an_order_in(town, Status.OPEN)
    number = order.merchant_order_no
    payment = a_payment(order, paid_at=town.clock.now())
    await town.orders.settle(number, payment, "notice")
    town.clock.time = NOW
    said = await viewer.types("/stuck")
    assert f"{number}: paid, not credited, since 28 Jan 12:00" in said
    assert (await viewer.taps(number)).startswith(f"{number}: paid")
    await town.orders.credited(number)
    assert number not in await viewer.types("/stuck")


async def test_the_day_in_figures(town, viewer):
    town.clock.time = NOW + timedelta(days=400)
    order = await an_order_in(town, Status.OPEN)
    paid_at = town.clock.now() + timedelta(minutes=7)
    payment = a_payment(order, paid_at=paid_at)
    await town.orders.settle(order.merchant_order_no, payment, "notice")
    said = await viewer.types("/stats")
    for line in (
        "29 December 2027",
        "Paid: 1 (AED 50.00)",
        "Median time to pay: 7 min",
        "Notices missed: 1 of 1",
        "Paid by hour, 0 to 23:",
        "▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▁▁▁▁",
    ):
        assert line in said.splitlines()
    assert viewer.seen[-1].day == DayPicture(date(2027, 12, 29))
    said = await viewer.types("/stats yesterday")
    assert "28 December 2027" in said
    assert "Paid: 0 (AED 0.00)" in said
    assert "Type a day" in await viewer.types("/stats someday")


async def test_a_stores_screen_has_its_reports_and_payments(town, viewer, listed):
    order = await an_order_in(town, Status.PAID)
    reports = SqlStoreReports(town.database, town.clock)
    await reports.add(STORE.id, order.merchant_order_no, Trouble.NO_BALANCE)
    said = await viewer.types(f"/store {STORE.id}")
    assert said.startswith("Corner Grocery (store-007)\n1 Street, Deira, Dubai\nShown")
    assert f"24 Nov 12:00: no balance, {order.merchant_order_no}" in said
    assert f"24 Nov 12:07: AED 50.00, {order.merchant_order_no}" in said
    assert "takes an agent" in await viewer.taps("Hide it")
    assert "no such store" in await viewer.types("/store store-999")


async def test_a_store_is_found_by_a_part_of_its_name_and_of_several_one_is_chosen(
    town, viewer, listed
):
    assert "(store-007)" in await viewer.types("/store corner gro")
    others = [replace(STORE, id=f"owl-{number:02}") for number in range(11)]
    await SqlStores(town.database).replace_all([STORE, *others])
    async with town.stores.followed():
        said = await viewer.types("/store grocery")
        assert "store-007: Corner Grocery, 1 Street, Deira, Dubai" in said
        assert said.endswith("There are more: say more of the name.")
        assert len(viewer.buttons) == 10
        assert "(owl-03)" in await viewer.taps("owl-03")
        assert "no such store" in await viewer.types("/store bakery")
        assert "no such store" in await viewer.types("/store")


async def test_a_store_is_hidden_and_shown_again_and_both_are_audited(town, listed):
    agent = await hired(town)
    said = await agent.types(f"/hide {STORE.id} closed for good")
    assert f"Hidden by {agent.name}" in said
    assert await SqlStores(town.database).hidden() == {STORE.id}
    assert "\nShown\n" in await agent.taps("Show it")
    assert await SqlStores(town.database).hidden() == frozenset()
    shown, hidden = await SqlAudit(town.database, town.clock).newest(2)
    assert (hidden.entry.act, hidden.entry.reason) == ("hide", "closed for good")
    assert (shown.entry.act, shown.entry.subject) == ("show", STORE.id)
