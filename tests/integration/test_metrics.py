"""Prometheus learns how the money stands, and nobody else does."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from core import engine
from core.backlog import Backlog
from core.database.engine import Database
from core.database.figures import SqlFigures
from core.domain.errors import GatewayUnavailable
from core.domain.terms import Pace
from core.engine import Queue
from core.payby.exchange import Exchange
from core.payby.guarded import GuardedGateway
from tests.fakes import NOW, a_payment
from tests.integration.conftest import Town, held_back
from webhooks.clock import SystemClock
from webhooks.metrics import Metrics, metrics
from webhooks.tally import Tally

TOKEN = "scrape-me-if-you-can"


@pytest.fixture
async def engine_database(town: Town) -> AsyncIterator[Database]:
    """The engine's database, which lies beside the town's."""
    beside = Path(str(town.database._engine.url.database)).parent  # noqa: SLF001
    opened = Database(f"sqlite:///{beside}/engine.sqlite")
    yield opened
    await opened.close()


@pytest.fixture
def looks(town: Town, engine_database: Database):
    """Make one that tells of the town, where not told otherwise."""

    def looks(**other: object) -> Metrics:
        usual = {
            "tally": Tally(),
            "figures": SqlFigures(town.database),
            "backlog": Backlog(engine_database),
            "gateway": GuardedGateway(town.gateway, town.clock, Pace()),
            "clock": town.clock,
        }
        return Metrics(**(usual | other))  # type: ignore[arg-type]

    return looks


async def ask(looks: Metrics, shown: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(metrics(TOKEN, looks))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test"
    ) as client:
        return await client.get(
            "/metrics", headers={b"authorization": shown.encode("latin-1")}
        )


async def scraped(looks: Metrics) -> dict[str, float]:
    """Return every line by its name and labels."""
    answer = await ask(looks, f"Bearer {TOKEN}")
    assert answer.status_code == 200
    lines = re.findall(r"^(topup_\S+) (\S+)$", answer.text, re.MULTILINE)
    return {name: float(value) for name, value in lines}


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "é"]
)
async def test_without_the_token_nothing_is_told(looks, shown):
    answer = await ask(looks(), shown)
    assert (answer.status_code, answer.content) == (401, b"")


async def test_orders_are_counted_by_status_and_what_is_not_credited_has_an_age(
    town, looks
):
    town.clock.pass_by(timedelta(minutes=20))
    before = await scraped(looks())
    account = await town.account(is_open=True)
    order = await town.created(account)
    await town.accounts.keep([replace(account, is_open=False)])
    paid = a_payment(order, paid_at=NOW - timedelta(minutes=7))
    await town.orders.settle(order.merchant_order_no, paid, "asking")
    after = await scraped(looks())
    name = 'topup_orders{status="paid"}'
    assert after[name] == before[name] + 1
    assert after["topup_uncredited_oldest_seconds"] >= 27 * 60
    unannounced = "topup_payments_last_day_unannounced"
    assert after[unannounced] == before[unannounced] + 1
    assert after["topup_standing_known"] == 1


async def test_a_job_that_waits_for_its_turn_has_an_age(town, looks, hand):
    queue = await held_back(Queue.CODES)
    await engine.enqueue(Queue.CODES, "metrics-wait", hand.press, "metrics-wait")
    await asyncio.sleep(0.01)
    found = await scraped(looks(clock=SystemClock()))
    await queue.set_worker_concurrency_async(8)
    assert found['topup_queue_oldest_seconds{queue="codes"}'] > 0
    assert found['topup_queue_oldest_seconds{queue="inbox"}'] == 0


async def test_what_happens_in_this_process_is_counted(looks):
    tally = Tally()
    tally.notice("accepted")
    tally.notice("accepted")
    tally.notice("badly_signed")
    for code, duration_ms in (("0", 120), ("TIMEOUT", 20_000)):
        tally.exchange(
            Exchange(
                call="placeOrder",
                order_no="T1",
                code=code,
                msg="",
                trace_code="",
                duration_ms=duration_ms,
                at=NOW,
            )
        )
    found = await scraped(looks(tally=tally))
    assert found['topup_notices_total{answer="accepted"}'] == 2
    assert found['topup_notices_total{answer="badly_signed"}'] == 1
    answers = 'topup_payby_answers_total{call="placeOrder",code="TIMEOUT"}'
    assert found[answers] == 1
    assert found['topup_payby_seconds_bucket{call="placeOrder",le="0.25"}'] == 1
    assert found['topup_payby_seconds_sum{call="placeOrder"}'] == 20.12


async def test_what_an_alarm_looks_at_is_told_also_before_it_happens(looks):
    found = await scraped(looks())
    for name in (
        'topup_notices_total{answer="badly_signed"}',
        'topup_messages_undelivered{state="unreachable"}',
        'topup_refunds{status="failed"}',
        'topup_orders{status="failed"}',
    ):
        assert name in found


async def test_a_gateway_that_is_left_alone_is_told(town, looks):
    gateway = GuardedGateway(town.gateway, town.clock, Pace())
    assert (await scraped(looks(gateway=gateway)))["topup_payby_resting"] == 0
    for _ in range(5):
        town.gateway.fails("get", GatewayUnavailable("PayBy is on fire."))
        with pytest.raises(GatewayUnavailable):
            await gateway.get_order("T261124-AAAA2222")
    assert (await scraped(looks(gateway=gateway)))["topup_payby_resting"] == 1


async def test_while_a_database_is_away_the_rest_is_told(looks, tmp_path):
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    tally = Tally()
    tally.notice("accepted")
    found = await scraped(looks(figures=SqlFigures(empty), tally=tally))
    await empty.close()
    assert found["topup_standing_known"] == 0
    assert found['topup_notices_total{answer="accepted"}'] == 1
    assert not any(name.startswith("topup_orders") for name in found)
