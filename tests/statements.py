"""A statement as PayBy writes it, made by hand for tests that need no PayBy."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from core.domain.gulf import GULF

COLUMNS = (
    "paidTime|transactionType|totalAmount|orderCurrency|productName|paySceneCode|"
    "merchantOrderNo|orderNo|status|paymentMethodType|subject|payeeMid|terminalId|"
    "operatorId|storeId|merchantName|storeName|originMerchantOrderNo|reserved"
)
_A_FILE = 50_000


def payment_line(number: str, amount: str, at: datetime) -> str:
    """A payment of one of our orders."""
    return (
        f"{at.astimezone(GULF):%Y-%m-%dT%H:%M:%S%z}|PAYMENT|{amount}|AED|"
        f"Basic Payment Gateway|CASHTOPUP|{number}|13{number[-16:]}|SUCCESS|BALANCE|"
        "Game top-up|200000000888|||store-007||||"
    )


def refund_line(number: str, order_no: str, amount: str, at: datetime) -> str:
    """A refund of one of our orders."""
    paid = payment_line(number, amount, at).replace("|PAYMENT|", "|REFUND|")
    return paid.removesuffix("||") + f"|{order_no}|"


def statement_of(day: date, mid: str, lines: Iterable[str]) -> bytes:
    """The ZIP of a day with these lines."""
    rows = list(lines)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for serial, first in enumerate(range(0, len(rows) or 1, _A_FILE), start=1):
            some = rows[first : first + _A_FILE]
            summary = f"mid:{mid}|periodNo:{day:%Y%m%d}|totalCount:{len(some)}"
            archive.writestr(
                f"Purchase_Statement_{day:%d%m%Y}_{serial:03}.csv",
                "\n".join([summary, COLUMNS, *some, ""]),
            )
    return packed.getvalue()
