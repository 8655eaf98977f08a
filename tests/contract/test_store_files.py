"""What support knows of a store, and hides from payers, on either database."""

from datetime import timedelta

import pytest

from core.database.orders import SqlOrders
from core.database.store_files import SqlStoreFiles
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.stores import Trouble
from tests.fakes import NOW, a_payment, an_order


@pytest.fixture
def files(database, clock):
    return SqlStoreFiles(database, clock)


async def test_a_store_is_hidden_and_shown_again_however_often(files, database):
    stores = SqlStores(database)
    for by in ("Agent One", "Agent Two"):
        await files.hide("store-1", by)
    assert await stores.hidden() == {"store-1"}
    assert (await files.get("store-1", 5)).hidden_by == "Agent One"
    assert (await files.get("store-2", 5)).hidden_by == ""
    for _ in range(2):
        await files.show("store-1")
    assert await stores.hidden() == frozenset()


async def test_the_newest_reports_and_payments_come_first(files, database, clock):
    orders, reports = SqlOrders(database, clock), SqlStoreReports(database, clock)
    for number in range(3):
        order = an_order(f"T{number}", conversation_id=f"tg:{number}")
        await orders.add(order)
        paid_at = NOW + timedelta(minutes=number)
        store = "store-2" if number == 2 else "store-1"
        payment = a_payment(order, paid_at=paid_at, store_id=store)
        await orders.settle(f"T{number}", payment, "notice")
        clock.pass_by(timedelta(minutes=1))
        await reports.add("store-1", f"T{number}", Trouble.REFUSED)
    file = await files.get("store-1", 2)
    assert [each.merchant_order_no for each in file.payments] == ["T1", "T0"]
    assert [each.merchant_order_no for each in file.reports] == ["T2", "T1"]
    assert file.reports[0].reason == "refused"
    assert file.reports[0].at == clock.now()
    clock.pass_by(timedelta(days=31))
    assert (await files.get("store-1", 2)).payments == []
