"""Support hears of what is wrong once an hour at most, also after a restart."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from dbos import DBOS

from bot.alarm_desk import AlarmDesk
from core.aftercare import Aftercare
from core.alarms import AlarmParts, Alarms
from core.backlog import Backlog
from core.database.accounts import SqlAccounts
from core.database.alarm_looks import SqlLooks
from core.database.alarms import SqlAlarms
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.database.tables.stores import StoreReportRow
from core.domain.accounts import Account
from core.domain.alarms import (
    CALM_AFTER,
    NOTICES_TAKE,
    QUIET_FOR,
    SILENT_FOR,
    Alarm,
    AlarmKind,
    Trouble,
)
from core.domain.orders import Order, Status
from core.domain.payments import GatewayOrder
from core.domain.staff import Role
from core.engine import Urgency
from core.parts import Parts
from core.ports import KeptNotice, NewOrder, Verdict
from core.refund_care import RefundCare
from core.settlement import Settlement
from core.watch import Watch
from tests.fake_gateway import FakeGateway
from tests.fakes import (
    HandClock,
    MemoryNotifier,
    MemoryRefundNews,
    MemorySupport,
    an_order,
)
from tests.integration.clerks import hired
from tests.integration.conftest import SUPPORT_CHAT, TERMS, Town, done, until

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Office:
    """A database of this test's own, a time, and the queues of an engine."""

    town: Town
    desk: AlarmDesk
    database: Database
    jobs: Database
    clock: HandClock = field(default_factory=HandClock)
    wrong: list[Trouble] = field(default_factory=list)
    """What is wrong in every worker's own process."""

    async def looks(self, worker: str = "worker-1", *, dies: bool = False) -> None:
        """Let a worker take its turn as if it had just started.

        One that dies has told the alarm and has not written that down.
        """

        async def tell(alarm: Alarm) -> None:
            await self.desk.tell(alarm)
            if dies:
                raise OSError("no way out")

        async def see() -> list[Trouble]:
            return self.wrong

        parts = AlarmParts(
            alarms=SqlAlarms(self.database, self.clock),
            looks=SqlLooks(self.database),
            backlog=Backlog(self.jobs),
            look_here=see,
            tell=tell,
            tell_over=self.desk.tell_over,
            leases=SqlLeases(self.database, self.clock),
            clock=self.clock,
        )
        await Alarms(parts, worker, MINUTE).turn()

    def goes_wrong(self) -> str:
        """Let the clock be wrong; the name of the server."""
        about = f"server-{self.town.number()}"
        facts = {"seconds_ahead": "+99"}
        self.wrong = [Trouble(kind=AlarmKind.CLOCK, about=about, facts=facts)]
        return about

    async def heard(self, about: str, *jobs: str) -> list[str]:
        """What support hears about that once these jobs are done."""
        for job in jobs:
            await done(job)
        chat = self.town.channel.shown.get(SUPPORT_CHAT, [])
        return [message.text[:4] for message in chat if about in message.text]


@pytest.fixture(scope="session")
def desk(whole):
    return AlarmDesk(whole.courier, SUPPORT_CHAT)


@pytest_asyncio.fixture(loop_scope="session")
async def office(town, desk, migrated_sqlite, tmp_path) -> AsyncIterator[Office]:
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    with closing(sqlite3.connect(tmp_path / "engine.sqlite")) as jobs:
        jobs.execute(
            "create table workflow_status (queue_name, status, created_at integer)"
        )
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    queues = Database(f"sqlite:///{tmp_path}/engine.sqlite")
    yield Office(town, desk, database, queues)
    await database.close()
    await queues.close()


async def test_what_is_wrong_is_told_once_an_hour_by_whichever_worker(office):
    about = office.goes_wrong()
    for minute in range(59):
        office.clock.time = office.clock.time.replace(minute=minute)
        await office.looks(f"worker-{minute % 2}")
    assert len(await office.heard(about, f"alarm:clock:{about}:1")) == 1
    office.clock.pass_by(2 * MINUTE)
    await office.looks()
    assert len(await office.heard(about, f"alarm:clock:{about}:2")) == 2


async def test_a_worker_that_dies_after_telling_has_told_it(office):
    about = office.goes_wrong()
    with pytest.raises(OSError, match="no way out"):
        await office.looks(dies=True)
    office.clock.pass_by(MINUTE)
    await office.looks()
    await office.looks("worker-2")
    assert len(await office.heard(about, f"alarm:clock:{about}:1")) == 1


async def test_its_end_is_told_once_and_its_return_within_the_hour_is_not(office):
    about = office.goes_wrong()
    await office.looks()
    was_wrong, office.wrong = office.wrong, []
    for _ in range(3):
        office.clock.pass_by(CALM_AFTER)
        await office.looks()
    told = f"alarm:clock:{about}:1"
    over = ["⚠ Th", "Over"]
    assert await office.heard(about, told, f"{told}:over") == over
    assert await SqlAlarms(office.database, office.clock).standing() == []
    office.wrong = was_wrong
    await office.looks()
    office.wrong = []
    office.clock.pass_by(CALM_AFTER)
    await office.looks()
    assert await office.heard(about) == over
    office.wrong = was_wrong
    office.clock.pass_by(QUIET_FOR)
    await office.looks()
    assert len(await office.heard(about, f"alarm:clock:{about}:2")) == 3


async def test_many_of_a_kind_are_told_as_one_and_none_of_them_as_over(office):
    few, more = office.goes_wrong(), [office.goes_wrong() for _ in range(3)]
    [last] = office.wrong
    kind = AlarmKind.UNCREDITED
    facts = {"amount": "AED 50.00", "paid": "11:00"}
    all_of_them = [
        replace(last, kind=kind, about=about, facts=facts) for about in (few, *more)
    ]
    office.wrong = all_of_them[:1]
    await office.looks()
    office.wrong = all_of_them
    office.clock.pass_by(CALM_AFTER)
    await office.looks()
    await done(f"alarm:uncredited:{few}:1")
    await done("alarm:uncredited::1")
    assert await office.heard("4 paid orders are not credited") == ["⚠ 4 "]
    assert await office.heard(f"Order {few}") == ["⚠ Or"]
    for about in more:
        assert await office.heard(f"Order {about}") == []
    standing = await SqlAlarms(office.database, office.clock).standing()
    assert [alarm.about for alarm in standing] == [few, ""]


async def test_a_job_that_waits_for_more_than_a_minute_is_told(office):
    about = f"queue-{office.town.number()}"

    def wait(at: datetime) -> None:
        with closing(sqlite3.connect(str(office.jobs._engine.url.database))) as jobs:  # noqa: SLF001  (where the test has put it)
            row = (about, "ENQUEUED", round(at.timestamp() * 1000))
            jobs.execute("insert into workflow_status values (?, ?, ?)", row)
            jobs.commit()

    wait(office.clock.now())
    office.clock.pass_by(MINUTE)
    await office.looks()
    assert await office.heard(about) == []
    office.clock.pass_by(SECOND)
    await office.looks()
    assert await office.heard(about, f"alarm:backlog:{about}:1") == ["⚠ Wo"]


async def test_a_store_is_told_again_only_when_it_is_reported_again(office):
    store = f"store-{office.town.number()}"

    async def report(number: int) -> None:
        row = StoreReportRow(
            store_id=store,
            merchant_order_no=f"T{number}",
            reason="refused",
            at=office.clock.now(),
        )
        await office.database.write(lambda session: session.add(row))

    for number in range(3):
        assert await office.heard(store) == []
        await report(number)
        await office.looks()
    told = f"alarm:store_reported:{store}"
    assert len(await office.heard(store, f"{told}:1")) == 1
    office.clock.pass_by(QUIET_FOR)
    await office.looks()
    assert len(await office.heard(store)) == 1
    await report(3)
    await office.looks()
    assert len(await office.heard(store, f"{told}:2")) == 2


async def test_staff_see_what_is_wrong_until_it_is_over(town, desk):
    viewer = await hired(town, Role.VIEWER)
    alarms = SqlAlarms(town.database, town.clock)
    about = f"server-{town.number()}"
    facts = {"seconds_ahead": "+99"}
    [alarm] = await alarms.see(
        [Trouble(kind=AlarmKind.CLOCK, about=about, facts=facts)]
    )
    assert about not in await viewer.types("/alarms")
    await alarms.told(alarm, "")
    assert f"The clock of {about} is off PayBy's by +99 s, since" in (
        await viewer.taps("Look again")
    )
    await alarms.over(alarm)
    assert about not in await viewer.taps("Look again")


async def test_without_a_chat_an_alarm_is_in_the_log_only(office, capsys):
    about = office.goes_wrong()
    office.desk._chat, chat = "", office.desk._chat  # noqa: SLF001  (one desk per process)
    try:
        await office.looks()
        await office.looks()
    finally:
        office.desk._chat = chat  # noqa: SLF001  (same)
    assert capsys.readouterr().out.count(about) == 1
    assert await office.heard(about) == []


async def test_an_alarm_is_stored_under_the_name_it_always_had(office):
    about = office.goes_wrong()
    await office.looks()
    job = f"alarm:clock:{about}:1"
    await done(job)
    [stored] = await DBOS.list_workflows_async(workflow_ids=[job])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "bring_alarm",
        "AlarmDesk",
        "alarm_desk",
    )
    assert (stored.queue_name, stored.priority) == ("outbox", Urgency.ANSWER)
    await until(lambda: _is_sent(office.town, job))


async def _is_sent(town: Town, message: str) -> bool:
    record = await town.messages.get(message)
    return record is not None and record.state == "sent"


class Till:
    """Payments in the office's own books: PayBy tells of some, of others it does not.

    What it does not tell of is found by the watch, which runs as it does at work.
    """

    def __init__(self, office: Office) -> None:
        database, self.clock = office.database, office.clock
        self.gateway = FakeGateway(self.clock)
        self.orders = SqlOrders(database, self.clock)
        self.accounts = SqlAccounts(database, self.clock)
        self.notices = SqlNotices(database, self.clock)
        parts = Parts(
            terms=TERMS,
            gateway=self.gateway,
            orders=self.orders,
            refunds=SqlRefunds(database, self.clock, TERMS.pace),
            accounts=self.accounts,
            notifier=MemoryNotifier(),
            refund_news=MemoryRefundNews(),
            support=MemorySupport(),
            clock=self.clock,
        )
        self.settlement = Settlement(parts)
        self.watch = Watch(
            parts,
            Aftercare(parts, self.settlement, no_creation).attend,
            follow_refunds=RefundCare(parts).follow,
            leases=SqlLeases(database, self.clock),
            worker="worker-1",
            per_second=1000,
        )

    async def paid(self, number: str) -> GatewayOrder:
        """Let a cashier take the cash for a new code."""
        account = Account("player-1001", "DesertFalcon", is_open=True)
        await self.accounts.keep([account])
        order = an_order(number, created_at=self.clock.now(), conversation_id=number)
        await self.orders.add(order)
        made = await self.gateway.create_order(
            NewOrder(
                merchant_order_no=number,
                amount=order.amount,
                subject=TERMS.subject,
                expires_at=order.expires_at,
            )
        )
        await self.orders.opened(
            number, made.payby_order_no, made.token_url, order.expires_at
        )
        return self.gateway.pay(number)

    async def found_by_asking(self, number: str) -> None:
        """Let no notice come: the watch finds it within minutes."""
        await self.paid(number)
        self.clock.pass_by(2 * MINUTE)
        await self.watch.round()
        assert (await self.orders.get(number)).status is Status.CREDITED

    async def announced(self, number: str) -> None:
        """Let PayBy's notice come, and be heeded."""
        seen = await self.paid(number)
        await self.notices.keep(KeptNotice(number, "{}"))
        order = await self.orders.get(number)
        await self.settlement.settle(order, seen, found_by="notice")
        await self.notices.heeded(number, Verdict("acquireOrder", number, "paid"))


async def no_creation(_order: Order) -> None:
    """Every order here has its code."""


async def test_payments_that_only_asking_finds_are_told_until_notices_come_again(
    office,
):
    till = Till(office)
    said, told = "PayBy's notices", "alarm:notices_silent::1"
    await till.announced("T261124-TOLD2222")
    for number in range(SILENT_FOR):
        await till.found_by_asking(f"T261124-LOST222{number}")
    await office.looks()
    assert await office.heard(said) == []  # some notices may be under way yet
    office.clock.pass_by(NOTICES_TAKE)
    for _ in range(2):
        await office.looks()
    assert await office.heard(said, told) == ["⚠ Pa"]
    await till.announced("T261124-TOLD3333")
    for _ in range(3):
        office.clock.pass_by(CALM_AFTER)
        await office.looks()
    assert await office.heard(said, f"{told}:over") == ["⚠ Pa", "Over"]
    assert await SqlAlarms(office.database, office.clock).standing() == []
