"""A notice settles what agrees with our order; about the rest PayBy is asked."""

import asyncio
import base64
import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from core.database.tables.payby import NoticeRow
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.errors import GatewayUnavailable
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus
from core.domain.refunds import RefundStatus
from tests.fakes import PAYEE
from tests.integration.conftest import Town, done, until

AWAY = GatewayUnavailable("PayBy can't be reached.", "CONNECT")


def notice(seen: GatewayOrder, notify_id: str = "202611240001", **changed) -> str:
    """Write the notice as PayBy would, with some of its facts changed."""
    order = {
        "merchantOrderNo": seen.merchant_order_no,
        "orderNo": seen.payby_order_no,
        "status": str(seen.status),
        "totalAmount": {"amount": float(seen.amount), "currency": seen.currency},
        "payeeMid": seen.payee_mid,
        "paymentInfo": {"paidTime": 1795507620000},
        "somethingNew": {"deep": [1, None]},
    }
    return json.dumps({"notify_id": notify_id, "acquireOrder": order | changed})


async def kept(town: Town, body: str) -> NoticeRow:
    """Take a notice in as the door does, and wait until it is heeded."""
    await town.intake.take(body.encode())
    digest = hashlib.sha256(body.encode()).hexdigest()

    async def row() -> NoticeRow:
        return await town.database.read(
            lambda session: session.get_one(NoticeRow, digest)
        )

    async def heeded() -> bool:
        return (await row()).is_heeded

    await until(heeded)
    return await row()


async def take(town: Town, body: str) -> str:
    """Take a notice in; return what was made of it."""
    return (await kept(town, body)).verdict


@pytest_asyncio.fixture(loop_scope="session")
async def order(town):
    """An order whose code can be paid."""
    return await town.created()


async def looked(town: Town, order: Order) -> Order:
    """Let the look be that an odd notice has made due."""
    number = order.merchant_order_no
    assert number in await town.orders.due([order.status], 9999)
    await town.topups.attend(number)
    return await town.orders.get(number)


async def test_a_notice_of_payment_credits_the_account_and_tells_the_payer(town, order):
    paid = town.gateway.pay(order.merchant_order_no)
    assert await take(town, notice(paid)) == "paid"
    order = await town.orders.get(order.merchant_order_no)
    assert order.status is Status.CREDITED
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]
    assert (await town.kinds(order))[-3:] == ["settled", "credited", "notice"]


async def test_the_same_notice_ten_times_at_once_credits_once(town, order):
    body = notice(town.gateway.pay(order.merchant_order_no))
    await asyncio.gather(*(take(town, body) for _ in range(10)))
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]
    assert (await town.kinds(order)).count("notice") == 1


async def test_ten_different_notices_of_one_payment_credit_once(town, order):
    paid = town.gateway.pay(order.merchant_order_no)
    bodies = [notice(paid, f"id-{number}") for number in range(10)]
    verdicts = await asyncio.gather(*(take(town, body) for body in bodies))
    assert set(verdicts) == {"paid"}
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert (await town.kinds(order)).count("settled") == 1


async def test_a_settled_order_is_as_good_as_a_paid_one(town, order):
    seen = town.gateway.pay(order.merchant_order_no)
    assert await take(town, notice(seen, status="SETTLED")) == "paid"
    assert (await town.orders.get(order.merchant_order_no)).is_paid


@pytest.mark.parametrize("late", [Status.EXPIRED, Status.CANCELLED])
async def test_a_payment_of_an_order_that_we_gave_up_is_credited(town, order, late):
    await town.orders.ended(order.merchant_order_no, late, is_closed=True)
    paid = town.gateway.pay(order.merchant_order_no)
    await take(town, notice(paid))
    assert (await town.orders.get(order.merchant_order_no)).status is Status.CREDITED


LIES: list[dict[str, Any]] = [
    {"totalAmount": {"amount": 5000, "currency": "AED"}},
    {"totalAmount": {"amount": 50, "currency": "USD"}},
    {"payeeMid": "200000000999"},
    {"orderNo": "999"},
]


async def test_a_notice_that_contradicts_our_order_credits_nothing_and_payby_is_asked(
    town,
):
    orders = [await town.created() for _ in LIES]
    for order, lie in zip(orders, LIES, strict=True):
        seen = town.gateway.orders[order.merchant_order_no]
        verdict = await take(town, notice(seen, status="PAID_SUCCESS", **lie))
        assert verdict.startswith("PayBy is asked: ")
    for order in orders:
        after = await looked(town, order)
        assert ("get", order.merchant_order_no) in town.gateway.calls
        assert after.status is Status.OPEN
        assert await town.accounts.balance(order.account_id) == Money(0)
        assert "conflict" in await town.kinds(order)
        assert town.notifier.events(order) == [Event.READY]


async def test_a_contradicting_notice_of_a_payment_that_payby_confirms_credits(
    town, order
):
    paid = town.gateway.pay(order.merchant_order_no)
    await take(town, notice(paid, payeeMid="200000000999"))
    assert (await looked(town, order)).status is Status.CREDITED


async def test_when_payby_itself_contradicts_our_order_nothing_is_credited(town, order):
    paid = town.gateway.pay(order.merchant_order_no)
    town.gateway.change(order.merchant_order_no, amount=Decimal(5000))
    await take(town, notice(paid, totalAmount={"amount": 5000, "currency": "AED"}))
    order = await looked(town, order)
    assert not order.is_paid
    assert await town.accounts.balance(order.account_id) == Money(0)
    assert (await town.kinds(order)).count("conflict") == 2


async def test_a_notice_of_anything_but_a_payment_is_asked_about(town):
    statuses = ["CREATED", "FAILURE", "HALF_PAID", ""]
    orders = [await town.created() for _ in statuses]
    for order, status in zip(orders, statuses, strict=True):
        seen = town.gateway.orders[order.merchant_order_no]
        verdict = await take(town, notice(seen, status=status))
        assert verdict.startswith("PayBy is asked: ")
    for order in orders:
        assert (await looked(town, order)).status is Status.OPEN


async def test_a_notice_of_an_end_is_believed_once_payby_confirms_it(town, order):
    await town.gateway.cancel_order(order.merchant_order_no)
    seen = town.gateway.orders[order.merchant_order_no]
    await take(town, notice(seen))
    assert (await looked(town, order)).status is Status.CANCELLED
    assert town.notifier.events(order) == [Event.READY, Event.CANCELLED]


async def test_a_payment_that_was_taken_back_is_not_credited_but_shown_to_support(
    town, order
):
    paid = town.gateway.pay(order.merchant_order_no)
    town.gateway.change(order.merchant_order_no, revoked=True)
    await take(town, notice(paid, revoked="true"))
    after = await looked(town, order)
    assert (after.is_given_back, after.paid_at) == (True, paid.paid_at)
    assert town.notifier.events(order) == [Event.READY, Event.CANCELLED]
    assert await town.accounts.balance(order.account_id) == Money(0)
    assert town.support.kinds(order) == [CaseKind.REVOKED]


@pytest.fixture
def credited(town, order):
    """Let the order be paid and credited."""

    async def pay() -> GatewayOrder:
        paid = town.gateway.pay(order.merchant_order_no)
        await take(town, notice(paid))
        return paid

    return pay


async def test_a_failure_told_after_the_payment_is_asked_about_and_changes_nothing(
    town, order, credited
):
    paid = await credited()
    verdict = await take(town, notice(paid, status="FAILURE"))
    assert verdict == "PayBy is asked: FAILURE"
    await done(f"{order.merchant_order_no}:doubt:FAILURE")
    assert ("get", order.merchant_order_no) in town.gateway.calls
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]
    assert town.support.kinds(order) == []


async def test_when_payby_itself_takes_a_payment_back_so_do_we_and_support_is_asked(
    town, order, credited
):
    paid = await credited()
    town.gateway.change(order.merchant_order_no, revoked=True)
    for _ in range(2):
        await take(town, notice(paid, revoked="true"))
    await done(f"{order.merchant_order_no}:doubt:revoked")
    assert await town.accounts.balance(order.account_id) == Money(0)
    [refund] = await town.refunds.of_order(order.merchant_order_no)
    assert (refund.amount, refund.is_ours) == (Money(5000), False)
    assert town.refund_news.steps(refund) == [RefundStatus.DONE]
    assert town.support.kinds(order) == [CaseKind.REVOKED]


async def test_when_payby_denies_a_credited_payment_support_is_asked(
    town, order, credited
):
    paid = await credited()
    town.gateway.change(order.merchant_order_no, status=GatewayStatus.FAILURE)
    await take(town, notice(paid, status="FAILURE"))
    await done(f"{order.merchant_order_no}:doubt:FAILURE")
    assert town.support.kinds(order) == [CaseKind.CONTRADICTION]


async def test_settled_before_paid_credits_once(town, order):
    seen = town.gateway.pay(order.merchant_order_no)
    assert await take(town, notice(seen, status="SETTLED")) == "paid"
    assert await take(town, notice(seen, status="PAID_SUCCESS")) == "paid"
    assert await town.accounts.balance(order.account_id) == Money(5000)
    assert town.notifier.events(order) == [Event.READY, Event.CREDITED]


async def test_a_notice_for_an_unknown_order_is_kept_and_payby_is_asked(town, order):
    seen = town.gateway.orders[order.merchant_order_no]
    body = notice(seen, merchantOrderNo="T261124-NBDY2222")
    row = await kept(town, body)
    assert row.verdict == "PayBy is asked: no order of ours has that number"
    assert (row.body, row.merchant_order_no) == (body, "T261124-NBDY2222")
    await done("T261124-NBDY2222:stranger")
    assert ("get", "T261124-NBDY2222") in town.gateway.calls
    lines = await town.orders.timeline("T261124-NBDY2222")
    [asked] = [line for line in lines if line.kind == "stranger"]
    assert "MERCHANT_ORDER_NO_NOT_EXIST" in asked.facts["payby_says"]
    assert ("T261124-NBDY2222", CaseKind.STRANGER, asked.facts) in town.support.cases


async def test_a_notice_before_our_own_creation_is_done_is_not_lost(town):
    """PayBy may be quicker than the answer to Create Order."""
    town.gateway.fails("create", AWAY, times=9999)
    order = await town.confirmed()
    body = json.dumps(
        {
            "acquireOrder": {
                "merchantOrderNo": order.merchant_order_no,
                "orderNo": "1314",
                "status": "PAID_SUCCESS",
                "totalAmount": {"amount": 50.00, "currency": "AED"},
                "payeeMid": PAYEE,
            }
        }
    )
    assert await take(town, body) == "paid"
    order = await town.creation_of(order)
    assert order.status is Status.CREDITED
    assert Event.FAILED not in town.notifier.events(order)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"voidOrder":{"orderNo":"1"}}', "voidOrder"),
        ('{"acquireChargeback":{}}', "acquireChargeback"),
        ('{"lunarEclipse":{}}', "lunarEclipse"),
        ("{}", ""),
    ],
)
async def test_a_kind_we_do_nothing_about_is_kept(town, body, kind):
    row = await kept(town, body)
    assert row.verdict == "kept: nothing to do for its kind"
    assert (row.kind, row.body) == (kind, body)


async def test_an_order_notice_without_a_number_is_kept_as_unreadable(town):
    row = await kept(town, '{"acquireOrder":{}}')
    assert row.verdict.startswith("kept: ")
    assert row.kind == "unreadable"


async def test_a_payment_into_a_closed_account_is_held_and_told_so(town):
    account = await town.account()
    order = await town.created(account)
    await town.accounts.keep([Account(account.id, account.name, is_open=False)])
    await take(town, notice(town.gateway.pay(order.merchant_order_no)))
    order = await town.orders.get(order.merchant_order_no)
    assert order.status is Status.PAID
    assert town.notifier.events(order) == [Event.READY, Event.HELD]
    assert town.support.kinds(order) == [CaseKind.HELD]
    assert await town.accounts.balance(account.id) == Money(0)


async def test_held_money_is_credited_once_the_account_is_open_again(town):
    account = await town.account()
    order = await town.created(account)
    await town.accounts.keep([Account(account.id, account.name, is_open=False)])
    await take(town, notice(town.gateway.pay(order.merchant_order_no)))
    await town.accounts.keep([account])
    order = await town.topups.check(order.merchant_order_no)
    assert order.status is Status.CREDITED
    assert town.notifier.events(order) == [Event.READY, Event.HELD, Event.CREDITED]
    assert await town.accounts.balance(account.id) == Money(5000)


async def test_when_payby_cannot_be_asked_it_is_asked_again_later(town, order):
    town.gateway.fails("get", AWAY)
    seen = town.gateway.orders[order.merchant_order_no]
    await take(town, notice(seen))
    await looked(town, order)
    town.gateway.pay(order.merchant_order_no)
    town.clock.pass_by(timedelta(minutes=3))
    assert (await looked(town, order)).status is Status.CREDITED


async def test_when_payby_cannot_be_asked_about_a_credited_order_support_is(
    town, order, credited
):
    paid = await credited()
    town.gateway.fails("get", AWAY)
    await take(town, notice(paid, status="FAILURE"))
    await done(f"{order.merchant_order_no}:doubt:FAILURE")
    assert town.support.kinds(order) == [CaseKind.CONTRADICTION]


async def test_a_body_full_of_odd_characters_is_kept_byte_for_byte(town):
    odd = base64.b64encode(bytes(range(256))).decode()
    body = json.dumps({"lunarEclipse": f"🌒 شحن ﷺ {odd}"}, ensure_ascii=False)
    assert (await kept(town, body)).body == body


async def test_two_odd_notices_within_a_minute_are_both_asked_about(town):
    order = await town.created()
    number = order.merchant_order_no
    seen = town.gateway.orders[number]
    await take(town, notice(seen, "id-1"))
    await looked(town, order)
    town.clock.pass_by(timedelta(seconds=5))
    town.gateway.pay(number)
    await take(town, notice(seen, "id-2"))
    assert (await looked(town, order)).status is Status.CREDITED
