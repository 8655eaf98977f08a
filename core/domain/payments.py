"""PayBy's view of an order, and whether it agrees with ours."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.domain.orders import Order


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


def contradiction(order: Order, seen: GatewayOrder, payee_mid: str) -> str:
    """Name what keeps a payment from being this order's; empty when it matches."""
    checks = (
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
    faults = [
        f"{name} is {theirs}, not {ours}"
        for name, theirs, ours in checks
        if theirs != ours
    ]
    return "; ".join(faults)
