"""How long a payer waits: from confirming to the code, from paying to the result."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from core.database.engine import Database
from core.database.orders import SqlOrders
from core.domain.money import Money
from core.domain.orders import Order, Status, new_order_no
from core.payby.border import open_http
from core.payby.client import PayByClient
from core.ports import NewOrder
from tests.bench.load import percentile
from tests.bench.stage import Stage
from webhooks.app import merchant_of
from webhooks.clock import SystemClock
from webhooks.settings import Settings, read_settings

_PHONES = 60
_AMOUNT = Money(500)
_STORE, _PASSWORD = "store-001", "123456"


@dataclass(frozen=True)
class Wait:
    """A distribution of waiting times, in ms."""

    p50: float
    p99: float
    count: int


def confirm_to_card(stage: Stage, times: int) -> Wait:
    """Confirm one top-up after another; the stand-in's own time is left out."""
    waits = []
    for number in range(times):
        phone = str(810_000 + number)
        stage.send(phone, text="/topup 5 player-1002")
        stage.wait_for(phone, "text", "Is this right?")
        pressed_at = time.time() * 1000
        stage.send(phone, press="Confirm")
        photo = stage.wait_for(phone, "photo", "Order: ")
        own_ms = sum(
            call["took_ms"]
            for call in stage.calls(phone)
            if pressed_at <= call["at"] <= photo["at"]
        )
        waits.append(photo["at"] - pressed_at - own_ms)
    return _wait(waits)


def notice_to_push(stage: Stage, per_second: int, seconds: int) -> Wait:
    """Pay at a pace; measure from PayBy's notice to the result at the stand-in."""
    phones = [str(820_000 + number) for number in range(_PHONES)]
    for phone in phones:
        stage.send(phone, text="/start")
        stage.wait_for(phone, "text", "top")
    settings = read_settings(stage.data / "demo.env")
    orders = asyncio.run(open_codes(settings, phones, per_second * seconds))
    asyncio.run(_pay(stage, orders, per_second))
    for order in orders:
        phone = order.conversation_id.removeprefix("tg:")
        stage.wait_for(phone, "text", order.merchant_order_no, "✅")
    told_at = _told(stage, phones)
    noticed_at = _noticed(stage)
    numbers = [order.merchant_order_no for order in orders]
    return _wait([told_at[number] - noticed_at[number] for number in numbers])


async def open_codes(
    settings: Settings, phones: Sequence[str], count: int
) -> list[Order]:
    """Let PayBy make codes for orders that stand in the product's database.

    Each of a phone's orders is for an account of its own, as a payer can have but one
    code for an account.
    """
    database = Database(settings.database_url)
    orders = SqlOrders(database, SystemClock())
    async with open_http() as http:
        payby = PayByClient(http, merchant_of(settings), SystemClock())
        opened = [
            await _open_code(
                orders,
                payby,
                phones[number % len(phones)],
                f"tester-{number // len(phones)}",
            )
            for number in range(count)
        ]
    await database.close()
    return opened


async def _open_code(
    orders: SqlOrders, payby: PayByClient, phone: str, account_id: str
) -> Order:
    now = datetime.now(UTC)
    number = new_order_no(now)
    order = Order(
        merchant_order_no=number,
        draft_id=number,
        conversation_id=f"tg:{phone}",
        account_id=account_id,
        account_name="P•••3",
        amount=_AMOUNT,
        status=Status.CREATING,
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    await orders.add(order)
    made = await payby.create_order(
        NewOrder(
            merchant_order_no=number,
            amount=_AMOUNT,
            subject="Game top-up",
            expires_at=order.expires_at,
        )
    )
    return await orders.opened(
        number, made.payby_order_no, made.token_url, order.expires_at
    )


async def _pay(stage: Stage, orders: Sequence[Order], per_second: int) -> None:
    """Scan the codes at that pace."""
    started = time.perf_counter()
    url = stage.world.desk.url
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:

        async def scan(index: int, order: Order) -> None:
            await asyncio.sleep(started + index / per_second - time.perf_counter())
            slip = {"qr": order.token_url, "store": _STORE, "password": _PASSWORD}
            answer = await http.post("/sandbox/pos/scan", json=slip)
            answer.raise_for_status()

        async with asyncio.TaskGroup() as group:
            for index, order in enumerate(orders):
                group.create_task(scan(index, order))


def _noticed(stage: Stage) -> dict[str, float]:
    """Return when PayBy sent each order's first notice, by the order's number."""
    book = stage.world.get("payby/orders")["orders"]
    return {
        seen["merchantOrderNo"]: seen["notices"][0]["at"]
        for seen in book
        if seen["notices"]
    }


def _told(stage: Stage, phones: Sequence[str]) -> dict[str, float]:
    """Return when each order's result arrived, by the order's number."""
    arrived = {}
    for phone in phones:
        for message in stage.messages(phone):
            if message["text"].startswith("✅") and message["kind"] == "text":
                number = message["text"].split("Order: ")[1].split("\n")[0]
                arrived[number] = message["at"]
    return arrived


def _wait(waits: list[float]) -> Wait:
    waits.sort()
    return Wait(percentile(waits, 0.5), percentile(waits, 0.99), len(waits))
