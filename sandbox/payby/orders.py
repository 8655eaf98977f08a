"""Orders and refunds as PayBy keeps them, and as it writes them down."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from urllib.parse import urlencode

from sandbox.payby.requests import PlaceOrder, PlaceRefund
from sandbox.payby.wallets import Wallet
from sandbox.payby.wire import money

PRODUCT = "Basic Payment Gateway"
PAY_CHANNEL = "BALANCE"

_CHECKOUT = "https://checkout.payby.com/pay-page/main"
_FEE = Decimal("0.01")
"""What the merchant pays PayBy, as a part of the amount (made up)."""


class Status(StrEnum):
    """Where an order stands (PayBy: AcquireOrderStatus)."""

    CREATED = "CREATED"
    PAID_SUCCESS = "PAID_SUCCESS"
    SETTLED = "SETTLED"
    FAILURE = "FAILURE"


class RefundStatus(StrEnum):
    """Where a refund stands (PayBy: RefundOrderStatus)."""

    CREATED = "CREATED"
    REFUNDED_SETTLED = "REFUNDED_SETTLED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


class Failure(StrEnum):
    """Why an order failed; PayBy's own list is not public, so these are ours."""

    EXPIRED = "ORDER_EXPIRED"
    CANCELLED = "ORDER_CANCELLED"
    REVOKED = "ORDER_REVOKED"


_FAILURE_TEXT = {
    Failure.EXPIRED: "The order was not paid in time.",
    Failure.CANCELLED: "The order was cancelled by the merchant.",
    Failure.REVOKED: "The order was revoked by the merchant.",
}


REFUND_FAILURE = "PAYER_ACCOUNT_UNUSABLE"
"""Why a refund failed: made up, as PayBy's own list is not public."""


@dataclass(frozen=True, kw_only=True)
class Payment:
    """How an order was paid."""

    amount: Decimal
    time: int
    """When, in ms since the epoch."""

    payer: Wallet
    store: str
    """The id of the store whose wallet paid."""

    @property
    def fee(self) -> Decimal:
        """What the merchant pays for it."""
        return (self.amount * _FEE).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def settlement(self) -> Decimal:
        """What the merchant gets of it."""
        return self.amount - self.fee

    def to_wire(self) -> dict[str, object]:
        """Write it as PayBy's paymentInfo."""
        return {
            "paidAmount": money(self.amount),
            "paidTime": self.time,
            "payerMid": self.payer.mid,
            "payChannel": PAY_CHANNEL,
            "payeeFeeAmount": money(self.fee),
            "payerFeeAmount": money(Decimal(0)),
            "settlementAmount": money(self.settlement),
        }


@dataclass(kw_only=True)
class Order:
    """One order: what was asked for, and what became of it."""

    request: PlaceOrder
    request_time: int
    """Of the first request, in ms; a repeated request does not change it."""

    order_no: str
    payee_mid: str
    token: str
    """32 hex digits, the secret in the QR."""

    expired_time: int = 0
    """The expiry the merchant was told, in ms; a fast clock lets it come sooner."""

    status: Status = Status.CREATED
    failure: Failure | None = None
    revoked: bool = False
    payment: Payment | None = None
    scanned_by: Wallet | None = None

    @property
    def merchant_order_no(self) -> str:
        """The merchant's number."""
        return self.request.merchant_order_no

    @property
    def amount(self) -> Decimal:
        """What the payer pays, in AED."""
        return self.request.total_amount.amount

    @property
    def token_url(self) -> str:
        """What the QR holds."""
        query = {"BIZ_TYPE": 202, "ft": self.token, "t": self.request_time}
        return f"{_CHECKOUT}?{urlencode(query)}"

    def to_wire(self) -> dict[str, object]:
        """Write it as PayBy's acquireOrder; what is unknown is left out."""
        fields: dict[str, object | None] = {
            "requestTime": self.request_time,
            "merchantOrderNo": self.merchant_order_no,
            "orderNo": self.order_no,
            "status": self.status,
            "product": PRODUCT,
            "totalAmount": money(self.amount),
            "payeeMid": self.payee_mid,
            "expiredTime": self.expired_time,
            "notifyUrl": self.request.notify_url,
            "subject": self.request.subject,
            "subjectAr": self.request.subject_ar,
            "paySceneCode": self.request.pay_scene_code,
            "accessoryContent": self._accessory_content(),
            "revoked": "true" if self.revoked else "false",
            "reserved": self.request.reserved,
            "failCode": self.failure,
            "failDes": self.failure and _FAILURE_TEXT[self.failure],
            "paymentInfo": self.payment and self.payment.to_wire(),
        }
        return {name: value for name, value in fields.items() if value is not None}

    def _accessory_content(self) -> dict[str, object] | None:
        content = self.request.accessory_content
        if self.payment is None:
            return content
        content = dict(content or {})
        terminal = content.get("terminalDetail")
        detail = dict(terminal) if isinstance(terminal, dict) else {}
        return content | {"terminalDetail": detail | {"storeId": self.payment.store}}


@dataclass(kw_only=True)
class Refund:
    """One refund of a paid order."""

    request: PlaceRefund
    request_time: int
    order_no: str
    origin: Order
    status: RefundStatus = RefundStatus.CREATED
    done_at: int | None = None
    """When the payer had the money back, in ms."""

    @property
    def merchant_order_no(self) -> str:
        """The merchant's number."""
        return self.request.refund_merchant_order_no

    @property
    def amount(self) -> Decimal:
        """What goes back, in AED."""
        return self.request.amount.amount

    @property
    def is_failed(self) -> bool:
        """Whether nothing goes back after all."""
        return self.status is RefundStatus.FAILURE

    def to_wire(self) -> dict[str, object]:
        """Write it as PayBy's refundOrder; what is unknown is left out."""
        fields = {
            "refundMerchantOrderNo": self.merchant_order_no,
            "orderNo": self.order_no,
            "originMerchantOrderNo": self.origin.merchant_order_no,
            "requestTime": self.request_time,
            "status": self.status,
            "amount": money(self.amount),
            "feeRefunded": money(Decimal(0)),
            "reason": self.request.reason,
            "operatorName": self.request.operator_name,
            "notifyUrl": self.request.notify_url,
            "failCode": REFUND_FAILURE if self.is_failed else None,
            "failDes": "The money could not be returned." if self.is_failed else None,
        }
        return {name: value for name, value in fields.items() if value is not None}
