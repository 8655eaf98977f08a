import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.domain.money import Money
from core.domain.payments import GatewayRefundStatus, GatewayStatus
from core.payby.codec import WireError, decode
from core.payby.fields import Amount, Fields
from core.payby.wire import (
    Notice,
    Payer,
    parse_answered,
    parse_balance,
    parse_created,
    parse_notice,
    parse_page,
    parse_refund,
    parse_refunded,
)

REFUND = (
    '{"refundMerchantOrderNo":"R1","orderNo":"191405406113002297",'
    '"originMerchantOrderNo":"T261124-7K3QXMPA","status":"%s",'
    '"amount":{"amount":10.00,"currency":"AED"},"reason":"closed"}'
)


def fields(text: str) -> Fields:
    return Fields(decode(text.encode()), "")


def notice_of(members: str) -> Notice:
    return parse_notice(f"{{{members}}}".encode())


def test_a_paid_order_is_read_in_full(order_text):
    order = parse_answered(
        fields(f'{{"acquireOrder":{order_text("PAID_SUCCESS", paid=True)}}}')
    )
    assert order.merchant_order_no == "T261124-7K3QXMPA"
    assert order.payby_order_no == "131404956265007836"
    assert order.status is GatewayStatus.PAID_SUCCESS
    assert order.is_paid
    assert (order.amount, order.currency) == (Decimal("50.00"), "AED")
    assert order.payee_mid == "200000000888"
    assert order.expires_at == datetime(2020, 2, 11, 9, 9, 15, 966_000, tzinfo=UTC)
    assert order.paid_at == datetime(2020, 2, 11, 7, 16, 12, tzinfo=UTC)
    assert order.store_id == "S-07"
    assert not order.revoked
    assert order.payment is not None
    assert order.payment.settlement == Amount(Decimal("49.5"), "AED")
    assert order.payment.pay_channel == "BALANCE"


@pytest.mark.parametrize("name", ["interActionParams", "interactionParams"])
def test_the_token_url_is_found_under_both_spellings(name, order_text):
    body = f'{{"acquireOrder":{order_text()},"{name}":{{"tokenUrl":"https://q"}}}}'
    assert parse_created(fields(body)).token_url == "https://q"


def test_an_order_that_waits_for_its_payer_has_a_token_url(order_text):
    with pytest.raises(WireError, match="tokenUrl is missing"):
        parse_created(fields(f'{{"acquireOrder":{order_text()}}}'))


def test_an_order_paid_meanwhile_needs_no_token_url(order_text):
    body = f'{{"acquireOrder":{order_text("PAID_SUCCESS", paid=True)}}}'
    assert parse_created(fields(body)).token_url == ""


def test_a_status_payby_adds_later_reads_as_unknown(order_text):
    order = parse_answered(fields(f'{{"acquireOrder":{order_text("ON_THE_MOON")}}}'))
    assert order.status is GatewayStatus.UNKNOWN
    assert not order.is_paid


@pytest.mark.parametrize("written", ['"true"', "true"])
def test_a_revoked_order_is_not_paid(written, order_text):
    text = order_text("PAID_SUCCESS", paid=True).replace('"false"', written)
    order = parse_answered(fields(f'{{"acquireOrder":{text}}}'))
    assert order.revoked
    assert not order.is_paid


@pytest.mark.parametrize(
    "odd", ['"1581412155966"', "1581412155966.5", "-1", "99999999999999999", "true"]
)
def test_an_odd_time_is_no_time_and_breaks_nothing(odd, order_text):
    text = order_text().replace("1581412155966", odd)
    assert parse_answered(fields(f'{{"acquireOrder":{text}}}')).expires_at is None


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ('"T261124-7K3QXMPA"', "7", "acquireOrder.merchantOrderNo is not an order"),
        ('"T261124-7K3QXMPA"', '""', "acquireOrder.merchantOrderNo is not an order"),
        ('"131404956265007836"', f'"{"1" * 65}"', "acquireOrder.orderNo is not an"),
        ('"amount":50.00', '"amount":"50.00"', "totalAmount is not an amount"),
        ('"amount":50.00', '"amount":true', "totalAmount is not an amount"),
        (',"currency":"AED"', "", "totalAmount is not an amount"),
        ("totalAmount", "total", "totalAmount is not an amount"),
    ],
)
def test_an_order_without_number_or_amount_is_refused(
    was, becomes, sentence, order_text
):
    text = order_text().replace(was, becomes)
    with pytest.raises(WireError, match=sentence):
        parse_answered(fields(f'{{"acquireOrder":{text}}}'))


def test_a_payment_notice_is_read(order_text):
    notice = notice_of(
        '"notify_id":"202004170007499051","notify_timestamp":1587113039189,'
        '"notify_time":"20200417124359","_input_charset":"UTF-8",'
        f'"acquireOrder":{order_text("PAID_SUCCESS", paid=True)}'
    )
    assert notice.kind == "acquireOrder"
    assert notice.notify_id == "202004170007499051"
    assert notice.notified_at == datetime(2020, 4, 17, 8, 43, 59, 189_000, tzinfo=UTC)
    assert notice.order is not None
    assert notice.order.is_paid
    assert notice.refund is None


def test_a_refund_notice_is_read():
    notice = notice_of(f'"notify_id":"7","refundOrder":{REFUND % "SUCCESS"}')
    assert notice.kind == "refundOrder"
    assert notice.order is None
    assert notice.refund is not None
    assert notice.refund.status is GatewayRefundStatus.SUCCESS
    assert notice.refund.amount == Decimal("10.00")


@pytest.mark.parametrize("kind", ["acquireChargeback", "voidOrder", "moonOrder"])
def test_a_notice_of_a_kind_we_do_not_settle_is_read_too(kind):
    notice = notice_of(f'"notify_id":"7","{kind}":{{"orderNo":"1"}}')
    assert notice.kind == kind
    assert (notice.order, notice.refund) == (None, None)
    assert notice.raw[kind] == {"orderNo": "1"}


@pytest.mark.parametrize("members", ["", '"acquireOrder":"no object"'])
def test_a_notice_that_tells_no_news_has_no_kind(members):
    assert notice_of(members).kind == ""


@pytest.mark.parametrize(
    "notify_id", ["", '"notify_id":7', f'"notify_id":"{"7" * 65}"']
)
def test_a_notice_without_a_usable_id_goes_by_its_digest(notify_id):
    body = f"{{{notify_id}}}".encode()
    assert parse_notice(body).notify_id == hashlib.sha256(body).hexdigest()


def test_the_order_is_found_whatever_objects_payby_puts_before_it(order_text):
    notice = notice_of(f'"extra":{{}},"acquireOrder":{order_text()}')
    assert notice.kind == "acquireOrder"


def test_a_payment_notice_without_an_amount_is_refused():
    with pytest.raises(WireError, match="totalAmount is not an amount"):
        notice_of('"acquireOrder":{"merchantOrderNo":"T1","orderNo":"1"}')


def test_an_answer_about_a_refund_tells_what_can_still_be_refunded():
    refund = parse_refunded(
        fields(
            f'{{"refundOrder":{REFUND % "CREATED"},"refundSummary":{{'
            '"acquireAmount":{"amount":50,"currency":"AED"},'
            '"remainRefundAmount":{"amount":40,"currency":"AED"}}}'
        )
    )
    assert refund.still_refundable == Amount(Decimal(40), "AED")
    assert refund.origin_merchant_order_no == "T261124-7K3QXMPA"


def test_a_refund_without_a_number_of_ours_goes_by_paybys():
    text = REFUND.replace('"refundMerchantOrderNo":"R1",', "") % "SUCCESS"
    assert parse_refund(fields(text)).refund_merchant_order_no == "191405406113002297"


def test_a_refund_status_payby_adds_later_reads_as_unknown():
    assert parse_refund(fields(REFUND % "X")).status is GatewayRefundStatus.UNKNOWN


def test_a_page_is_read_and_one_without_a_list_or_counts_is_refused():
    text = f'{{"totalElements":8,"totalPages":3,"items":[{REFUND % "SUCCESS"}]}}'
    page = parse_page(fields(text), parse_refund)
    assert (len(page.items), page.total_items, page.total_pages) == (1, 8, 3)
    with pytest.raises(WireError, match="items is not a list"):
        parse_page(fields(text.replace("items", "list")), parse_refund)
    with pytest.raises(WireError, match="totalElements is not a count"):
        parse_page(fields(text.replace("8", "-8")), parse_refund)
    with pytest.raises(WireError, match="totalPages is not a count"):
        parse_page(fields(text.replace(":3", ":true")), parse_refund)


def balance_of(amount: str, currency: str = "AED") -> Money:
    balance = f'{{"availableBalance":{{"amount":{amount},"currency":"{currency}"}}}}'
    return parse_balance(fields(f'{{"balanceList":[{balance}]}}'))


def test_the_balance_is_read_to_the_fils():
    assert balance_of("897993.88").fils == 89799388
    with pytest.raises(WireError, match="no balance in AED"):
        balance_of("1", "USD")
    with pytest.raises(WireError, match="fraction of a fils"):
        balance_of("0.001")


def test_money_in_another_currency_is_never_taken_for_dirhams():
    with pytest.raises(WireError, match="USD is not AED"):
        Amount(Decimal(1), "USD").to_money()


def test_a_payers_data_is_kept_out_of_reprs():
    payer = Payer(
        payer_mid="100000001104",
        mobile_number_mask="+971-58*92",
        device_id="device",
        ip_address="192.0.2.1",
    )
    assert repr(payer) == "Payer()"


def test_a_store_s_id_is_cut_to_what_an_order_keeps():
    """A payment must not fail to be booked for the name of its store."""
    terminal = f'{{"terminalDetail":{{"storeId":"{100 * "S"}"}}}}'
    notice = notice_of(
        '"acquireOrder":{"merchantOrderNo":"T1","orderNo":"1","status":"CREATED",'
        '"totalAmount":{"amount":50.00,"currency":"AED"},'
        f'"accessoryContent":{terminal}}}'
    )
    assert notice.order
    assert notice.order.store_id == 64 * "S"
