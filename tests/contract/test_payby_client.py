"""The client of PayBy and the sandbox's PayBy understand each other over real HTTP."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.domain.errors import (
    GatewayRefusesUs,
    GatewayRejected,
    GatewayResting,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.orders import new_order_no
from core.domain.payments import GatewayStatus
from core.payby.border import open_http
from core.payby.calls import Merchant, NewRefund
from core.payby.client import PayByClient
from core.payby.guarded import GuardedGateway
from core.payby.ping import ping
from core.payby.signing import load_private_key, load_public_key, verify
from core.payby.statement import read_statement
from core.payby.wire import RefundStatus, parse_notice
from core.ports import NewOrder
from sandbox.app import Sandbox
from sandbox.config import Config
from sandbox.server import SandboxServer
from tests.waiting import until

GULF = timezone(timedelta(hours=4))
STORE = "store-001"


@dataclass(frozen=True)
class Clock:
    ahead: timedelta = timedelta()

    def now(self):
        return datetime.now(UTC) + self.ahead


class World:
    """The sandbox's control API, as a cashier or a test uses it."""

    def __init__(self, url: str, keys: Path) -> None:
        self.url = url
        self.keys = keys

    async def control(self, path: str, **content: object) -> None:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            answer = await http.post(f"/sandbox/{path}", json=content)
        answer.raise_for_status()

    async def fault(self, call, mode, times=1):
        await self.control("faults", target=f"payby.{call}", mode=mode, times=times)

    async def pay(self, order):
        qr = order.token_url
        await self.control("pos/scan", qr=qr, store=STORE, password="123456")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sandbox")
    server = SandboxServer(Sandbox(Config(data=folder)))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield World(f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "keys")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def merchant(served):
    return Merchant(
        base_url=f"{served.url}/sgs/api",
        partner_id="200000000888",
        private_key=load_private_key(served.keys / "merchant_private.pem"),
        payby_public_key=load_public_key(served.keys / "payby_public.pem"),
        notify_url="http://127.0.0.1:9/payby/notices",
        business_type="GAME_TOP_UP",
    )


@pytest.fixture
async def world(served):
    await served.control("reset")
    return served


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


async def test_the_same_creation_twice_gives_the_same_code(client):
    new = an_order()
    order = await client.create_order(new)
    assert order.status is GatewayStatus.CREATED
    assert order.token_url.startswith("https://checkout.payby.com/pay-page/main?")
    assert (order.amount, order.currency) == (new.amount.aed, "AED")
    assert order.payee_mid == "200000000888"
    assert order.subject == new.subject
    assert await client.create_order(new) == order


async def test_the_same_number_for_another_amount_is_rejected(client):
    new = an_order()
    await client.create_order(new)
    with pytest.raises(GatewayRejected, match="MERCHANT_ORDER_NO_EXIST") as caught:
        await client.create_order(replace(new, amount=Money(5001)))
    assert caught.value.code == "62016"


@pytest.mark.parametrize("fils", [1, 10, 123456, 99_999_999_999_999])
async def test_every_amount_arrives_to_the_fils(fils, client):
    order = await client.create_order(an_order(fils))
    assert Money.from_aed(order.amount) == Money(fils)


async def test_an_order_is_found_by_either_number(client):
    order = await client.create_order(an_order())
    ours = await client.get_order(order.merchant_order_no)
    paybys = await client.get_order(payby_order_no=order.payby_order_no)
    assert ours == paybys == replace(order, token_url="")


async def test_a_number_nobody_knows_is_rejected(client):
    with pytest.raises(GatewayRejected) as caught:
        await client.get_order("T261124-NOBODY22")
    assert caught.value.code == "62004"
    with pytest.raises(GatewayRejected) as caught:
        await client.get_order(payby_order_no="999")
    assert caught.value.code == "62035"


async def test_a_cancelled_order_stays_cancelled_and_a_paid_one_is_not(client, world):
    first, second = [await client.create_order(an_order()) for _ in range(2)]
    cancelled = await client.cancel_order(first.merchant_order_no)
    assert cancelled.status is GatewayStatus.FAILURE
    assert cancelled.fail_code
    await world.pay(second)
    with pytest.raises(GatewayRejected) as caught:
        await client.cancel_order(payby_order_no=second.payby_order_no)
    assert caught.value.code in {"62001", "62003"}


async def test_a_paid_order_tells_when_where_and_by_whom(client, world):
    before = datetime.now(UTC) - timedelta(seconds=1)
    order = await client.create_order(an_order())
    await world.pay(order)
    paid = await client.get_order(order.merchant_order_no)
    assert paid.is_paid
    assert paid.store_id == STORE
    assert paid.paid_at is not None
    assert before < paid.paid_at < datetime.now(UTC) + timedelta(seconds=1)
    assert paid.payment is not None
    assert paid.payment.pay_channel == "BALANCE"
    payer = await client.get_order_payer(order.merchant_order_no)
    assert payer.payer_mid == paid.payment.payer_mid
    assert payer.mobile_number_mask


async def test_a_scan_is_told_before_the_payment(client, world):
    order = await client.create_order(an_order())
    assert not await client.was_scanned(order.token_url)
    await world.control("pos/look", qr=order.token_url, store=STORE)
    assert await client.was_scanned(order.token_url)
    assert "*" in (await client.scanned_by(order.token_url) or "")
    with pytest.raises(GatewayRejected) as caught:
        await client.was_scanned("https://checkout.payby.com/pay-page/main?ft=0")
    assert caught.value.code == "62082"


async def test_a_revoked_order_is_not_paid_whatever_it_was(client, world):
    unpaid, paid = [await client.create_order(an_order()) for _ in range(2)]
    await world.pay(paid)
    assert (await client.revoke_order(unpaid.merchant_order_no)).is_paid is False
    revoked = await client.revoke_order(paid.merchant_order_no)
    assert revoked.revoked
    assert not revoked.is_paid


async def test_an_expiry_is_moved_within_fifteen_days(client):
    order = await client.create_order(an_order())
    later = datetime.now(UTC).replace(microsecond=123_000) + timedelta(days=10)
    moved = await client.change_expiry(order.merchant_order_no, later)
    assert moved.expires_at == later
    with pytest.raises(GatewayRejected) as caught:
        await client.change_expiry(order.merchant_order_no, later + timedelta(days=9))
    assert caught.value.code == "62089"


async def test_a_refund_leaves_the_rest_refundable(client, world):
    order = await client.create_order(an_order(5000))
    await world.pay(order)
    new = NewRefund(
        refund_merchant_order_no=f"R-{order.merchant_order_no}",
        merchant_order_no=order.merchant_order_no,
        amount=Money(1999),
        reason="closed account",
        operator_name="support",
    )
    refund = await client.refund_order(new)
    assert refund.status is not RefundStatus.UNKNOWN
    assert refund.amount.to_money() == Money(1999)
    assert refund.still_refundable is not None
    assert refund.still_refundable.to_money() == Money(3001)
    assert refund.origin_merchant_order_no == order.merchant_order_no
    by_payby = await client.get_refund(payby_order_no=refund.payby_order_no)
    assert by_payby.refund_merchant_order_no == new.refund_merchant_order_no
    other = replace(new, refund_merchant_order_no="R2", amount=Money(3002))
    with pytest.raises(GatewayRejected, match="REFUND_AMOUNT_EXCEEDED"):
        await client.refund_order(other)
    page = await client.refunds_between(*today())
    assert [item.amount.to_money() for item in page.items] == [Money(1999)]


def today() -> tuple[date, date]:
    day = datetime.now(GULF).date()
    return day - timedelta(days=1), day + timedelta(days=1)


async def test_the_orders_of_some_days_come_page_by_page(client, world):
    orders = [await client.create_order(an_order()) for _ in range(3)]
    await world.pay(orders[0])
    first = await client.orders_between(*today(), size=2)
    second = await client.orders_between(*today(), number=1, size=2)
    assert (first.total_items, first.total_pages) == (3, 2)
    numbers = {order.merchant_order_no for order in (*first.items, *second.items)}
    assert numbers == {order.merchant_order_no for order in orders}
    waiting = await client.orders_between(*today(), statuses=["CREATED"])
    assert waiting.total_items == 2
    await client.revoke_order(orders[0].merchant_order_no)
    assert await client.paid_orders(*today()) == []


async def test_the_balance_is_told_to_the_fils(client, world):
    assert await client.balance() == Money(1_000_000)


async def test_the_statement_of_the_day_tells_the_payment(client, world):
    day = datetime.now(GULF).date()
    with pytest.raises(GatewayRejected) as caught:
        await client.statement(day)
    assert caught.value.code in {"62013", "62014"}
    order = await client.create_order(an_order(12345))
    await world.pay(order)
    paid = await client.get_order(order.merchant_order_no)
    statement = read_statement(await client.statement(day))
    [row] = statement.rows
    assert statement.declared == 1
    assert row.merchant_order_no == order.merchant_order_no
    assert (row.amount, row.transaction_type) == (order.amount, "PAYMENT")
    assert row.store_id == STORE
    assert paid.paid_at is not None
    assert row.paid_at == paid.paid_at.replace(microsecond=0)


async def test_a_creation_that_is_cut_off_is_unknown_and_was_done(client, world):
    new = an_order()
    await world.fault("placeOrder", "drop_after_accept")
    with pytest.raises(OutcomeUnknown):
        await client.create_order(new)
    assert (await client.get_order(new.merchant_order_no)).amount == new.amount.aed
    assert (await client.create_order(new)).token_url


async def test_a_creation_that_times_out_is_unknown_and_was_not_done(world, merchant):
    new = an_order()
    await world.fault("placeOrder", "timeout")
    timeout = httpx.Timeout(5, read=0.1)
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as hasty:
        with pytest.raises(OutcomeUnknown, match="in time"):
            await PayByClient(hasty, merchant, Clock()).create_order(new)
    async with open_http() as http:
        with pytest.raises(GatewayRejected, match="NOT_EXIST"):
            await PayByClient(http, merchant, Clock()).get_order(new.merchant_order_no)


@pytest.mark.parametrize(
    "mode", ["http500", "SYSTEM_ERROR", "SERVICE_TIMEOUT", "bad_sign", "no_sign"]
)
async def test_a_creation_answered_badly_is_unknown(mode, client, world):
    await world.fault("placeOrder", mode)
    with pytest.raises(OutcomeUnknown):
        await client.create_order(an_order())


@pytest.mark.parametrize("mode", ["429", "RATE_LIMIT_REJECT", "SERVICE_NOT_AVAILABLE"])
async def test_a_creation_turned_away_is_tried_again_until_it_works(
    mode, client, world
):
    await world.fault("placeOrder", mode, times=2)
    assert (await client.create_order(an_order())).token_url
    await world.fault("placeOrder", mode, times=3)
    with pytest.raises(GatewayUnavailable):
        await client.create_order(an_order())


@pytest.mark.parametrize("mode", ["http500", "drop_after_accept", "bad_sign", "500"])
async def test_a_look_is_repeated_until_it_can_be_believed(mode, client, world):
    order = await client.create_order(an_order())
    await world.fault("getOrder", mode, times=2)
    found = await client.get_order(order.merchant_order_no)
    assert found.payby_order_no == order.payby_order_no


async def test_a_key_that_payby_does_not_know_makes_no_order(
    world, http, merchant, client
):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    new = an_order()
    with pytest.raises(GatewayRefusesUs, match="does not accept our signature"):
        await PayByClient(
            http, replace(merchant, private_key=stranger), Clock()
        ).create_order(new)
    with pytest.raises(GatewayRejected, match="NOT_EXIST"):
        await client.get_order(new.merchant_order_no)


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_clock_that_payby_refuses_makes_no_order(
    minutes, world, http, merchant, client
):
    new = an_order()
    wrong = Clock(timedelta(minutes=minutes))
    with pytest.raises(GatewayRefusesUs, match="refuses our clock"):
        await PayByClient(http, merchant, wrong).create_order(new)
    with pytest.raises(GatewayRejected, match="NOT_EXIST"):
        await client.get_order(new.merchant_order_no)


async def test_a_partner_id_that_payby_does_not_know_is_refused(world, http, merchant):
    unknown = PayByClient(http, replace(merchant, partner_id="200000000999"), Clock())
    with pytest.raises(GatewayRefusesUs, match="UNAUTHORIZED"):
        await unknown.create_order(an_order())


async def test_a_payby_that_is_down_is_left_alone_and_found_again(client, world):
    gateway = GuardedGateway(client, Clock())
    order = await client.create_order(an_order())
    await world.fault("cancelOrder", "http500", times=5)
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            await gateway.cancel_order(order.merchant_order_no)
    with pytest.raises(GatewayResting, match="HTTP 500"):
        await gateway.cancel_order(order.merchant_order_no)
    await asyncio.to_thread(until, lambda: not gateway.is_resting, within=3)
    closed = await gateway.cancel_order(order.merchant_order_no)
    assert closed.status is GatewayStatus.FAILURE
    assert not gateway.why


async def test_nobody_at_the_address_is_certainly_not_done(http, merchant):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nowhere = replace(merchant, base_url=f"http://127.0.0.1:{port}/sgs/api")
    client = PayByClient(http, nowhere, Clock())
    with pytest.raises(GatewayUnavailable) as caught:
        await client.create_order(an_order())
    assert caught.value.code == "CONNECT"


async def test_many_calls_at_once_all_get_their_own_answer(client):
    news = [an_order(fils) for fils in range(100, 120)]
    orders = await asyncio.gather(*map(client.create_order, news))
    assert [order.amount for order in orders] == [new.amount.aed for new in news]


@asynccontextmanager
async def door() -> AsyncIterator[tuple[str, asyncio.Queue[tuple[str, bytes]]]]:
    """A notify URL, and what was posted to it: signature and body."""
    posted: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def take(request: Request) -> Response:
        posted.put_nowait((request.headers["sign"], await request.body()))
        return JSONResponse({"response": "SUCCESS"})

    app = Starlette(routes=[Route("/payby/notices", take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve([listener]))
        port = listener.getsockname()[1]
        yield f"http://127.0.0.1:{port}/payby/notices", posted
        server.should_exit = True
        await running


async def test_a_notice_of_the_sandbox_is_authentic_and_read(world, http, merchant):
    async with door() as (notify_url, posted):
        told = replace(merchant, notify_url=notify_url)
        client = PayByClient(http, told, Clock())
        order = await client.create_order(an_order())
        await world.pay(order)
        signature, body = await asyncio.wait_for(posted.get(), 5)
    verify(body, signature, merchant.payby_public_key)
    notice = parse_notice(body)
    assert notice.kind == "acquireOrder"
    assert notice.order is not None
    assert notice.order.is_paid
    paid = await client.get_order(order.merchant_order_no)
    assert notice.order == replace(paid, status=notice.order.status)


async def test_a_ping_proves_the_connection(world, http, merchant):
    report = await ping(http, merchant, Clock())
    assert report.ok, report.sentence
    assert report.clock_ahead is not None
    assert abs(report.clock_ahead) < timedelta(seconds=3)


async def test_a_ping_tells_what_is_wrong(world, http, merchant):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    late, early = Clock(timedelta(minutes=-20)), Clock(timedelta(minutes=20))
    here = Clock()
    wrong = [
        (replace(merchant, private_key=stranger), here, "portal does not belong"),
        (
            replace(merchant, payby_public_key=stranger.public_key()),
            here,
            "not the one of this environment",
        ),
        (replace(merchant, partner_id="200000000999"), here, "refuses Partner-Id"),
        (replace(merchant, base_url=f"{world.url}/api"), here, "ends in /sgs/api"),
        (replace(merchant, base_url="https://127.0.0.1:9"), here, "can't be reached"),
        (merchant, late, "(behind)"),
        (merchant, early, "(ahead)"),
    ]
    for settings, clock, sentence in wrong:
        report = await ping(http, settings, clock)
        assert not report.ok
        assert sentence in report.sentence


async def test_a_server_without_tls_is_told_from_one_that_is_not_there(
    world, http, merchant
):
    secure = replace(merchant, base_url=world.url.replace("http:", "https:"))
    report = await ping(http, secure, Clock())
    assert not report.ok
    assert "No secure connection" in report.sentence
