"""From a payment at the till to the result in the payer's chat, on both networks."""

import asyncio
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

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
from tests.networks import TELEGRAM, WHATSAPP
from tests.waiting import until
from webhooks.clock import SystemClock
from webhooks.merchant import merchant_of
from webhooks.settings import Settings, read_settings

_AMOUNT = Money(500)
_STORES = ("store-001", "store-003", "store-004", "store-005")  # with full wallets
_PASSWORD = "123456"
_ORDER_NO = re.compile(r"T\d{6}-\w{8}")
_WITHIN_S = 120
_LOOK_EVERY_S = 2.0


@dataclass(frozen=True)
class Payer:
    """Somebody who has written to us, so that we may write too."""

    network: str
    phone: str
    chat: str
    """The conversation's id in the product."""


@dataclass(frozen=True)
class Wait:
    """A distribution of waiting times, in ms."""

    p50: float
    p99: float
    count: int


@dataclass(frozen=True)
class Told:
    """How results came out."""

    waits: Mapping[str, Wait]
    """From PayBy's notice to the result at the stand-in, by network."""
    per_second: float
    """Results a second, from the first notice to the last result."""
    cpu_ms: float
    """The product's processor time for each payment, from notice to result."""


def payers(stage: Stage, network: str, count: int, first: int = 0) -> list[Payer]:
    """Let so many people write to us, each for the first time."""
    number = "{}" if network == TELEGRAM else "+971500{:06}"
    phones = [number.format(820_000 + first + each) for each in range(count)]
    for phone in phones:
        stage.send(phone, network, text="/start")
    for phone in phones:
        stage.wait_for(phone, "text", "top", network=network)
    chats = {phone: f"tg:{phone}" for phone in phones}
    if network == WHATSAPP:
        with closing(sqlite3.connect(stage.world.desk.database, timeout=30)) as product:
            known = "select phone, conversation_id from whatsapp_contacts"
            chats = dict(product.execute(known).fetchall())
    return [Payer(network, phone, chats[phone]) for phone in phones]


def notice_to_push(stage: Stage, per_second: int, seconds: int, first: int = 0) -> Wait:
    """Pay at a pace by payers on Telegram; how long they wait for the result."""
    told = pay(stage, payers(stage, TELEGRAM, 60, first), per_second, seconds)
    return told.waits[TELEGRAM]


def pay(stage: Stage, by: Sequence[Payer], per_second: int, seconds: int) -> Told:
    """Let payers pay in turn, at a pace; wait until each has heard of each payment."""
    settings = read_settings(stage.data / "demo.env")
    chats = [payer.chat for payer in by]
    orders = asyncio.run(open_codes(settings, chats, per_second * seconds))
    before_ms = stage.cpu_ms()
    asyncio.run(_scan(stage, orders, per_second))
    numbers = {order.merchant_order_no for order in orders}
    told_at: dict[str, tuple[str, float]] = {}

    def all_are_told() -> bool:
        time.sleep(_LOOK_EVERY_S)  # looking is work for the stand-ins too
        for payer in by:
            told_at.update(_told(stage, payer))
        return numbers <= told_at.keys()

    until(all_are_told, "the results", _WITHIN_S)
    cpu_ms = (stage.cpu_ms() - before_ms) / len(numbers)
    noticed_at = _noticed(stage)
    waits: dict[str, list[float]] = {}
    for number in numbers:
        network, at = told_at[number]
        waits.setdefault(network, []).append(at - noticed_at[number])
    took_ms = max(told_at[number][1] for number in numbers) - min(
        noticed_at[number] for number in numbers
    )
    return Told(
        {network: wait_of(each) for network, each in waits.items()},
        len(numbers) / took_ms * 1000,
        cpu_ms,
    )


def in_turn(telegram: Sequence[Payer], whatsapp: Sequence[Payer]) -> list[Payer]:
    """Let payers of both networks be mixed evenly, all of them."""
    longer, shorter = sorted((telegram, whatsapp), key=len, reverse=True)
    step = len(longer) / len(shorter)
    mixed = list(longer)
    for index, payer in enumerate(shorter):
        mixed.insert(int(index * step) + index, payer)
    return mixed


async def open_codes(
    settings: Settings, chats: Sequence[str], count: int
) -> list[Order]:
    """Let PayBy make codes for orders that stand in the product's database.

    Each of a chat's orders is for an account of its own, as a payer can have but one
    code for an account.
    """
    database = Database(settings.database_url)
    orders = SqlOrders(database, SystemClock())
    async with open_http() as http:
        payby = PayByClient(http, merchant_of(settings), SystemClock())
        opened = [
            await _open_code(orders, payby, chat, f"tester-{number // len(chats)}")
            for number, chat in enumerate(islice(cycle(chats), count))
        ]
    await database.close()
    return opened


async def _open_code(
    orders: SqlOrders, payby: PayByClient, chat: str, account_id: str
) -> Order:
    now = datetime.now(UTC)
    number = new_order_no(now)
    order = Order(
        merchant_order_no=number,
        draft_id=number,
        conversation_id=chat,
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


async def _scan(stage: Stage, orders: Sequence[Order], per_second: int) -> None:
    """Scan the codes at that pace."""
    started = time.perf_counter()
    url = stage.world.desk.url
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:

        async def scan(index: int, order: Order) -> None:
            await asyncio.sleep(started + index / per_second - time.perf_counter())
            store = _STORES[index % len(_STORES)]
            slip = {"qr": order.token_url, "store": store, "password": _PASSWORD}
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


def _told(stage: Stage, payer: Payer) -> dict[str, tuple[str, float]]:
    """Return on which network and when each order's result came, by its number."""
    return {
        _ORDER_NO.findall(message["text"])[0]: (payer.network, message["at"])
        for message in stage.messages(payer.phone, payer.network)
        if message["text"].startswith("✅") and message["kind"] == "text"
    }


def wait_of(waits: list[float]) -> Wait:
    """Sum up waiting times."""
    waits.sort()
    return Wait(percentile(waits, 0.5), percentile(waits, 0.99), len(waits))
