"""The statement of a day: a ZIP of pipe-separated files (PayBy: statement download).

One liberty: PayBy writes a day's statement on the next morning; here a day has one as
soon as there is something to put in it.
"""

import io
import zipfile
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the statement, with the time (ms) that puts it into its day."""

    at: int
    cells: dict[str, str]
    settled: bool

    @property
    def order_no(self) -> str:
        """PayBy's number of it."""
        return self.cells["orderNo"]

    def changed(self, **cells: str) -> "Row":
        """Return the row with other values in these cells."""
        return replace(self, cells=self.cells | cells)


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a statement is written down."""

    mid: str
    day: date
    lines_per_file: int = _LINES_PER_FILE
    more_promised: int = 0
    """So many rows more are promised than there are."""


def gulf_day(ms: int) -> date:
    """Tell the business day of a moment."""
    return datetime.fromtimestamp(ms / 1000, GULF).date()


def written(form: Form, rows: list[Row]) -> bytes:
    """Write the ZIP of these rows; raises Rejected when there are none."""
    if not rows:
        over = form.day < datetime.now(GULF).date()
        raise Rejected("STATEMENT_NOT_EXIST" if over else "STATEMENT_NOT_GENERATED")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "Purchase_Statement", form, rows)
        settled = [row for row in rows if row.settled]
        _add(archive, "Purchase_Settle_Statement", form, settled)
    return packed.getvalue()


def _add(archive: zipfile.ZipFile, name: str, form: Form, rows: list[Row]) -> None:
    day, most = form.day, form.lines_per_file
    start = datetime.combine(day, time(), GULF)
    end = start + timedelta(days=1, seconds=-1)
    summary = (
        f"mid:{form.mid}|periodNo:{day:%Y%m%d}|startTime:{_gulf(start)}|"
        f"endTime:{_gulf(end)}|totalCount:{len(rows) + form.more_promised}"
    )
    starts = range(0, len(rows) or 1, most)
    for serial, first in enumerate(starts, start=1):
        lines = [_line(row.cells) for row in rows[first : first + most]]
        text = "\n".join([summary, "|".join(_COLUMNS), *lines, ""])
        archive.writestr(f"{name}_{day:%d%m%Y}_{serial:03}.csv", text)


def all_rows(orders: list[Order], refunds: list[Refund]) -> list[Row]:
    """Return all that ever was paid and given back, oldest first."""
    paid = [
        payment_row(order, payment.time, payment.store)
        for order in orders
        if (payment := order.payment)
    ]
    returned = [
        _refund_row(refund, payment, refund.done_at)
        for refund in refunds
        if refund.done_at and (payment := refund.origin.payment)
    ]
    return sorted(paid + returned, key=lambda row: row.at)


def payment_row(order: Order, at: int, store: str) -> Row:
    """Write an order down as paid at that time, in that store."""
    cells = _order_cells(order, at, store) | {
        "transactionType": "PAYMENT",
        "totalAmount": f"{order.amount:.2f}",
        "merchantOrderNo": order.merchant_order_no,
        "orderNo": order.order_no,
    }
    return Row(at=at, cells=cells, settled=order.status is Status.SETTLED)


def _refund_row(refund: Refund, payment: Payment, at: int) -> Row:
    cells = _order_cells(refund.origin, at, payment.store) | {
        "transactionType": "REFUND",
        "totalAmount": f"{refund.amount:.2f}",
        "merchantOrderNo": refund.merchant_order_no,
        "orderNo": refund.order_no,
        "originMerchantOrderNo": refund.origin.merchant_order_no,
    }
    return Row(at=at, cells=cells, settled=True)


def _order_cells(order: Order, at: int, store: str) -> dict[str, str]:
    return {
        "paidTime": _gulf(datetime.fromtimestamp(at / 1000, GULF)),
        "orderCurrency": CURRENCY,
        "productName": PRODUCT,
        "paySceneCode": order.request.pay_scene_code,
        "status": "SUCCESS",
        "paymentMethodType": PAY_CHANNEL,
        "subject": order.request.subject,
        "payeeMid": order.payee_mid,
        "storeId": store,
        "reserved": order.request.reserved or "",
    }


def _line(cells: dict[str, str]) -> str:
    values = (cells.get(name, "") for name in _COLUMNS)
    return "|".join(" ".join(value.replace("|", " ").split()) for value in values)


def _gulf(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S%z}"
