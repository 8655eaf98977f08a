"""What a top-up's story relies on, of PayBy's client, its guard and the fake."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from core.domain.errors import GatewayRejected, OutcomeUnknown
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.orders import new_order_no
from core.domain.payments import (
    GatewayOrder,
    GatewayRefundStatus,
    GatewayStatus,
    contradiction,
)
from core.domain.terms import Pace
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.guarded import GuardedGateway
from core.ports import NewOrder, NewRefund, PaymentGateway
from tests.fake_gateway import FakeGateway
from tests.fakes import PAYEE, HandClock, an_order
from webhooks.clock import SystemClock


@dataclass(frozen=True)
class Town:
    """A gateway, and what happens around it."""

    gateway: PaymentGateway
    pay: Callable[[GatewayOrder], Awaitable[object]]
    scan: Callable[[GatewayOrder], Awaitable[object]]
    cut_off_next_creation: Callable[[], Awaitable[object]]


def fake_town() -> Town:
    gateway = FakeGateway(HandClock(datetime.now(UTC)))

    async def pay(order: GatewayOrder) -> None:
        gateway.pay(order.merchant_order_no)

    async def scan(order: GatewayOrder) -> None:
        gateway.scanned.add(order.token_url)

    async def cut_off() -> None:
        gateway.fails("create", OutcomeUnknown("No answer."), done=True)

    return Town(gateway, pay, scan, cut_off)


def real_town(merchant: Merchant, http: httpx.AsyncClient) -> Town:
    control = merchant.base_url.removesuffix("/sgs/api") + "/sandbox"

    async def tell(path: str, **content: str) -> None:
        (await http.post(f"{control}/{path}", json=content)).raise_for_status()

    async def pay(order: GatewayOrder) -> None:
        qr = order.token_url
        await tell("pos/scan", qr=qr, store="store-001", password="123456")

    async def scan(order: GatewayOrder) -> None:
        await tell("pos/look", qr=order.token_url, store="store-001")

    async def cut_off() -> None:
        await tell("faults", target="payby.placeOrder", mode="drop_after_accept")

    client = PayByClient(http, merchant, SystemClock())
    return Town(client, pay, scan, cut_off)


def guarded(town: Town) -> Town:
    return replace(town, gateway=GuardedGateway(town.gateway, SystemClock(), Pace()))


@pytest.fixture(params=["fake", "client", "guarded client"])
async def town(request):
    if request.param == "fake":
        yield fake_town()
        return
    async with open_http() as http:
        town = real_town(request.getfixturevalue("merchant"), http)
        yield guarded(town) if request.param == "guarded client" else town


def wish(fils: int = 5000) -> NewOrder:
    now = datetime.now(UTC).replace(microsecond=0)
    return NewOrder(
        merchant_order_no=new_order_no(now),
        amount=Money(fils),
        subject="Game top-up",
        expires_at=now + timedelta(hours=2),
    )


async def test_a_new_order_is_exactly_what_was_asked_for(town):
    new = wish()
    made = await town.gateway.create_order(new)
    ours = an_order(new.merchant_order_no, amount=new.amount)
    assert contradiction(ours, made, PAYEE) == ""
    assert made.status is GatewayStatus.CREATED
    assert made.expires_at == new.expires_at
    assert made.token_url


async def test_the_same_wish_again_brings_the_same_code(town):
    new = wish()
    made = await town.gateway.create_order(new)
    assert await town.gateway.create_order(new) == made


async def test_the_same_number_for_another_amount_is_refused(town):
    new = wish()
    await town.gateway.create_order(new)
    with pytest.raises(GatewayRejected) as caught:
        await town.gateway.create_order(replace(new, amount=Money(5001)))
    assert caught.value.code == "62016"


async def test_an_order_is_told_without_its_code(town):
    made = await town.gateway.create_order(wish())
    seen = await town.gateway.get_order(made.merchant_order_no)
    assert seen == replace(made, token_url="")


async def test_a_number_nobody_knows_is_refused(town):
    for ask in (town.gateway.get_order, town.gateway.cancel_order):
        with pytest.raises(GatewayRejected) as caught:
            await ask("T261124-NBDY2222")
        assert caught.value.code == "62004"


async def test_a_paid_order_tells_when_and_where(town):
    made = await town.gateway.create_order(wish())
    await town.pay(made)
    seen = await town.gateway.get_order(made.merchant_order_no)
    assert seen.is_paid
    assert seen.paid_at is not None
    assert abs(seen.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert seen.store_id.startswith("store-")


async def test_a_cancelled_order_is_closed_for_good(town):
    made = await town.gateway.create_order(wish())
    closed = await town.gateway.cancel_order(made.merchant_order_no)
    assert closed.status is GatewayStatus.FAILURE
    seen = await town.gateway.get_order(made.merchant_order_no)
    assert seen.status is GatewayStatus.FAILURE


async def test_a_paid_order_is_not_cancelled(town):
    made = await town.gateway.create_order(wish())
    await town.pay(made)
    with pytest.raises(GatewayRejected) as caught:
        await town.gateway.cancel_order(made.merchant_order_no)
    assert caught.value.code in {"62001", "62003"}


async def test_an_unpaid_order_ends_when_it_is_told_to(town):
    made = await town.gateway.create_order(wish())
    later = made.expires_at + timedelta(days=3)
    moved = await town.gateway.change_expiry(made.merchant_order_no, later)
    assert moved == replace(made, token_url="", expires_at=later)
    assert await town.gateway.get_order(made.merchant_order_no) == moved
    sooner = made.expires_at - timedelta(hours=1)
    moved = await town.gateway.change_expiry(made.merchant_order_no, sooner)
    assert moved.expires_at == sooner


async def test_an_order_does_not_end_in_the_past_nor_after_fifteen_days(town):
    made = await town.gateway.create_order(wish())
    for days in (-1, 16):
        odd = datetime.now(UTC) + timedelta(days=days)
        with pytest.raises(GatewayRejected) as caught:
            await town.gateway.change_expiry(made.merchant_order_no, odd)
        assert caught.value.code == "62089"
    assert await town.gateway.get_order(made.merchant_order_no) == replace(
        made, token_url=""
    )


async def test_the_end_of_an_order_that_is_paid_or_ended_or_unknown_stays(town):
    paid, closed = [await town.gateway.create_order(wish()) for _ in range(2)]
    await town.pay(paid)
    await town.gateway.cancel_order(closed.merchant_order_no)
    later = datetime.now(UTC) + timedelta(days=1)
    for number, codes in (
        (paid.merchant_order_no, {"62001", "62003"}),
        (closed.merchant_order_no, {"62002"}),
        ("T261124-NBDY2222", {"62004"}),
    ):
        with pytest.raises(GatewayRejected) as caught:
            await town.gateway.change_expiry(number, later)
        assert caught.value.code in codes


def around_today() -> tuple[date, date]:
    today = datetime.now(GULF).date()
    return today - timedelta(days=1), today + timedelta(days=1)


async def test_the_paid_orders_of_some_days_are_listed_and_no_others(town):
    paid, open_still, closed = [
        await town.gateway.create_order(wish()) for _ in range(3)
    ]
    await town.pay(paid)
    await town.gateway.cancel_order(closed.merchant_order_no)
    listed = await town.gateway.paid_orders(*around_today())
    numbers = [order.merchant_order_no for order in listed]
    assert numbers.count(paid.merchant_order_no) == 1
    assert not {open_still.merchant_order_no, closed.merchant_order_no} & set(numbers)
    assert await town.gateway.get_order(paid.merchant_order_no) in listed


async def test_no_paid_orders_are_listed_of_days_without_any(town):
    paid = await town.gateway.create_order(wish())
    await town.pay(paid)
    before, after = around_today()
    for day in (before - timedelta(days=8), after + timedelta(days=8)):
        assert list(await town.gateway.paid_orders(day, day)) == []


async def test_a_code_is_scanned_once_a_cashier_has_it(town):
    made = await town.gateway.create_order(wish())
    assert not await town.gateway.was_scanned(made.token_url)
    await town.scan(made)
    assert await town.gateway.was_scanned(made.token_url)
    with pytest.raises(GatewayRejected) as caught:
        await town.gateway.was_scanned("https://checkout.payby.com/pay-page/main?ft=0")
    assert caught.value.code == "62082"


async def test_a_creation_that_is_cut_off_may_have_been_done(town):
    new = wish()
    await town.cut_off_next_creation()
    with pytest.raises(OutcomeUnknown):
        await town.gateway.create_order(new)
    seen = await town.gateway.get_order(new.merchant_order_no)
    assert seen.amount == new.amount.aed
    assert (await town.gateway.create_order(new)).token_url


def a_refund_of(order: GatewayOrder, fils: int = 2000, number: str = "") -> NewRefund:
    return NewRefund(
        refund_merchant_order_no=number or f"R-{order.merchant_order_no}",
        merchant_order_no=order.merchant_order_no,
        amount=Money(fils),
        reason="Wrong account",
        operator_name="agent-1",
    )


async def paid(town: Town) -> GatewayOrder:
    order = await town.gateway.create_order(wish())
    await town.pay(order)
    return order


async def test_the_same_refund_twice_is_one_and_can_be_asked_after(town):
    order = await paid(town)
    new = a_refund_of(order)
    first, again = [await town.gateway.refund_order(new) for _ in range(2)]
    assert again.payby_order_no == first.payby_order_no
    assert first.origin_merchant_order_no == order.merchant_order_no
    assert (first.amount, first.currency) == (new.amount.aed, "AED")
    assert first.status is not GatewayRefundStatus.UNKNOWN
    by_ours = await town.gateway.get_refund(new.refund_merchant_order_no)
    by_paybys = await town.gateway.get_refund(payby_order_no=first.payby_order_no)
    for seen in (by_ours, by_paybys):
        assert seen.refund_merchant_order_no == new.refund_merchant_order_no
    numbers = [
        each.payby_order_no for each in await town.gateway.refunds(*around_today())
    ]
    assert numbers.count(first.payby_order_no) == 1


async def test_a_refund_is_rejected_that_cannot_be(town):
    order = await paid(town)
    unpaid = await town.gateway.create_order(wish())
    first = a_refund_of(order)
    await town.gateway.refund_order(first)
    same_number = replace(first, amount=Money(1))
    for new, code in (
        (a_refund_of(order, 3001, f"R2-{order.merchant_order_no}"), "62006"),
        (same_number, "62017"),
        (a_refund_of(unpaid), "62015"),
    ):
        with pytest.raises(GatewayRejected) as caught:
            await town.gateway.refund_order(new)
        assert caught.value.code == code
    with pytest.raises(GatewayRejected) as caught:
        await town.gateway.get_refund("R-NOBODY")
    assert caught.value.code == "62007"


async def test_an_order_is_undone_once_paid_or_not(town):
    order, unpaid = await paid(town), await town.gateway.create_order(wish())
    for each in (order, unpaid):
        assert (await town.gateway.revoke_order(each.merchant_order_no)).revoked
        seen = await town.gateway.get_order(each.merchant_order_no)
        assert seen.revoked
        assert bool(seen.paid_at) == (each is order)
        with pytest.raises(GatewayRejected) as caught:
            await town.gateway.revoke_order(each.merchant_order_no)
        assert caught.value.code == "62040"


async def test_an_order_that_was_given_back_in_part_is_not_undone(town):
    order = await paid(town)
    await town.gateway.refund_order(a_refund_of(order))
    with pytest.raises(GatewayRejected) as caught:
        await town.gateway.revoke_order(order.merchant_order_no)
    assert caught.value.code == "62041"
