"""PayBy's calls: from a bizContent to the body of the answer, a function each."""

from collections.abc import Callable
from datetime import date
from math import ceil
from typing import TypeVar

from sandbox.payby import requests
from sandbox.payby.codes import Rejected
from sandbox.payby.orders import Order, Refund, Status
from sandbox.payby.requests import parse
from sandbox.payby.state import PayBy
from sandbox.payby.statement import gulf_day
from sandbox.payby.wire import CURRENCY, money

Body = dict[str, object]


def place_order(payby: PayBy, content: object, request_time: int) -> Body:
    """Create Order; the code is given only while it can be paid."""
    order = payby.orders.place(parse(requests.PlaceOrder, content), request_time)
    body: Body = {"acquireOrder": order.to_wire()}
    if order.status is Status.CREATED:
        body["interActionParams"] = {"tokenUrl": order.token_url}
    return body


def get_order(payby: PayBy, content: object, _: int) -> Body:
    """Retrieve Order Detail."""
    return {"acquireOrder": _order(payby, content).to_wire()}


def cancel_order(payby: PayBy, content: object, _: int) -> Body:
    """Cancel an order nobody has paid."""
    order = _order(payby, content)
    payby.orders.cancel(order)
    return {"acquireOrder": order.to_wire()}


def revoke_order(payby: PayBy, content: object, _: int) -> Body:
    """Undo an order, whether it was paid or not."""
    order = _order(payby, content)
    payby.refunds.revoke(order)
    return {"acquireOrder": order.to_wire()}


def update_expired_time(payby: PayBy, content: object, _: int) -> Body:
    """Change expiry."""
    request = parse(requests.UpdateExpiredTime, content)
    order = payby.orders.find(request.merchant_order_no, request.order_no)
    payby.orders.change_expiry(order, request.expired_time)
    return {"acquireOrder": order.to_wire()}


def get_cashier_url_info(payby: PayBy, content: object, _: int) -> Body:
    """Tell whether a QR was scanned: there is a payer in the answer once it was."""
    request = parse(requests.CashierUrl, content)
    payer = payby.orders.find_by_code(request.token_url).scanned_by
    return {"payer": {"mobileNumberMask": payer.mobile_mask}} if payer else {}


def get_order_payer(payby: PayBy, content: object, _: int) -> Body:
    """Who paid an order."""
    payment = _order(payby, content).payment
    if payment is None:
        raise Rejected("ORDER_NOT_PAID")
    return {
        "payer": {
            "payerMid": payment.payer.mid,
            "mobileNumberMask": payment.payer.mobile_mask,
            "deviceId": f"POS-{payment.store}",
            "ipAddress": "192.0.2.1",
        }
    }


def place_refund(payby: PayBy, content: object, request_time: int) -> Body:
    """Refund an order, in full or in part."""
    request = parse(requests.PlaceRefund, content)
    refund = payby.refunds.place(request, request_time)
    return _refund_body(payby, refund)


def get_refund(payby: PayBy, content: object, _: int) -> Body:
    """Retrieve Refund."""
    request = parse(requests.OneRefund, content)
    found = payby.refunds.find(request.refund_merchant_order_no, request.order_no)
    return _refund_body(payby, found)


def query_order_page(payby: PayBy, content: object, _: int) -> Body:
    """Orders of a day range."""
    return _page(parse(requests.DayRange, content), payby.orders.all())


def query_refund_order_page(payby: PayBy, content: object, _: int) -> Body:
    """Refunds of a day range."""
    return _page(parse(requests.DayRange, content), payby.refunds.all())


def get_balance(payby: PayBy, content: object, _: int) -> Body:
    """Balance of the merchant."""
    if parse(requests.Balance, content).currency_code != CURRENCY:
        raise Rejected("CURRENCY_CODE_NOT_SUPPORTED")
    payby.agenda.catch_up()
    balance = {"availableBalance": money(payby.merchant.balance)}
    return {"memberId": payby.merchant.mid, "balanceList": [balance]}


async def get_order_statement(payby: PayBy, content: object) -> tuple[str, bytes]:
    """Statement of a day: the name and the bytes of a ZIP."""
    day = date.fromisoformat(parse(requests.Statement, content).statement_date)
    packed = await payby.statements.of(day, payby.orders.all(), payby.refunds.all())
    return f"{payby.merchant.mid}_{day:%Y%m%d}Transaction_Settle_Statement.zip", packed


def _order(payby: PayBy, content: object) -> Order:
    request = parse(requests.OneOrder, content)
    return payby.orders.find(request.merchant_order_no, request.order_no)


def _refund_body(payby: PayBy, refund: Refund) -> Body:
    return {
        "refundOrder": refund.to_wire(),
        "refundSummary": {
            "acquireAmount": money(refund.origin.amount),
            "remainRefundAmount": money(payby.refunds.remaining(refund.origin)),
        },
    }


Entry = TypeVar("Entry", Order, Refund)


def _page(query: requests.DayRange, entries: list[Entry]) -> Body:
    first, last = map(date.fromisoformat, (query.start_date, query.end_date))
    statuses = query.include_status_list
    found = [
        entry
        for entry in entries
        if first <= gulf_day(entry.request_time) <= last
        and (not statuses or entry.status in statuses)
    ]
    page = query.sort_page_param
    start = page.number * page.size
    return {
        "totalElements": len(found),
        "totalPages": ceil(len(found) / page.size),
        "items": [entry.to_wire() for entry in found[start : start + page.size]],
    }


CALLS: dict[str, Callable[[PayBy, object, int], Body]] = {
    "acquire2/placeOrder": place_order,
    "acquire2/getOrder": get_order,
    "acquire2/cancelOrder": cancel_order,
    "acquire2/revokeOrder": revoke_order,
    "acquire2/refund/placeOrder": place_refund,
    "acquire2/refund/getOrder": get_refund,
    "acquire2/updateExpiredTime": update_expired_time,
    "acquire2/getCashierUrlInfo": get_cashier_url_info,
    "acquire2/getOrderPayer": get_order_payer,
    "acquire2Query/queryOrderPage": query_order_page,
    "acquire2Query/queryRefundOrderPage": query_refund_order_page,
    "member/getBalance": get_balance,
}
"""Path under ``/sgs/api/`` to what it does."""

STATEMENT = "acquire2/download/getOrderStatement"
"""The one call that answers with a file."""
