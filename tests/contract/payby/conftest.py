"""The sandbox's PayBy, the client that asks it, and a cashier."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from core.domain.money import Money
from core.domain.orders import Order, new_order_no
from core.domain.payments import GatewayOrder
from core.payby.border import open_http
from core.payby.client import PayByClient
from core.ports import NewOrder

STORE = "store-001"


@dataclass(frozen=True)
class Clock:
    ahead: timedelta = timedelta()

    def now(self):
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class World:
    """The sandbox's control API, as a cashier or a test uses it."""

    url: str

    async def control(self, path: str, **content: object) -> None:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            answer = await http.post(f"/sandbox/{path}", json=content)
        answer.raise_for_status()

    async def fault(self, call: str, mode: str, times: int = 1) -> None:
        await self.control("faults", target=f"payby.{call}", mode=mode, times=times)

    async def pay(self, order: GatewayOrder | Order) -> None:
        qr = order.token_url
        await self.control("pos/scan", qr=qr, store=STORE, password="123456")


@pytest.fixture
async def world(sandbox):
    world = World(sandbox.url)
    await world.control("reset")
    return world


@pytest.fixture
async def http():
    async with open_http() as client:
        yield client


@pytest.fixture
def client(world, http, merchant):
    return PayByClient(http, merchant, Clock())


def an_order(fils=5000) -> NewOrder:
    now = datetime.now(UTC)
    return NewOrder(
        merchant_order_no=new_order_no(now),
        amount=Money(fils),
        subject="Coins شحن",
        expires_at=now + timedelta(hours=2),
    )
