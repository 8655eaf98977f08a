"""PayBy's view of an order, and whether it agrees with ours."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.domain.orders import Order
from core.domain.refunds import Refund


class GatewayStatus(StrEnum):
    """PayBy's order status; anything it adds later reads as UNKNOWN."""

    CREATED = "CREATED"
    PAID_SUCCESS = "PAID_SUCCESS"
    SETTLED = "SETTLED"
    FAILURE = "FAILURE"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, _value: object) -> "GatewayStatus":
        return cls.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class GatewayOrder:
    """An order as PayBy tells it, in an answer or a notice."""

    merchant_order_no: str
    payby_order_no: str
    status: GatewayStatus
    amount: Decimal
    """In the currency's main unit, exactly as PayBy wrote it."""
    currency: str
    payee_mid: str
    token_url: str = ""
    """Only while CREATED, only from Create Order."""
    expires_at: datetime | None = None
    paid_at: datetime | None = None
    store_id: str = ""
    revoked: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether the money has arrived and was not taken back."""
        paid = {GatewayStatus.PAID_SUCCESS, GatewayStatus.SETTLED}
        return self.status in paid and not self.revoked


class GatewayRefundStatus(StrEnum):
    """PayBy's refund status; anything it adds later reads as UNKNOWN."""

    CREATED = "CREATED"
    REFUNDED_SETTLED = "REFUNDED_SETTLED"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def _missing_(cls, _value: object) -> "GatewayRefundStatus":
        return cls.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class GatewayRefund:
    """A refund as PayBy tells it, in an answer, a list or a notice."""

    refund_merchant_order_no: str
    """Our number of the refund; PayBy's, when somebody began it there."""
    payby_order_no: str
    """PayBy's number of the refund."""
    origin_merchant_order_no: str
    """Our number of the refunded order; may be empty in lists."""
    status: GatewayRefundStatus
    amount: Decimal
    """In the currency's main unit, exactly as PayBy wrote it."""
    currency: str
    fail_code: str = ""


def refund_contradiction(refund: Refund, seen: GatewayRefund) -> str:
    """Name what keeps PayBy's word from being about this refund; empty if nothing."""
    origin = seen.origin_merchant_order_no or refund.merchant_order_no
    paybys = refund.payby_refund_no or seen.payby_order_no
    return _faults(
        ("refund number", seen.refund_merchant_order_no, refund.refund_no),
        ("order", origin, refund.merchant_order_no),
        ("amount", seen.amount, refund.amount.aed),
        ("currency", seen.currency, "AED"),
        ("PayBy number", seen.payby_order_no, paybys),
    )


def contradiction(order: Order, seen: GatewayOrder, payee_mid: str) -> str:
    """Name what keeps a payment from being this order's; empty when it matches."""
    return _faults(
        ("number", seen.merchant_order_no, order.merchant_order_no),
        ("amount", seen.amount, order.amount.aed),
        ("currency", seen.currency, "AED"),
        ("payee", seen.payee_mid, payee_mid),
        (
            "PayBy number",
            seen.payby_order_no,
            order.payby_order_no or seen.payby_order_no,
        ),
    )


def _faults(*checks: tuple[str, object, object]) -> str:
    faults = [
        f"{name} is {theirs}, not {ours}"
        for name, theirs, ours in checks
        if theirs != ours
    ]
    return "; ".join(faults)
