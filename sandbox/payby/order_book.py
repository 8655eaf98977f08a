"""The book of orders, and the rules by which they move.

CREATED → PAID_SUCCESS → SETTLED, or CREATED → FAILURE; never back. Everything happens
on the event loop without waiting in between, so of two payments at once exactly one
wins.
"""

import re
from collections.abc import Callable
from functools import partial

from sandbox.payby.agenda import DAY, HOUR, MINUTE, Agenda
from sandbox.payby.codes import Rejected
from sandbox.payby.numbers import new_order_no, new_token
from sandbox.payby.orders import Failure, Order, Payment, Status
from sandbox.payby.requests import PlaceOrder
from sandbox.payby.wallets import Wallet

_SCENE = "CASHTOPUP"
_BUSINESS_TYPE = re.compile(r"[A-Z]+(_[A-Z]+)*")
"""PayBy's list of business types is not public; GAME_TOP_UP is its only example."""

_DEFAULT_EXPIRY = 2 * HOUR
_LONGEST_EXPIRY = 48 * HOUR
_LONGEST_CHANGED_EXPIRY = 15 * DAY
_SETTLES_AFTER = 10 * MINUTE
"""PayBy settles overnight; nobody at a demo waits that long."""

_NOT_OPEN = {
    Status.PAID_SUCCESS: "ORDER_PAID",
    Status.SETTLED: "ORDER_SETTLED",
    Status.FAILURE: "ORDER_FAILURE",
}


class OrderBook:
    """Orders of the one merchant.

    `paid` is called with every order that was paid, `changed` with every order whose
    look changed. `lives_on` tells whether one whose time is over is not ended for it.
    """

    def __init__(
        self,
        agenda: Agenda,
        merchant: Wallet,
        *,
        paid: Callable[[Order], None],
        changed: Callable[[Order], None],
        lives_on: Callable[[Order], bool],
    ) -> None:
        self._agenda = agenda
        self._merchant = merchant
        self._paid = paid
        self._changed = changed
        self._lives_on = lives_on
        self._by_merchant_order_no: dict[str, Order] = {}
        self._by_order_no: dict[str, Order] = {}
        self._by_token_url: dict[str, Order] = {}

    def clear(self) -> None:
        """Forget every order."""
        self._by_merchant_order_no.clear()
        self._by_order_no.clear()
        self._by_token_url.clear()

    def all(self) -> list[Order]:
        """Every order, oldest first."""
        self._agenda.catch_up()
        return list(self._by_merchant_order_no.values())

    def find(self, merchant_order_no: str | None, order_no: str | None = None) -> Order:
        """Find an order by either number; raises Rejected."""
        self._agenda.catch_up()
        if merchant_order_no is not None:
            order = self._by_merchant_order_no.get(merchant_order_no)
            missing = "MERCHANT_ORDER_NO_NOT_EXIST"
        else:
            order = self._by_order_no.get(order_no or "")
            missing = "ORDER_NO_NOT_EXIST"
        if order is None:
            raise Rejected(missing)
        return order

    def find_by_code(self, token_url: str) -> Order:
        """Find the order of a QR, whatever its status; raises Rejected."""
        self._agenda.catch_up()
        try:
            return self._by_token_url[token_url]
        except KeyError:
            raise Rejected("TOKEN_URL_NOT_EXIST") from None

    def place(self, request: PlaceOrder, request_time: int) -> Order:
        """Create an order, or find the one this request made; raises Rejected."""
        self._agenda.catch_up()
        existing = self._by_merchant_order_no.get(request.merchant_order_no)
        if existing is not None:
            if existing.request != request:
                raise Rejected("MERCHANT_ORDER_NO_EXIST")
            return existing
        self._check(request, request_time)
        order = self._create(request, request_time)
        self._by_merchant_order_no[order.merchant_order_no] = order
        self._by_order_no[order.order_no] = order
        self._by_token_url[order.token_url] = order
        self._changed(order)
        return order

    def _check(self, request: PlaceOrder, request_time: int) -> None:
        if request.pay_scene_code != _SCENE:
            raise Rejected("PAYSCENECODE_ILLEGAL", f"this merchant has {_SCENE} only")
        _check_business_type((request.pay_scene_params or {}).get("businessType"))
        if request.payee_mid not in {None, self._merchant.mid}:
            raise Rejected("PAYEEMID_NOT_EXIST")
        if request.expired_time is None:
            return
        if request.expired_time <= request_time:
            raise Rejected("EXPIREDTIME_LESS_THAN_REQUESTTIME")
        if request.expired_time > request_time + _LONGEST_EXPIRY:
            raise Rejected(
                "EXPIREDTIME_TOO_LATER", "at most 48 hours after requestTime"
            )

    def _create(self, request: PlaceOrder, request_time: int) -> Order:
        order = Order(
            request=request,
            request_time=request_time,
            order_no=new_order_no(self._agenda.clock.now_ms()),
            payee_mid=self._merchant.mid,
            token=new_token(),
        )
        self._set_expiry(order, request.expired_time or request_time + _DEFAULT_EXPIRY)
        return order

    def _set_expiry(self, order: Order, expired_time: int) -> None:
        order.expired_time = expired_time
        self._agenda.at(expired_time, partial(self._expire, order, expired_time))

    def _expire(self, order: Order, expired_time: int) -> None:
        is_due = order.status is Status.CREATED and order.expired_time == expired_time
        if is_due and not self._lives_on(order):
            self._fail(order, Failure.EXPIRED)

    def _fail(self, order: Order, failure: Failure) -> None:
        order.status = Status.FAILURE
        order.failure = failure
        self._changed(order)

    def cancel(self, order: Order) -> None:
        """Fail an order nobody has paid; raises Rejected."""
        self._must_be_open(order)
        self._fail(order, Failure.CANCELLED)

    def revoke_unpaid(self, order: Order) -> None:
        """Fail an order nobody has paid, and call it revoked; raises Rejected."""
        self._must_be_open(order)
        order.revoked = True
        self._fail(order, Failure.REVOKED)

    def change_expiry(self, order: Order, expired_time: int) -> None:
        """Let an open order expire sooner or later; raises Rejected."""
        self._must_be_open(order)
        now = self._agenda.clock.now_ms()
        if not now < expired_time <= now + _LONGEST_CHANGED_EXPIRY:
            raise Rejected("INVALID_EXPIRED_TIME", "within 15 days from now")
        self._set_expiry(order, expired_time)
        self._changed(order)

    def scanned(self, order: Order, payer: Wallet) -> None:
        """Remember who looked at the code."""
        order.scanned_by = payer
        self._changed(order)

    def left(self, order: Order) -> None:
        """Forget who looked at the code: the payer took it away."""
        order.scanned_by = None
        self._changed(order)

    def pay(self, order: Order, payment: Payment, *, late: bool = False) -> None:
        """Take the money and call the order paid; raises Rejected, BalanceTooLow.

        A payment that is `late` wins over the order's end, as when the two cross.
        """
        if not (late and order.status is Status.FAILURE):
            self._must_be_open(order)
        payment.payer.debit(payment.amount)
        order.payment = payment
        order.status = Status.PAID_SUCCESS
        order.failure = None
        self._agenda.after(_SETTLES_AFTER, partial(self._settle, order, payment))
        self._changed(order)
        self._paid(order)

    def _settle(self, order: Order, payment: Payment) -> None:
        order.status = Status.SETTLED
        self._merchant.credit(payment.settlement)
        self._changed(order)

    def _must_be_open(self, order: Order) -> None:
        if order.status is not Status.CREATED:
            raise Rejected(_NOT_OPEN[order.status])


def _check_business_type(business_type: object) -> None:
    if business_type is None:
        raise Rejected("MISSING_BUSINESS_TYPE", "paySceneParams.businessType")
    if not isinstance(business_type, str) or not _BUSINESS_TYPE.fullmatch(
        business_type
    ):
        raise Rejected("INVALID_BUSINESS_TYPE", "such as GAME_TOP_UP")
