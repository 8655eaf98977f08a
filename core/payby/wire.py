"""PayBy's words as types: orders, refunds, payers, pages and notices.

PayBy adds fields and statuses without asking, so what is unknown is passed over and
what is optional may be missing or odd; only what an order can't be without is demanded.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from core.domain.money import Money
from core.domain.payments import (
    GatewayOrder,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
)
from core.payby.codec import JsonObject, WireError, decode
from core.payby.fields import LONGEST_NUMBER, Amount, Fields

KNOWN_KINDS = ("acquireOrder", "refundOrder", "acquireChargeback", "voidOrder")
LONGEST_ID = 64  # characters of a notice's id, and of a store's

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PaymentInfo:
    """How an order was paid; times are UTC."""

    paid: Amount | None
    paid_at: datetime | None
    payer_mid: str
    pay_channel: str
    """BALANCE when a store's wallet paid."""
    payee_fee: Amount | None
    payer_fee: Amount | None
    settlement: Amount | None
    """What reaches the merchant after fees."""


@dataclass(frozen=True, kw_only=True)
class AcquireOrder(GatewayOrder):
    """PayBy's acquireOrder: what the story of a top-up needs, and the rest of it."""

    subject: str
    requested_at: datetime | None
    payment: PaymentInfo | None
    """Only once paid."""
    fail_code: str
    fail_reason: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder(GatewayRefund):
    """PayBy's refundOrder: what the story of a refund needs, and the rest of it."""

    fee_refunded: Amount | None
    still_refundable: Amount | None
    """What is left of the payment; only in answers to Refund and Retrieve Refund."""
    reason: str
    fail_reason: str


@dataclass(frozen=True, kw_only=True)
class Payer:
    """Who paid, as far as PayBy tells; kept out of logs."""

    payer_mid: str = field(repr=False)
    mobile_number_mask: str = field(repr=False)
    device_id: str = field(repr=False)
    ip_address: str = field(repr=False)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a query."""

    items: Sequence[T]
    total_items: int
    total_pages: int


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What PayBy posts to our notify URL, signature already verified by the door."""

    notify_id: str
    """PayBy's id, the same when it tries again; without a usable one, a digest."""
    notified_at: datetime | None
    kind: str
    """The member that tells the news: acquireOrder, refundOrder, acquireChargeback,
    voidOrder, one we do not know, or empty."""
    order: AcquireOrder | None
    refund: RefundOrder | None
    raw: JsonObject = field(repr=False)


def parse_notice(body: bytes) -> Notice:
    """Read a notice. A kind we do not know is read too.

    Raises WireError when it is not a JSON object, or tells of an order or a refund
    without a number, status or amount.
    """
    raw = decode(body)
    fields = Fields(raw, "")
    kind = next(filter(fields.has, (*KNOWN_KINDS, *raw)), "")
    notify_id = fields.text("notify_id")
    return Notice(
        notify_id=(
            notify_id
            if 0 < len(notify_id) <= LONGEST_ID
            else hashlib.sha256(body).hexdigest()
        ),
        notified_at=fields.time("notify_timestamp"),
        kind=kind,
        order=parse_order(fields.inner(kind)) if kind == "acquireOrder" else None,
        refund=parse_refund(fields.inner(kind)) if kind == "refundOrder" else None,
        raw=raw,
    )


def parse_order(order: Fields, token_url: str = "") -> AcquireOrder:
    """Read PayBy's acquireOrder. Raises WireError."""
    total = order.amount("totalAmount")
    payment = _payment(order.inner("paymentInfo")) if order.has("paymentInfo") else None
    terminal = order.inner("accessoryContent").inner("terminalDetail")
    return AcquireOrder(
        merchant_order_no=order.number("merchantOrderNo"),
        payby_order_no=order.number("orderNo"),
        status=GatewayStatus(order.text("status")),
        amount=total.value,
        currency=total.currency,
        payee_mid=order.text("payeeMid"),
        token_url=token_url,
        expires_at=order.time("expiredTime"),
        paid_at=payment.paid_at if payment else None,
        store_id=terminal.text("storeId")[:LONGEST_ID],
        revoked=order.flag("revoked"),
        subject=order.text("subject"),
        requested_at=order.time("requestTime"),
        payment=payment,
        fail_code=order.text("failCode"),
        fail_reason=order.text("failDes"),
    )


def parse_answered(body: Fields) -> AcquireOrder:
    """Read the answer of any call about an order. Raises WireError."""
    return parse_order(body.inner("acquireOrder"))


def parse_created(body: Fields) -> AcquireOrder:
    """Read the answer to Create Order, which holds the token URL while CREATED.

    One page of the documentation spells interActionParams with a small a. Raises
    WireError, also when an order that waits for its payer has no token URL.
    """
    names = ("interActionParams", "interactionParams")
    urls = (body.inner(name).text("tokenUrl") for name in names)
    order = parse_order(body.inner("acquireOrder"), next(filter(None, urls), ""))
    if order.status == GatewayStatus.CREATED and not order.token_url:
        raise WireError("interActionParams.tokenUrl is missing.")
    return order


def parse_refund(refund: Fields, still_refundable: Amount | None = None) -> RefundOrder:
    """Read PayBy's refundOrder. Raises WireError.

    One that was begun at PayBy's portal may have no number of a merchant's: then
    PayBy's own stands for it.
    """
    paybys = refund.number("orderNo")
    ours = refund.text("refundMerchantOrderNo")
    given = refund.amount("amount")
    return RefundOrder(
        refund_merchant_order_no=ours[:LONGEST_NUMBER] or paybys,
        payby_order_no=paybys,
        origin_merchant_order_no=refund.text("originMerchantOrderNo"),
        status=GatewayRefundStatus(refund.text("status")),
        amount=given.value,
        currency=given.currency,
        fee_refunded=refund.amount_or_none("feeRefunded"),
        still_refundable=still_refundable,
        reason=refund.text("reason"),
        fail_code=refund.text("failCode"),
        fail_reason=refund.text("failDes"),
    )


def parse_refunded(body: Fields) -> RefundOrder:
    """Read the answer to Refund or Retrieve Refund. Raises WireError."""
    summary = body.inner("refundSummary")
    left = summary.amount_or_none("remainRefundAmount")
    return parse_refund(body.inner("refundOrder"), left)


def parse_balance(body: Fields) -> Money:
    """Read the balance in AED. Raises WireError when there is none."""
    balances = (item.amount("availableBalance") for item in body.each("balanceList"))
    for balance in balances:
        if balance.currency == "AED":
            return balance.to_money()
    raise WireError("balanceList holds no balance in AED.")


def parse_payer(body: Fields) -> Payer:
    """Read a payer; whatever PayBy keeps to itself is empty."""
    payer = body.inner("payer")
    return Payer(
        payer_mid=payer.text("payerMid"),
        mobile_number_mask=payer.text("mobileNumberMask"),
        device_id=payer.text("deviceId"),
        ip_address=payer.text("ipAddress"),
    )


def parse_page(body: Fields, parse_item: Callable[[Fields], T]) -> Page[T]:
    """Read a page of orders or refunds. Raises WireError."""
    return Page(
        items=tuple(parse_item(item) for item in body.each("items")),
        total_items=body.count("totalElements"),
        total_pages=body.count("totalPages"),
    )


def _payment(info: Fields) -> PaymentInfo:
    return PaymentInfo(
        paid=info.amount_or_none("paidAmount"),
        paid_at=info.time("paidTime"),
        payer_mid=info.text("payerMid"),
        pay_channel=info.text("payChannel"),
        payee_fee=info.amount_or_none("payeeFeeAmount"),
        payer_fee=info.amount_or_none("payerFeeAmount"),
        settlement=info.amount_or_none("settlementAmount"),
    )
