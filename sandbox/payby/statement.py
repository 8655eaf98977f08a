"""The statement of a day: a ZIP of pipe-separated files (PayBy: statement download).

One liberty: PayBy writes a day's statement on the next morning; here a day has one as
soon as there is something to put in it.
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sandbox.payby.codes import Rejected
from sandbox.payby.orders import PAY_CHANNEL, PRODUCT, Order, Payment, Refund, Status
from sandbox.payby.wire import CURRENCY

GULF = timezone(timedelta(hours=4))
"""PayBy's business day: Asia/Dubai, which knows no summer time."""

_LINES_PER_FILE = 50_000
_COLUMNS = (
    "paidTime",
    "transactionType",
    "totalAmount",
    "orderCurrency",
    "productName",
    "paySceneCode",
    "merchantOrderNo",
    "orderNo",
    "status",
    "paymentMethodType",
    "subject",
    "payeeMid",
    "terminalId",
    "operatorId",
    "storeId",
    "merchantName",
    "storeName",
    "originMerchantOrderNo",
    "reserved",
)


@dataclass(frozen=True)
class Row:
    """A line of the statement, with the time (ms) that puts it into its day."""

    at: int
    text: str
    settled: bool


def gulf_day(ms: int) -> date:
    """Tell the business day of a moment."""
    return datetime.fromtimestamp(ms / 1000, GULF).date()


def day_statement(
    mid: str, day: date, orders: list[Order], refunds: list[Refund]
) -> bytes:
    """Write the ZIP; raises Rejected when there is nothing to write."""
    rows = sorted(_rows(orders, refunds), key=lambda row: row.at)
    rows = [row for row in rows if gulf_day(row.at) == day]
    if not rows:
        over = day < datetime.now(GULF).date()
        raise Rejected("STATEMENT_NOT_EXIST" if over else "STATEMENT_NOT_GENERATED")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "Purchase_Statement", mid, day, rows)
        settled = [row for row in rows if row.settled]
        _add(archive, "Purchase_Settle_Statement", mid, day, settled)
    return packed.getvalue()


def _add(
    archive: zipfile.ZipFile, name: str, mid: str, day: date, rows: list[Row]
) -> None:
    start = datetime.combine(day, time(), GULF)
    end = start + timedelta(days=1, seconds=-1)
    summary = (
        f"mid:{mid}|periodNo:{day:%Y%m%d}|startTime:{_gulf(start)}|"
        f"endTime:{_gulf(end)}|totalCount:{len(rows)}"
    )
    starts = range(0, len(rows) or 1, _LINES_PER_FILE)
    for serial, first in enumerate(starts, start=1):
        lines = [row.text for row in rows[first : first + _LINES_PER_FILE]]
        text = "\n".join([summary, "|".join(_COLUMNS), *lines, ""])
        archive.writestr(f"{name}_{day:%d%m%Y}_{serial:03}.csv", text)


def _rows(orders: list[Order], refunds: list[Refund]) -> list[Row]:
    paid = [_payment_row(order, pay) for order in orders if (pay := order.payment)]
    returned = [
        _refund_row(refund, payment, refund.done_at)
        for refund in refunds
        if refund.done_at and (payment := refund.origin.payment)
    ]
    return paid + returned


def _payment_row(order: Order, payment: Payment) -> Row:
    columns = _order_columns(order, payment, payment.time) | {
        "transactionType": "PAYMENT",
        "totalAmount": f"{order.amount:.2f}",
        "merchantOrderNo": order.merchant_order_no,
        "orderNo": order.order_no,
    }
    return Row(payment.time, _line(columns), settled=order.status is Status.SETTLED)


def _refund_row(refund: Refund, payment: Payment, at: int) -> Row:
    columns = _order_columns(refund.origin, payment, at) | {
        "transactionType": "REFUND",
        "totalAmount": f"{refund.amount:.2f}",
        "merchantOrderNo": refund.merchant_order_no,
        "orderNo": refund.order_no,
        "originMerchantOrderNo": refund.origin.merchant_order_no,
    }
    return Row(at, _line(columns), settled=True)


def _order_columns(order: Order, payment: Payment, at: int) -> dict[str, str]:
    return {
        "paidTime": _gulf(datetime.fromtimestamp(at / 1000, GULF)),
        "orderCurrency": CURRENCY,
        "productName": PRODUCT,
        "paySceneCode": order.request.pay_scene_code,
        "status": "SUCCESS",
        "paymentMethodType": PAY_CHANNEL,
        "subject": order.request.subject,
        "payeeMid": order.payee_mid,
        "storeId": payment.store,
        "reserved": order.request.reserved or "",
    }


def _line(columns: dict[str, str]) -> str:
    values = (columns.get(name, "") for name in _COLUMNS)
    return "|".join(" ".join(value.replace("|", " ").split()) for value in values)


def _gulf(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"
