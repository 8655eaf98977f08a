from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from core.domain.errors import GatewayRejected, GatewayUnavailable, OutcomeUnknown
from core.domain.money import Money
from core.payby.client import PayByClient
from core.payby.exchange import Exchange
from core.ports import NewOrder, NewRefund, PaymentGateway

NUMBER = "T261124-7K3QXMPA"
PAYBY_NUMBER = "131404956265007836"
TOKEN_URL = "https://checkout.payby.com/pay-page/main?BIZ_TYPE=202&ft=cd62&t=1"
NEW = NewOrder(
    merchant_order_no=NUMBER,
    amount=Money(5000),
    subject="Coins",
    expires_at=datetime(2026, 11, 24, 10, 0, 0, 999_999, tzinfo=UTC),
)
REFUND = (
    '{"refundOrder":{"refundMerchantOrderNo":"R1","orderNo":"19","status":"CREATED",'
    '"amount":{"amount":10.00,"currency":"AED"}}}'
)
NEW_REFUND = NewRefund(
    refund_merchant_order_no="R1",
    merchant_order_no=NUMBER,
    amount=Money(1000),
    reason="closed account",
    operator_name="support",
)
DAYS = (date(2026, 11, 23), date(2026, 11, 24))
RANGE = {
    "startDate": "2026-11-23",
    "endDate": "2026-11-24",
    "includeStatusList": ["SETTLED"],
    "sortPageParam": {"number": 2, "size": 50},
}


@pytest.fixture
def created(payby, order_text):
    interaction = f'{{"tokenUrl":"{TOKEN_URL}"}}'
    return payby.answers(
        f'{{"acquireOrder":{order_text()},"interActionParams":{interaction}}}'
    )


@pytest.fixture
def answered(payby, order_text):
    return payby.answers(f'{{"acquireOrder":{order_text()}}}')


def test_the_client_is_the_gateway_that_the_story_needs(client: PayByClient):
    gateway: PaymentGateway = client  # for the type checker
    assert gateway is client


async def test_create_order_asks_for_a_code_that_a_cashier_can_scan(
    client, payby, created
):
    payby.will(created)
    order = await client.create_order(NEW)
    assert order.token_url == TOKEN_URL
    assert payby.asked[0].url.path == "/sgs/api/acquire2/placeOrder"
    assert payby.biz_content() == {
        "merchantOrderNo": NUMBER,
        "subject": "Coins",
        "totalAmount": {"amount": 50.00, "currency": "AED"},
        "expiredTime": 1795514400999,
        "paySceneCode": "CASHTOPUP",
        "paySceneParams": {"businessType": "GAME_TOP_UP"},
        "notifyUrl": "https://shop.test/payby/notices",
    }
    assert b'"amount":50.00,' in payby.asked[0].content


ORDER_CALLS = {
    "get_order": "acquire2/getOrder",
    "cancel_order": "acquire2/cancelOrder",
    "revoke_order": "acquire2/revokeOrder",
}


@pytest.mark.parametrize(("method", "path"), ORDER_CALLS.items())
async def test_an_order_is_named_by_our_number_or_by_paybys(
    method, path, client, payby, answered
):
    payby.will(answered, answered)
    ours = await getattr(client, method)(NUMBER)
    paybys = await getattr(client, method)(payby_order_no=PAYBY_NUMBER)
    assert ours == paybys
    assert [request.url.path for request in payby.asked] == [f"/sgs/api/{path}"] * 2
    assert payby.biz_content(0) == {"merchantOrderNo": NUMBER}
    assert payby.biz_content(1) == {"orderNo": PAYBY_NUMBER}


@pytest.mark.parametrize("method", [*ORDER_CALLS, "get_order_payer", "get_refund"])
async def test_a_name_by_both_numbers_or_by_none_is_never_sent(method, client, payby):
    for numbers in ({"payby_order_no": PAYBY_NUMBER}, {"payby_order_no": ""}):
        first = NUMBER if numbers["payby_order_no"] else ""
        with pytest.raises(ValueError, match="one, never both"):
            await getattr(client, method)(first, **numbers)
    assert not payby.asked


async def test_the_expiry_is_changed_to_a_millisecond(client, payby, answered):
    payby.will(answered)
    await client.change_expiry(NUMBER, NEW.expires_at)
    assert payby.asked[0].url.path == "/sgs/api/acquire2/updateExpiredTime"
    assert payby.biz_content() == {
        "merchantOrderNo": NUMBER,
        "expiredTime": 1795514400999,
    }


async def test_a_refund_is_asked_for_and_looked_up(client, payby):
    payby.will(payby.answers(REFUND), payby.answers(REFUND), payby.answers(REFUND))
    given = await client.refund_order(NEW_REFUND)
    assert given == await client.get_refund("R1")
    assert given == await client.get_refund(payby_order_no="19")
    assert [request.url.path for request in payby.asked] == [
        "/sgs/api/acquire2/refund/placeOrder",
        "/sgs/api/acquire2/refund/getOrder",
        "/sgs/api/acquire2/refund/getOrder",
    ]
    assert payby.biz_content(0) == {
        "refundMerchantOrderNo": "R1",
        "originMerchantOrderNo": NUMBER,
        "amount": {"amount": 10.00, "currency": "AED"},
        "reason": "closed account",
        "operatorName": "support",
        "notifyUrl": "https://shop.test/payby/notices",
    }
    assert payby.biz_content(1) == {"refundMerchantOrderNo": "R1"}
    assert payby.biz_content(2) == {"orderNo": "19"}


async def test_an_answer_about_another_refund_is_not_taken_for_ours(client, payby):
    payby.will(*[payby.answers(REFUND.replace("R1", "R2")) for _ in range(4)])
    with pytest.raises(OutcomeUnknown, match="It is about R2"):
        await client.refund_order(NEW_REFUND)
    with pytest.raises(OutcomeUnknown, match="It is about R2"):
        await client.get_refund("R1")


@pytest.mark.parametrize(
    ("body", "scanned_by"),
    [
        ('{"payer":{"mobileNumberMask":"+971-58*92"}}', "+971-58*92"),
        ('{"payer":{}}', None),
        ('{"payer":null}', None),
        ("{}", None),
    ],
)
async def test_who_scanned_the_code_is_told_masked(body, scanned_by, client, payby):
    payby.will(payby.answers(body), payby.answers(body))
    assert await client.scanned_by(TOKEN_URL) == scanned_by
    assert await client.was_scanned(TOKEN_URL) is (scanned_by is not None)
    assert payby.asked[0].url.path == "/sgs/api/acquire2/getCashierUrlInfo"
    assert payby.biz_content() == {"tokenUrl": TOKEN_URL}


async def test_the_payer_of_an_order_is_told(client, payby):
    payby.will(payby.answers('{"payer":{"payerMid":"100000001104","ipAddress":7}}'))
    payer = await client.get_order_payer(NUMBER)
    assert (payer.payer_mid, payer.ip_address) == ("100000001104", "")
    assert payby.asked[0].url.path == "/sgs/api/acquire2/getOrderPayer"


async def test_orders_and_refunds_of_some_days_come_in_pages(client, payby, order_text):
    start = '{"totalElements":120,"totalPages":3,"items":['
    refund = REFUND.removeprefix('{"refundOrder":').removesuffix("}")
    payby.will(
        payby.answers(f"{start}{order_text()},{order_text('SETTLED', paid=True)}]}}"),
        payby.answers(f"{start}{refund}]}}"),
    )
    asked = {"statuses": ["SETTLED"], "number": 2, "size": 50}
    orders = await client.orders_between(*DAYS, **asked)
    refunds = await client.refunds_between(*DAYS, **asked)
    assert [order.status for order in orders.items] == ["CREATED", "SETTLED"]
    assert [item.refund_merchant_order_no for item in refunds.items] == ["R1"]
    assert (orders.total_items, orders.total_pages) == (120, 3)
    assert [request.url.path for request in payby.asked] == [
        "/sgs/api/acquire2Query/queryOrderPage",
        "/sgs/api/acquire2Query/queryRefundOrderPage",
    ]
    assert payby.biz_content(0) == payby.biz_content(1) == RANGE


async def test_the_paid_orders_of_some_days_are_listed_to_the_last_page(
    client, payby, order_text
):
    paid = order_text("SETTLED", paid=True)
    revoked = paid.replace('"revoked":"false"', '"revoked":"true"')
    start = '{"totalElements":201,"totalPages":3,"items":['
    payby.will(
        payby.answers(f"{start}{paid},{order_text()},{revoked}]}}"),
        payby.answers(f"{start}]}}"),
        payby.answers(f"{start}{paid}]}}"),
    )
    orders = await client.paid_orders(*DAYS)
    assert [order.is_paid for order in orders] == [True, True]
    asked = {**RANGE, "includeStatusList": ["PAID_SUCCESS", "SETTLED"]}
    for number in range(3):
        page = {"number": number, "size": 100}
        assert payby.biz_content(number) == {**asked, "sortPageParam": page}
    assert len(payby.asked) == 3


async def test_of_very_many_paid_orders_ten_pages_are_asked_for(
    client, payby, order_text
):
    paid = order_text("SETTLED", paid=True)
    page = payby.answers(f'{{"totalElements":9,"totalPages":99,"items":[{paid}]}}')
    payby.will(*[page] * 10)
    assert len(await client.paid_orders(*DAYS)) == 10


async def test_the_statement_is_a_file_without_a_signature(client, payby, exchanges):
    attached = {"Content-Disposition": "attachment; filename=a.zip"}
    payby.will(payby.raw(b"PK\3\4", signature="", headers=attached))
    assert await client.statement(date(2026, 11, 23)) == b"PK\3\4"
    assert payby.asked[0].url.path == "/sgs/api/acquire2/download/getOrderStatement"
    assert payby.biz_content() == {"statementDate": "20261123"}
    assert [exchange.code for exchange in exchanges] == ["0"]


async def test_a_day_without_a_statement_is_rejected(client, payby):
    payby.will(payby.answers(code="62013", msg="STATEMENT_NOT_EXIST"))
    with pytest.raises(GatewayRejected, match="STATEMENT_NOT_EXIST"):
        await client.statement(date(2026, 11, 23))


async def test_a_statement_that_is_no_file_is_not_one(client, payby):
    payby.will(*[payby.answers() for _ in range(3)])
    with pytest.raises(OutcomeUnknown, match="holds no file"):
        await client.statement(date(2026, 11, 23))


async def test_a_file_in_place_of_an_order_is_not_believed(client, payby, answered):
    attached = {"Content-Disposition": "attachment"}
    payby.will(payby.raw(answered.content, signature="", headers=attached))
    with pytest.raises(OutcomeUnknown, match="can't be believed"):
        await client.cancel_order(NUMBER)


async def test_the_balance_is_told_in_fils(client, payby):
    balance = '{"availableBalance":{"amount":897993.88,"currency":"AED"}}'
    payby.will(payby.answers(f'{{"balanceList":[{balance}]}}'))
    assert await client.balance() == Money(89799388)
    assert payby.asked[0].url.path == "/sgs/api/member/getBalance"
    assert payby.biz_content() == {"currencyCode": "AED"}


async def test_what_is_certainly_not_done_is_asked_again(client, payby, created):
    busy = payby.answers(code="402", msg="RATE_LIMIT_REJECT", apply="FAIL")
    payby.will(busy, httpx.ConnectError("refused"), created)
    order = await client.create_order(NEW)
    assert order.token_url == TOKEN_URL
    assert payby.biz_content(0) == payby.biz_content(1) == payby.biz_content(2)


async def test_a_creation_with_an_unknown_outcome_is_asked_once(client, payby):
    payby.will(httpx.ReadTimeout("silence"))
    with pytest.raises(OutcomeUnknown) as caught:
        await client.create_order(NEW)
    assert caught.value.order_no == NUMBER
    assert len(payby.asked) == 1


async def test_a_look_is_asked_again_also_after_silence(client, payby, answered):
    broken = httpx.RemoteProtocolError("hung up")
    payby.will(httpx.ReadTimeout("silence"), broken, answered)
    assert (await client.get_order(NUMBER)).merchant_order_no == NUMBER


async def test_patience_ends_after_three_tries(client, payby):
    payby.will(*[httpx.ConnectTimeout("nobody") for _ in range(3)])
    with pytest.raises(GatewayUnavailable):
        await client.get_order(NUMBER)
    assert len(payby.asked) == 3


async def test_a_refusal_is_final_and_asked_once(client, payby):
    payby.will(payby.answers(code="62004", msg="MERCHANT_ORDER_NO_NOT_EXIST"))
    with pytest.raises(GatewayRejected) as caught:
        await client.get_order(NUMBER)
    assert (caught.value.code, caught.value.order_no) == ("62004", NUMBER)
    assert len(payby.asked) == 1


async def test_every_try_is_recorded_with_code_and_trace(
    client, payby, created, exchanges
):
    system_error = payby.answers(code="402", msg="RATE_LIMIT_REJECT", apply="FAIL")
    payby.will(system_error, httpx.ConnectError("refused"), created)
    await client.create_order(NEW)
    seen = [(e.call, e.order_no, e.code, e.trace_code) for e in exchanges]
    assert seen == [
        ("placeOrder", NUMBER, "402", "975929"),
        ("placeOrder", NUMBER, "CONNECT", ""),
        ("placeOrder", NUMBER, "0", "975929"),
    ]
    assert all(exchange.duration_ms >= 0 for exchange in exchanges)


async def test_every_answer_tells_how_far_our_clock_is_off(
    client, payby, created, exchanges, clock
):
    theirs = clock.now() - timedelta(minutes=2)
    created.headers["Date"] = format_datetime(theirs, usegmt=True)
    payby.will(httpx.ConnectError("refused"), created)
    await client.create_order(NEW)
    aheads = [exchange.clock_ahead for exchange in exchanges]
    assert aheads == [None, clock.now() - theirs.replace(microsecond=0)]


async def test_a_code_that_is_not_believed_is_not_recorded_as_success(
    client, payby, order_text, exchanges
):
    body = f'{{"acquireOrder":{order_text()}}}'
    payby.will(payby.answers(body, signature="AAAA"))
    with pytest.raises(OutcomeUnknown):
        await client.cancel_order(NUMBER)
    assert [exchange.code for exchange in exchanges] == ["BAD_SIGNATURE"]


async def test_a_record_that_fails_does_not_lose_the_code(
    http, merchant, clock, payby, created, caplog
):
    async def broken(_exchange: Exchange) -> None:
        raise RuntimeError("database is down")

    payby.will(created)
    client = PayByClient(http, merchant, clock, broken)
    assert (await client.create_order(NEW)).token_url == TOKEN_URL
    assert "could not be recorded" in caplog.text
