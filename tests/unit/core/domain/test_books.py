"""PayBy's statement, our ledger and the credited accounts agree to the fils, or not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.books import BookedOrder, BookedRefund, Books, Here, compare
from core.domain.cases import CaseKind
from core.domain.orders import Status
from core.domain.statements import StatementRow, There, sort_out
from tests.fakes import NOW

NUMBER = "T261124-AAAA2222"
PAID = StatementRow(
    paid_at=NOW,
    transaction_type="PAYMENT",
    amount=Decimal("50.00"),
    currency="AED",
    pay_scene_code="CASHTOPUP",
    merchant_order_no=NUMBER,
    payby_order_no="131404956265007836",
    status="SUCCESS",
    store_id="store-007",
    origin_merchant_order_no="",
)
RETURNED = replace(
    PAID,
    transaction_type="REFUND",
    amount=Decimal("20.00"),
    merchant_order_no="R261124-AAAA2222",
    payby_order_no="131404956265009999",
    origin_merchant_order_no=NUMBER,
)
CREDITED = BookedOrder(
    merchant_order_no=NUMBER,
    conversation_id="tg:700001",
    account_id="player-1001",
    status=Status.CREDITED,
    amount=5000,
    paid_at=NOW,
    given_back_unbooked=False,
    payment=5000,
    credit=5000,
    kept_for_refunds=0,
)
OPEN = replace(CREDITED, status=Status.OPEN, paid_at=None, payment=0, credit=0)
GIVEN_BACK = replace(OPEN, status=Status.CANCELLED, given_back_unbooked=True)
REFUND = BookedRefund(
    number=RETURNED.merchant_order_no,
    payby_number="",
    merchant_order_no=NUMBER,
    amount=2000,
    done_at=NOW + timedelta(minutes=5),
    booked=2000,
)


def books(
    rows: list[StatementRow],
    order: BookedOrder | None = CREDITED,
    *refunds: BookedRefund,
    settled: list[StatementRow] | None = None,
) -> Books:
    """Open a statement beside what we booked on the same day."""
    paid = [order.merchant_order_no] if order and order.payment else []
    here = Here(
        orders={order.merchant_order_no: order} if order else {},
        refunds=refunds,
        paid_today=frozenset(paid),
        refunded_today=frozenset(each.number for each in refunds if each.done_at),
    )
    return Books(sort_out(rows, settled or []), here)


@pytest.mark.parametrize(
    "both",
    [
        books([PAID]),
        books([PAID, RETURNED], CREDITED, REFUND),
        books([PAID, replace(RETURNED, amount=Decimal("-20.00"))], CREDITED, REFUND),
        books([PAID, replace(RETURNED, amount=Decimal("20.0000"))], CREDITED, REFUND),
        books([PAID, replace(RETURNED, status="REVERTED")]),
        books([PAID, replace(PAID, transaction_type="REFUND")], GIVEN_BACK),
        books([PAID], replace(CREDITED, credit=3000, kept_for_refunds=2000)),
        books([], OPEN),
        books([], settled=[PAID]),
        books([PAID], settled=[PAID]),
    ],
)
def test_books_that_say_the_same_agree(both):
    assert compare(both) == []


OTHER_WAYS = [replace(PAID, pay_scene_code="QRPAY", merchant_order_no="shop-1")]


def test_what_the_merchant_sells_in_other_ways_is_passed_over():
    refund = replace(OTHER_WAYS[0], transaction_type="REFUND")
    strange = replace(OTHER_WAYS[0], transaction_type="AUTHORIZATION")
    assert compare(books([PAID, *OTHER_WAYS, refund, strange])) == []


@pytest.mark.parametrize(
    ("both", "kind", "there", "here"),
    [
        (books([PAID], OPEN), CaseKind.PAID_THERE_ONLY, "AED 50.00", "open"),
        (books([]), CaseKind.PAID_HERE_ONLY, "", "AED 50.00"),
        (books([PAID], None), CaseKind.UNKNOWN_NUMBER, "AED 50.00", ""),
        (
            books([replace(PAID, amount=Decimal("50.01"))]),
            CaseKind.AMOUNT_DIFFERS,
            "AED 50.01",
            "AED 50.00 of AED 50.00",
        ),
        (
            books([PAID, PAID]),
            CaseKind.AMOUNT_DIFFERS,
            "AED 100.00",
            "AED 50.00 of AED 50.00",
        ),
        (
            books([replace(PAID, currency="USD")]),
            CaseKind.AMOUNT_DIFFERS,
            "USD 50.00",
            "AED 50.00 of AED 50.00",
        ),
        (
            books([PAID], replace(CREDITED, credit=0)),
            CaseKind.CREDIT_MISSING,
            "AED 50.00",
            "credited AED 0.00 of AED 50.00",
        ),
        (
            books([PAID], replace(CREDITED, credit=4999)),
            CaseKind.CREDIT_MISSING,
            "AED 50.00",
            "credited AED 49.99 of AED 50.00",
        ),
        (
            books([PAID], replace(CREDITED, credit=10000)),
            CaseKind.AMOUNT_DIFFERS,
            "AED 50.00",
            "credited AED 100.00 of AED 50.00",
        ),
        (
            books([PAID, RETURNED]),
            CaseKind.REFUND_MISSING_HERE,
            "REFUND AED 20.00",
            "",
        ),
        (
            books([PAID, RETURNED], CREDITED, replace(REFUND, done_at=None, booked=0)),
            CaseKind.REFUND_MISSING_HERE,
            "REFUND AED 20.00",
            "on its way",
        ),
        (
            books([PAID, replace(RETURNED, transaction_type="CHARGEBACK")]),
            CaseKind.REFUND_MISSING_HERE,
            "CHARGEBACK AED 20.00",
            "",
        ),
        (
            books([replace(PAID, status="REVERTED")]),
            CaseKind.REFUND_MISSING_HERE,
            "PAYMENT AED 50.00",
            "",
        ),
        (
            books([PAID], CREDITED, REFUND),
            CaseKind.REFUND_MISSING_THERE,
            "",
            "AED 20.00",
        ),
        (
            books([PAID, RETURNED], CREDITED, replace(REFUND, amount=2001)),
            CaseKind.AMOUNT_DIFFERS,
            "REFUND AED 20.00",
            "AED 20.00 of AED 20.01",
        ),
        (
            books([PAID, RETURNED], CREDITED, replace(REFUND, booked=0)),
            CaseKind.AMOUNT_DIFFERS,
            "REFUND AED 20.00",
            "AED 0.00 of AED 20.00",
        ),
        (
            books([PAID, replace(PAID, transaction_type="FEE", payby_order_no="9")]),
            CaseKind.UNKNOWN_NUMBER,
            "FEE SUCCESS AED 50.00",
            "",
        ),
    ],
)
def test_each_way_to_differ_has_its_kind_and_both_sides(both, kind, there, here):
    [difference] = compare(both)
    assert (difference.kind, difference.there, difference.here) == (kind, there, here)
    assert difference.merchant_order_no == NUMBER


def test_a_refund_of_an_order_that_is_undone_is_found_by_order_and_sum():
    undone = replace(RETURNED, merchant_order_no="RV131", payby_order_no="131")
    assert compare(books([PAID, undone], CREDITED, REFUND)) == []


def test_of_two_refunds_of_the_same_sum_each_is_paired_once():
    first = replace(RETURNED, merchant_order_no="RV1", payby_order_no="1")
    second = replace(RETURNED, merchant_order_no="RV2", payby_order_no="2")
    [difference] = compare(books([PAID, first, second], CREDITED, REFUND))
    assert difference.kind is CaseKind.REFUND_MISSING_HERE
    other = replace(REFUND, number="R261124-BBBB3333")
    assert compare(books([PAID, first, second], CREDITED, REFUND, other)) == []


def test_a_refund_begun_at_payby_is_known_by_paybys_number():
    portal = replace(RETURNED, merchant_order_no="", payby_order_no="131")
    ours = replace(REFUND, number="131", amount=1000, booked=1000)
    [difference] = compare(books([PAID, portal], CREDITED, ours))
    assert difference.kind is CaseKind.AMOUNT_DIFFERS


def test_an_empty_statement_says_nothing():
    assert compare(Books(There(), Here())) == []
