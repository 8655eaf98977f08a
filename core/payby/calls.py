"""What PayBy can be asked, in PayBy's own words: paths and contents of the calls."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from core.domain.money import Money
from core.payby.codec import JsonObject
from core.ports import NewOrder, NewRefund

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """Who we are at PayBy, and where PayBy is."""

    base_url: str
    """PayBy: environments. For example https://uat.test2pay.com/sgs/api."""
    partner_id: str
    """The 12 digits of the merchant."""
    private_key: RSAPrivateKey = field(repr=False)
    payby_public_key: RSAPublicKey = field(repr=False)
    notify_url: str
    """Where PayBy posts its notices, at most 200 characters."""
    business_type: str
    """What Cash Top Up is used for, such as GAME_TOP_UP."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One of PayBy's calls."""

    name: str
    path: str
    is_read: bool = False
    """Whether it changes nothing, so that asking again is always safe."""
    most_bytes: int = MIB
    patience: float = 20
    """Seconds for all tries together."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One call with its content, and the number it is about, if any."""

    call: Call
    biz_content: JsonObject
    order_no: str = ""


CREATE_ORDER = Call(name="placeOrder", path="/acquire2/placeOrder")
GET_ORDER = Call(name="getOrder", path="/acquire2/getOrder", is_read=True)
CANCEL_ORDER = Call(name="cancelOrder", path="/acquire2/cancelOrder")
REVOKE_ORDER = Call(name="revokeOrder", path="/acquire2/revokeOrder")
CHANGE_EXPIRY = Call(name="updateExpiredTime", path="/acquire2/updateExpiredTime")
REFUND_ORDER = Call(name="refund.placeOrder", path="/acquire2/refund/placeOrder")
GET_REFUND = Call(
    name="refund.getOrder", path="/acquire2/refund/getOrder", is_read=True
)
WAS_SCANNED = Call(
    name="getCashierUrlInfo", path="/acquire2/getCashierUrlInfo", is_read=True
)
GET_ORDER_PAYER = Call(
    name="getOrderPayer", path="/acquire2/getOrderPayer", is_read=True
)
ORDERS_BETWEEN = Call(
    name="queryOrderPage", path="/acquire2Query/queryOrderPage", is_read=True
)
REFUNDS_BETWEEN = Call(
    name="queryRefundOrderPage",
    path="/acquire2Query/queryRefundOrderPage",
    is_read=True,
)
STATEMENT = Call(
    name="getOrderStatement",
    path="/acquire2/download/getOrderStatement",
    is_read=True,
    most_bytes=64 * MIB,
    patience=120,
)
BALANCE = Call(name="getBalance", path="/member/getBalance", is_read=True)


def money(amount: Money) -> JsonObject:
    """Write money as PayBy does, always with two decimals."""
    return {"amount": amount.aed, "currency": "AED"}


def milliseconds(at: datetime) -> int:
    """Write a time as PayBy does, cut to whole milliseconds."""
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def cash_top_up(new: NewOrder, merchant: Merchant) -> JsonObject:
    """Fill in Create Order for a code that a store's cashier can scan."""
    return {
        "merchantOrderNo": new.merchant_order_no,
        "subject": new.subject,
        "totalAmount": money(new.amount),
        "expiredTime": milliseconds(new.expires_at),
        "paySceneCode": "CASHTOPUP",
        "paySceneParams": {"businessType": merchant.business_type},
        "notifyUrl": merchant.notify_url,
    }


def refund(new: NewRefund, merchant: Merchant) -> JsonObject:
    """Fill in Refund. Raises ValueError unless one number names the order."""
    _demand_one(new.merchant_order_no, new.payby_order_no)
    return {
        "refundMerchantOrderNo": new.refund_merchant_order_no,
        "originMerchantOrderNo": new.merchant_order_no or None,
        "originOrderNo": new.payby_order_no or None,
        "amount": money(new.amount),
        "reason": new.reason,
        "operatorName": new.operator_name,
        "notifyUrl": merchant.notify_url,
    }


def order_named(merchant_order_no: str, payby_order_no: str) -> JsonObject:
    """Name an order by our number or by PayBy's. Raises ValueError unless by one."""
    _demand_one(merchant_order_no, payby_order_no)
    return {
        "merchantOrderNo": merchant_order_no or None,
        "orderNo": payby_order_no or None,
    }


def refund_named(refund_merchant_order_no: str, payby_order_no: str) -> JsonObject:
    """Name a refund by our number or by PayBy's. Raises ValueError unless by one."""
    _demand_one(refund_merchant_order_no, payby_order_no)
    return {
        "refundMerchantOrderNo": refund_merchant_order_no or None,
        "orderNo": payby_order_no or None,
    }


def day_range(
    start: date, end: date, statuses: Sequence[str], number: int, size: int
) -> JsonObject:
    """Ask for one page of the days from start to end, both included, Gulf time."""
    return {
        "startDate": start.isoformat(),
        "endDate": end.isoformat(),
        "includeStatusList": list(statuses),
        "sortPageParam": {"number": number, "size": size},
    }


def _demand_one(ours: str, paybys: str) -> None:
    if bool(ours) == bool(paybys):
        raise ValueError("Name it by our number or by PayBy's: one, never both.")
