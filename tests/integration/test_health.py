"""A supervisor learns whether we live, whether we are ready, and what is wrong."""

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.applications import Starlette
from telegram import Bot
from telegram.request import HTTPXRequest

from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.notices import SqlNotices
from core.database.tables.orders import OrderRow
from core.database.tables.payby import NoticeRow
from core.domain.errors import GatewayUnavailable
from core.domain.gulf import GULF
from core.domain.orders import Status
from core.domain.terms import Pace
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.guarded import GuardedGateway
from core.payby.signing import load_private_key, load_public_key
from core.ports import Clock, KeptNotice
from core.upkeep import Upkeep
from core.watch import Watch
from sandbox.app import Sandbox, create_app
from sandbox.config import Config
from tests.contract.sandbox.telegram.desk import serving
from tests.fakes import PAYEE, HandClock, an_order
from tests.integration.conftest import Town, until
from webhooks.clock import SystemClock
from webhooks.disk import places
from webhooks.health import Health, health


@dataclass(frozen=True)
class Outside:
    """PayBy and Telegram, and our ways to them."""

    merchant: Merchant
    bot: Bot
    http: httpx.AsyncClient

    async def fault(self, **fault: object) -> None:
        await self._post("faults", fault)

    async def group(self, number: int, **how: object) -> None:
        await self._post(f"telegram/groups/{number}", how)

    async def _post(self, path: str, body: dict[str, object]) -> None:
        url = self.merchant.base_url.replace("/sgs/api", f"/sandbox/{path}")
        (await self.http.post(url, json=body)).raise_for_status()


@pytest_asyncio.fixture(loop_scope="session")
async def outside(tmp_path) -> AsyncIterator[Outside]:
    """PayBy and Telegram, as the sandbox plays them."""
    sandbox = Sandbox(Config(data=tmp_path))
    app: Starlette = create_app(sandbox)
    keys = tmp_path / "keys"
    plainly = {"trust_env": False}
    async with (
        serving(app) as url,
        open_http() as http,
        HTTPXRequest(httpx_kwargs=plainly) as asking,
        HTTPXRequest(httpx_kwargs=plainly) as polling,
    ):
        merchant = Merchant(
            base_url=f"{url}/sgs/api",
            partner_id=PAYEE,
            private_key=load_private_key(keys / "merchant_private.pem"),
            payby_public_key=load_public_key(keys / "payby_public.pem"),
            notify_url="http://127.0.0.1:9/payby/notices",
            business_type="GAME_TOP_UP",
        )
        bot = Bot(
            Config.telegram_token,
            f"{url}/bot",
            request=asking,
            get_updates_request=polling,
        )
        yield Outside(merchant, bot, http)
        sandbox.goodbye()


@pytest.fixture
def looks(town: Town, outside: Outside):
    """Make one that looks at everything, where not told otherwise."""

    def looks(**other: object) -> Health:
        parts: dict[str, Any] = {
            "database": town.database,
            "http": outside.http,
            "merchant": outside.merchant,
            "bot": outside.bot,
            "support_chat": "",
            "guard": GuardedGateway(town.gateway, SystemClock(), Pace()),
            "places": {},
            "clock": SystemClock(),
            "worker": "test-worker",
        }
        return Health(**(parts | other))

    return looks


async def ask(looks: Health, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
    app = FastAPI()
    app.include_router(health(looks))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test"
    ) as client:
        answer = await client.get(path)
    return answer.status_code, json.loads(answer.content)


async def test_a_process_that_runs_says_that_it_lives(looks):
    assert await ask(looks(), "/healthz") == (200, {"status": "alive"})


async def test_when_all_is_well_each_part_says_so(looks, migrated_sqlite, tmp_path):
    here = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}"
    database = Database(here)
    await turning(database)
    status, findings = await ask(looks(database=database, places=places(here, here)))
    await database.close()
    assert status == 200
    assert list(findings) == [
        *("database", "engine", "loops", "disk"),
        *("payby", "clock", "telegram", "notices", "books"),
        "gateway_guard",
    ]
    assert all(finding["ok"] for finding in findings.values()), findings


async def turning(database: Database, clock: Clock | None = None) -> None:
    """Leave the traces of loops that turn."""
    leases = SqlLeases(database, clock or SystemClock())
    for name in ("watch", "worker:test-worker"):
        await leases.take(name, "test-worker", timedelta(seconds=15))


async def test_a_database_that_was_not_migrated_is_not_ready(looks, tmp_path):
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    status, findings = await ask(looks(database=empty))
    assert status == 503
    assert findings["database"]["says"].startswith("does not answer")
    await empty.close()


async def test_a_database_that_keeps_nothing_is_not_ready(
    looks, migrated_sqlite, tmp_path
):
    """It is held by somebody else; a full disk has the same effect."""
    file = shutil.copy(migrated_sqlite, tmp_path)
    database = Database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("pragma journal_mode=wal")
        other.execute("begin immediate")
        status, findings = await ask(looks(database=database))
    assert status == 503
    assert findings["database"]["says"].startswith("can be read but keeps nothing")
    assert findings["notices"]["ok"]
    await database.close()


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a disk without room")
async def test_a_full_disk_is_not_ready(looks):
    status, findings = await ask(looks(places={"the database": Path("/proc")}))
    assert status == 503
    assert findings["disk"]["says"] == "is full: make room for the database"


async def test_trouble_at_payby_is_told_and_keeps_nobody_out(looks, outside):
    nowhere = replace(outside.merchant, base_url="http://127.0.0.1:9/sgs/api")
    status, findings = await ask(looks(merchant=nowhere))
    assert status == 200
    assert not findings["payby"]["ok"]
    assert "can't be reached" in findings["payby"]["says"]


async def test_a_gateway_that_is_left_alone_is_told_of_and_asked(looks, town):
    guard = GuardedGateway(town.gateway, SystemClock(), Pace())
    for _ in range(5):
        town.gateway.fails("get", GatewayUnavailable("PayBy is on fire."))
        with pytest.raises(GatewayUnavailable):
            await guard.get_order("T261124-AAAA2222")
    status, findings = await ask(looks(guard=guard))
    assert status == 200
    assert not findings["gateway_guard"]["ok"]
    assert "PayBy is on fire." in findings["gateway_guard"]["says"]
    assert findings["payby"]["ok"]


@pytest.mark.parametrize("token", ["7654321:Wrong", Config.telegram_token])
async def test_trouble_at_telegram_is_told_without_the_token(looks, token):
    async with (
        HTTPXRequest(httpx_kwargs={"trust_env": False}) as asking,
        HTTPXRequest() as polling,
    ):
        bot = Bot(
            token, "http://127.0.0.1:9/bot", request=asking, get_updates_request=polling
        )
        status, findings = await ask(looks(bot=bot))
    assert status == 200
    assert not findings["telegram"]["ok"]
    assert token not in json.dumps(findings)


@pytest.mark.parametrize(
    ("paid", "unannounced", "ok"),
    [(3, 2, True), (3, 3, False), (60, 3, True), (59, 3, False)],
)
async def test_payments_that_no_notice_told_of_are_told(
    looks, migrated_sqlite, tmp_path, paid, unannounced, ok
):
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}")
    now = datetime.now(UTC)
    await pay(database, now - timedelta(hours=1), paid, unannounced)
    await pay(database, now - timedelta(minutes=9), 5, 5)
    await pay(database, now - timedelta(hours=25), 5, 5)
    status, findings = await ask(looks(database=database))
    assert status == 200
    assert findings["notices"]["ok"] == ok
    assert findings["notices"]["says"].startswith(
        f"{unannounced} of {paid} payments of the last day were found only by asking"
    )
    await database.close()


async def pay(database: Database, at: datetime, paid: int, unannounced: int) -> None:
    """Keep paid orders, and the notices of all but so many."""
    numbers = [f"T{at:%d%H%M}-{number}" for number in range(paid)]
    rows = [
        OrderRow.of(
            an_order(number, status=Status.CREDITED, paid_at=at, conversation_id=number)
        )
        for number in numbers
    ]
    notices = [
        NoticeRow(
            digest=number,
            received_at=at,
            is_heeded=True,
            kind="acquireOrder",
            merchant_order_no=number,
            verdict="paid",
            body="{}",
        )
        for number in numbers[unannounced:]
    ]
    await database.write(lambda session: session.add_all([*rows, *notices]))


@pytest.mark.parametrize(
    ("compared", "hour", "says"),
    [
        ((22,), 12, "compared until 2026-11-22"),
        ((22, 23), 14, "compared until 2026-11-23"),
        ((22,), 14, "2026-11-23 is not compared with PayBy's statement: see why"),
        ((20,), 14, "2026-11-21 and 2 later days are not compared with PayBy's"),
        ((), 14, "2026-11-23 is not compared with PayBy's statement: see why"),
        ((), 12, "there is nothing to compare yet"),
    ],
)
async def test_a_day_that_is_not_compared_after_noon_is_told_and_keeps_nobody_out(
    looks, apart, clock, compared, hour, says
):
    await pay(apart, datetime(2026, 11, 23, 12, tzinfo=GULF), 1, 0)
    for day in compared:
        await SqlDifferences(apart, clock).compared(date(2026, 11, day), {})
    clock.time = datetime(2026, 11, 24, hour, tzinfo=GULF)
    status, findings = await ask(looks(database=apart, clock=clock))
    assert status == 200
    assert findings["books"]["ok"] == ("not compared" not in says)
    assert findings["books"]["says"].startswith(says)


async def test_a_product_that_never_took_a_payment_has_nothing_to_compare(
    looks, apart, clock
):
    clock.time = datetime(2026, 11, 24, 14, tzinfo=GULF)
    _, findings = await ask(looks(database=apart, clock=clock))
    assert findings["books"] == {"ok": True, "says": "there is nothing to compare yet"}


async def test_the_world_while_well_is_not_asked_more_than_once_a_minute(
    looks, outside
):
    health = looks()
    _, before = await ask(health)
    await outside.fault(target="payby.getOrder", mode="http500", times=1)
    _, after = await ask(health)
    assert after == before


@pytest.fixture
async def apart(migrated_sqlite, tmp_path) -> AsyncIterator[Database]:
    """A database of this test's own."""
    opened = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path)}")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ("watch", "nobody looks after orders"),
        ("worker:test-worker", "this worker's upkeep stands still"),
    ],
)
async def test_a_loop_that_stands_still_for_a_minute_is_told(
    looks, apart, clock, lost, says
):
    await turning(apart, clock)
    health = looks(database=apart, clock=clock)
    assert await health.troubles() == []
    await SqlLeases(apart, clock).let_go(lost, "test-worker")
    [trouble] = await looks(database=apart, clock=clock).troubles()
    assert trouble.startswith(f"loops {says}")


async def test_the_leases_of_the_real_loops_are_the_ones_looked_at(apart, town, looks):
    clock = SystemClock()
    leases = SqlLeases(apart, clock)
    watch = Watch(
        town.parts,
        town.topups.attend,
        leases=leases,
        worker="test-worker",
        per_second=1,
        follow_refunds=town.topups.refunds.care.follow,
    )
    async with watch.kept(), Upkeep(leases, clock, "test-worker").kept():

        async def all_well() -> bool:
            return not await looks(database=apart).troubles()

        await until(all_well)


async def test_a_notice_that_nobody_heeds_is_told(looks, apart, clock):
    await SqlNotices(apart, clock).keep(KeptNotice("digest", "{}"))
    clock.pass_by(timedelta(minutes=2))
    await turning(apart, clock)
    [trouble] = await looks(database=apart, clock=clock).troubles()
    assert trouble.startswith("loops notices are kept, and nothing is done about them")


async def test_only_what_keeps_us_from_work_is_a_trouble(looks, apart, outside):
    """The world's troubles are told, but nobody need be woken to start us again."""
    await turning(apart)
    nowhere = replace(outside.merchant, base_url="http://127.0.0.1:9/sgs/api")
    assert await looks(database=apart, merchant=nowhere).troubles() == []
    full = looks(database=apart, places={"the database": Path("/proc")})
    assert await full.troubles() == ["disk is full: make room for the database"]


@pytest.mark.parametrize(
    ("how", "is_ok", "says"),
    [
        ({}, True, "is a supergroup chat that the bot can write to"),
        ({"bot": "kicked"}, False, "bot was kicked from the supergroup chat"),
        (
            {"upgraded_to": -1009876543210},
            False,
            "set TOPUP_SUPPORT_CHAT=-1009876543210",
        ),
        (None, False, "is TOPUP_SUPPORT_CHAT right"),
    ],
    ids=["in it", "put out", "upgraded", "no such group"],
)
async def test_a_support_chat_that_hears_nothing_is_told_and_keeps_nobody_out(
    looks, outside, how, is_ok, says
):
    if how is not None:
        await outside.group(-1001234567890, **how)
    status, findings = await ask(looks(support_chat="-1001234567890"))
    assert status == 200
    assert findings["support_chat"]["ok"] is is_ok
    assert says in findings["support_chat"]["says"]
