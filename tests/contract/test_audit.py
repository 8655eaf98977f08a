"""What staff did stays as it was written down."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import delete, text, update

from core.database.audit import SqlAudit
from core.database.orders import SqlOrders
from core.database.tables.staff import AuditRow
from core.domain.audit import AuditEntry
from tests.fakes import NOW


@pytest.fixture
def audit(database, clock):
    return SqlAudit(database, clock)


def an_entry(act_id: str, **facts: object) -> AuditEntry:
    usual: dict[str, object] = {
        "act_id": act_id,
        "who": "Agent One",
        "act": "cancel",
        "merchant_order_no": "T1",
        "reason": "payer asked",
        "before": {"status": "open"},
        "after": {"status": "cancelled"},
    }
    return AuditEntry(**(usual | facts))  # type: ignore[arg-type]


async def test_an_act_comes_back_as_it_was_written(audit):
    await audit.add(an_entry("1"))
    [line] = await audit.newest(9)
    assert line.entry == an_entry("1")
    assert line.at == NOW


async def test_the_same_act_again_adds_nothing(audit, database, clock):
    for _ in range(2):
        await audit.add(an_entry("1"))
    assert len(await audit.newest(9)) == 1
    [happened] = await SqlOrders(database, clock).timeline("T1")
    assert happened.kind == "staff"
    assert happened.facts == {
        "who": "Agent One",
        "act": "cancel",
        "reason": "payer asked",
        "status": "cancelled",
    }


async def test_the_newest_come_first_and_one_orders_alone_on_demand(audit):
    for number, order in enumerate(("T1", "T2", "T1")):
        await audit.add(an_entry(str(number), merchant_order_no=order))
    assert [line.entry.act_id for line in await audit.newest(2)] == ["2", "1"]
    assert [line.entry.act_id for line in await audit.newest(9, "T1")] == ["2", "0"]


async def test_all_of_a_time_come_oldest_first_however_many(audit, clock, monkeypatch):
    monkeypatch.setattr("core.database.audit._AT_ONCE", 2)
    await audit.add(an_entry("before"))
    clock.pass_by(timedelta(hours=1))
    for number in range(5):
        await audit.add(an_entry(str(number)))
    seen: list[str] = []
    await audit.each(
        clock.now(), lambda lines: seen.extend(line.entry.act_id for line in lines)
    )
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "change", [update(AuditRow).values(who="nobody"), delete(AuditRow)]
)
async def test_the_table_itself_refuses_to_change_or_lose_a_line(
    audit, database, change
):
    await audit.add(an_entry("1"))
    with pytest.raises(DBAPIError, match="only ever added"):
        await database.write(lambda session: session.exec(change))
    [line] = await audit.newest(9)
    assert line.entry.who == "Agent One"


async def test_postgresql_refuses_to_empty_the_table_too(audit, database_url, database):
    if database_url.startswith("sqlite"):
        return
    await audit.add(an_entry("1"))
    with pytest.raises(DBAPIError, match="only ever added"):
        await database.write(lambda session: session.exec(text("truncate audit")))
