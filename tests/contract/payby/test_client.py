"""The client of PayBy and the sandbox's PayBy understand each other over real HTTP."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.domain.errors import (
    GatewayRejected,
)
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.payments import GatewayRefundStatus, GatewayStatus
from core.payby.statement import read_statement
from core.ports import NewRefund
from tests.contract.payby.conftest import STORE, an_order


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
    assert refund.status is not GatewayRefundStatus.UNKNOWN
    assert refund.amount == Money(1999).aed
    assert refund.still_refundable is not None
    assert refund.still_refundable.to_money() == Money(3001)
    assert refund.origin_merchant_order_no == order.merchant_order_no
    by_payby = await client.get_refund(payby_order_no=refund.payby_order_no)
    assert by_payby.refund_merchant_order_no == new.refund_merchant_order_no
    other = replace(new, refund_merchant_order_no="R2", amount=Money(3002))
    with pytest.raises(GatewayRejected, match="REFUND_AMOUNT_EXCEEDED"):
        await client.refund_order(other)
    page = await client.refunds_between(*today())
    assert [item.amount for item in page.items] == [Money(1999).aed]


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


async def test_many_calls_at_once_all_get_their_own_answer(client):
    news = [an_order(fils) for fils in range(100, 120)]
    orders = await asyncio.gather(*map(client.create_order, news))
    assert [order.amount for order in orders] == [new.amount.aed for new in news]
