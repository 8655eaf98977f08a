"""The book of refunds: CREATED → REFUNDED_SETTLED → SUCCESS, or CREATED → FAILURE."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from sandbox.payby.agenda import DAY, MINUTE, Agenda
from sandbox.payby.codes import Rejected
from sandbox.payby.numbers import new_order_no
from sandbox.payby.order_book import OrderBook
from sandbox.payby.orders import Order, Payment, Refund, RefundStatus, Status
from sandbox.payby.requests import PlaceRefund
from sandbox.payby.wallets import BalanceTooLow, Wallet
from sandbox.payby.wire import money

_POSSIBLE_FOR = 180 * DAY
_STEP = MINUTE // 2
"""How long a refund stays in each status on its way."""

TROUBLES = ("fails", "stays")
"""What may come of a refund that was taken: nothing goes back; or no end is in sight,
and it is tried again."""


class RefundBook:
    """Refunds of the one merchant; `ended` is called with each at its end.

    `trouble` tells what comes between for a refund of an order, each time that one
    would move on.
    """

    def __init__(
        self,
        agenda: Agenda,
        orders: OrderBook,
        merchant: Wallet,
        *,
        ended: Callable[[Refund], None],
        trouble: Callable[[Order], str | None],
    ) -> None:
        self._agenda = agenda
        self._orders = orders
        self._merchant = merchant
        self._ended = ended
        self._trouble = trouble
        self._by_merchant_order_no: dict[str, Refund] = {}
        self._by_order_no: dict[str, Refund] = {}

    def clear(self) -> None:
        """Forget every refund."""
        self._by_merchant_order_no.clear()
        self._by_order_no.clear()

    def all(self) -> list[Refund]:
        """Every refund, oldest first."""
        self._agenda.catch_up()
        return list(self._by_merchant_order_no.values())

    def find(self, merchant_order_no: str | None, order_no: str | None) -> Refund:
        """Find a refund by either number; raises Rejected."""
        self._agenda.catch_up()
        if merchant_order_no is not None:
            refund = self._by_merchant_order_no.get(merchant_order_no)
            missing = "REFUND_MERCHANT_ORDER_NO_NOT_EXIST"
        else:
            refund = self._by_order_no.get(order_no or "")
            missing = "ORDER_NO_NOT_EXIST"
        if refund is None:
            raise Rejected(missing)
        return refund

    def remaining(self, order: Order) -> Decimal:
        """Tell what of an order has not been refunded yet, in AED."""
        own = [refund for refund in self.all() if refund.origin is order]
        refunded = (refund.amount for refund in own if not refund.is_failed)
        return order.amount - sum(refunded, Decimal(0))

    def place(self, request: PlaceRefund, request_time: int) -> Refund:
        """Refund, or find the refund this request made before; raises Rejected."""
        existing = self._by_merchant_order_no.get(request.refund_merchant_order_no)
        if existing is not None:
            if existing.request != request:
                raise Rejected("REFUND_MERCHANT_ORDER_NO_EXIST")
            return existing
        order = self._orders.find(
            request.origin_merchant_order_no, request.origin_order_no
        )
        payment = _payment(order)
        if order.revoked:
            raise Rejected("ACQUIRE_ORDER_REVOKED")
        if request.amount.amount > self.remaining(order):
            raise Rejected("REFUND_AMOUNT_EXCEEDED")
        if request_time > payment.time + _POSSIBLE_FOR:
            raise Rejected("REFUND_REJECTED", "later than 180 days after the payment")
        return self._create(request, request_time, order)

    def revoke(self, order: Order) -> None:
        """Undo an order, paid or not; raises Rejected."""
        if order.revoked:
            raise Rejected("ACQUIRE_ORDER_REVOKED")
        if order.payment is None:
            self._orders.revoke_unpaid(order)
            return
        if self.remaining(order) < order.amount:
            raise Rejected("ACQUIRE_ORDER_REFUNDED")
        self._begin(order, order.amount, "RV", "Revoked")
        order.revoked = True

    def begin(self, order: Order, amount: Decimal | None) -> Refund:
        """Refund at PayBy's portal, all that is left unless told; raises Rejected."""
        _payment(order)
        left = self.remaining(order)
        if left == 0 or (amount or left) > left:
            raise Rejected("REFUND_AMOUNT_EXCEEDED")
        return self._begin(order, amount or left, "PT", "Refunded at the portal")

    def _begin(self, order: Order, amount: Decimal, prefix: str, reason: str) -> Refund:
        """Make a refund that the merchant's server did not ask for.

        Its notices go where the order's go: PayBy does not say, and it is harder so.
        """
        now = self._agenda.clock.now_ms()
        request = PlaceRefund.model_validate(
            {
                "refundMerchantOrderNo": f"{prefix}{new_order_no(now)}",
                "originMerchantOrderNo": order.merchant_order_no,
                "amount": money(amount),
                "reason": reason,
                "notifyUrl": order.request.notify_url,
            }
        )
        return self._create(request, now, order)

    def _create(self, request: PlaceRefund, request_time: int, order: Order) -> Refund:
        try:
            self._merchant.debit(request.amount.amount)
        except BalanceTooLow:
            raise Rejected("REFUND_REJECTED", "the merchant's balance is low") from None
        refund = Refund(
            request=request,
            request_time=request_time,
            order_no=new_order_no(self._agenda.clock.now_ms()),
            origin=order,
        )
        self._by_merchant_order_no[request.refund_merchant_order_no] = refund
        self._by_order_no[refund.order_no] = refund
        self._agenda.after(_STEP, partial(self._refunded, refund))
        return refund

    def _refunded(self, refund: Refund) -> None:
        match self._trouble(refund.origin):
            case "stays":
                self._agenda.after(_STEP, partial(self._refunded, refund))
                return
            case "fails":
                refund.status = RefundStatus.FAILURE
                self._merchant.credit(refund.amount)
                self._ended(refund)
                return
        refund.status = RefundStatus.REFUNDED_SETTLED
        self._agenda.after(_STEP, partial(self._succeed, refund))

    def _succeed(self, refund: Refund) -> None:
        refund.status = RefundStatus.SUCCESS
        refund.done_at = self._agenda.clock.now_ms()
        _payment(refund.origin).payer.credit(refund.amount)
        self._ended(refund)


def _payment(order: Order) -> Payment:
    if order.payment is not None:
        return order.payment
    failed = order.status is Status.FAILURE
    raise Rejected("ORDER_FAILURE" if failed else "ORDER_NOT_PAID")
