"""A PayBy in a dictionary, which passes the gateway's contract tests."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.domain.errors import GatewayRejected
from core.domain.gulf import GULF
from core.domain.payments import (
    GatewayOrder,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
)
from core.ports import NewOrder, NewRefund
from tests.fakes import PAYEE, HandClock


@dataclass
class Mishap:
    """A call that goes wrong; `done` when it was carried out all the same."""

    error: Exception
    done: bool = False
    then: Callable[[str], object] | None = None
    """What happens at PayBy right after, to the order of that number."""


@dataclass
class FakeGateway:
    """PayBy: keeps orders as the real one does, and goes wrong on demand."""

    clock: HandClock
    orders: dict[str, GatewayOrder] = field(default_factory=dict)
    made_at: dict[str, datetime] = field(default_factory=dict)
    given: dict[str, GatewayRefund] = field(default_factory=dict)
    """The refunds, by our number."""
    scanned: set[str] = field(default_factory=set)
    mishaps: dict[str, deque[Mishap]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    is_resting: bool = False
    """Whether our side leaves it alone for a while."""
    shrugs: bool = False
    """Whether it answers Cancel Order and does nothing."""

    def fails(
        self,
        call: str,
        error: Exception,
        *,
        times: int = 1,
        done: bool = False,
        then: Callable[[str], object] | None = None,
    ) -> None:
        """Let the next calls of a kind go wrong.

        The kinds are create, get, cancel, expiry, scanned and list; revoke, refund,
        get refund and refunds.
        """
        queue = self.mishaps.setdefault(call, deque())
        queue.extend(Mishap(error, done, then) for _ in range(times))

    def forget(self) -> None:
        """Go wrong no more."""
        self.mishaps.clear()
        self.is_resting = self.shrugs = False

    def change(self, merchant_order_no: str, **facts: object) -> GatewayOrder:
        """Let something happen to an order at PayBy."""
        changed = replace(self.orders[merchant_order_no], **facts)  # type: ignore[arg-type]
        self.orders[merchant_order_no] = changed
        return changed

    def pay(self, merchant_order_no: str) -> GatewayOrder:
        """Let a cashier take the cash."""
        return self.change(
            merchant_order_no,
            status=GatewayStatus.PAID_SUCCESS,
            paid_at=self.clock.now(),
            store_id="store-007",
        )

    def give(self, refund_no: str, **facts: object) -> GatewayRefund:
        """Let a refund come to its end: well, unless told otherwise."""
        done: dict[str, object] = {"status": GatewayRefundStatus.SUCCESS}
        refund = replace(self.given[refund_no], **(done | facts))  # type: ignore[arg-type]
        self.given[refund_no] = refund
        return refund

    def begin_refund(
        self, refund_no: str, merchant_order_no: str, amount: Decimal
    ) -> GatewayRefund:
        """Begin a refund, as somebody at PayBy's portal would."""
        self.given[refund_no] = refund = GatewayRefund(
            refund_merchant_order_no=refund_no,
            payby_order_no=f"19140540611300{len(self.given):04}",
            origin_merchant_order_no=merchant_order_no,
            status=GatewayRefundStatus.CREATED,
            amount=amount,
            currency="AED",
        )
        return refund

    def live(self, merchant_order_no: str) -> bool:
        """Tell whether the order could still be paid at PayBy."""
        order = self.orders.get(merchant_order_no)
        return order is not None and order.status is GatewayStatus.CREATED

    async def create_order(self, new: NewOrder) -> GatewayOrder:
        with self._mishaps("create", new.merchant_order_no):
            return self._create(new)

    async def get_order(self, merchant_order_no: str) -> GatewayOrder:
        with self._mishaps("get", merchant_order_no):
            return replace(self._known(merchant_order_no), token_url="")

    async def cancel_order(self, merchant_order_no: str) -> GatewayOrder:
        with self._mishaps("cancel", merchant_order_no):
            if self.shrugs:
                return replace(self._known(merchant_order_no), token_url="")
            self._demand_unpaid(merchant_order_no)
            order = self.change(merchant_order_no, status=GatewayStatus.FAILURE)
            return replace(order, token_url="")

    async def change_expiry(
        self, merchant_order_no: str, expires_at: datetime
    ) -> GatewayOrder:
        with self._mishaps("expiry", merchant_order_no):
            self._demand_unpaid(merchant_order_no)
            now = self.clock.now()
            if not now < expires_at <= now + timedelta(days=15):
                name = "INVALID_EXPIRED_TIME"
                raise GatewayRejected(name, "62089", merchant_order_no)
            order = self.change(merchant_order_no, expires_at=expires_at)
            return replace(order, token_url="")

    async def was_scanned(self, token_url: str) -> bool:
        with self._mishaps("scanned", token_url):
            if token_url not in {order.token_url for order in self.orders.values()}:
                raise GatewayRejected("TOKEN_URL_NOT_EXIST", "62082")
            return token_url in self.scanned

    async def paid_orders(self, start: date, end: date) -> Sequence[GatewayOrder]:
        with self._mishaps("list", f"{start}/{end}"):
            return [
                replace(order, token_url="")
                for number, order in self.orders.items()
                if order.is_paid
                and start <= self.made_at[number].astimezone(GULF).date() <= end
            ]

    async def revoke_order(self, merchant_order_no: str) -> GatewayOrder:
        with self._mishaps("revoke", merchant_order_no):
            order = self._known(merchant_order_no)
            if order.revoked:
                raise GatewayRejected("ACQUIRE_ORDER_REVOKED", "62040")
            if self._left(order) != order.amount:
                raise GatewayRejected("ACQUIRE_ORDER_REFUNDED", "62041")
            status = order.status if order.is_paid else GatewayStatus.FAILURE
            undone = self.change(merchant_order_no, status=status, revoked=True)
            return replace(undone, token_url="")

    async def refund_order(self, new: NewRefund) -> GatewayRefund:
        number = new.refund_merchant_order_no
        with self._mishaps("refund", number):
            if known := self.given.get(number):
                if known.amount == new.amount.aed:
                    return known
                raise GatewayRejected("REFUND_MERCHANT_ORDER_NO_EXIST", "62017")
            order = self._known(new.merchant_order_no)
            if not order.is_paid:
                raise GatewayRejected("ORDER_NOT_PAID", "62015")
            if new.amount.aed > self._left(order):
                raise GatewayRejected("REFUND_AMOUNT_EXCEEDED", "62006")
            return self.begin_refund(number, new.merchant_order_no, new.amount.aed)

    async def get_refund(
        self, refund_no: str = "", *, payby_order_no: str = "", about: str = ""
    ) -> GatewayRefund:
        with self._mishaps("get refund", refund_no or payby_order_no or about):
            for refund in self.given.values():
                names = {refund.refund_merchant_order_no, refund.payby_order_no}
                if names & {refund_no, payby_order_no}:
                    return refund
            raise GatewayRejected("REFUND_MERCHANT_ORDER_NO_NOT_EXIST", "62007")

    async def refunds(self, start: date, end: date) -> Sequence[GatewayRefund]:
        with self._mishaps("refunds", f"{start}/{end}"):
            given = self.given.values()
            return [replace(each, origin_merchant_order_no="") for each in given]

    def _left(self, order: GatewayOrder) -> Decimal:
        same = order.merchant_order_no
        gone = [r for r in self.given.values() if r.origin_merchant_order_no == same]
        gone = [r for r in gone if r.status is not GatewayRefundStatus.FAILURE]
        return order.amount - sum((r.amount for r in gone), Decimal(0))

    @contextmanager
    def _mishaps(self, call: str, about: str) -> Iterator[None]:
        """Let the call go wrong, before or after it is carried out, if its turn is."""
        self.calls.append((call, about))
        queue = self.mishaps.get(call)
        mishap = queue.popleft() if queue else None
        if mishap and not mishap.done:
            raise mishap.error
        yield
        if mishap:
            if mishap.then:
                mishap.then(about)
            raise mishap.error

    def _known(self, merchant_order_no: str) -> GatewayOrder:
        if merchant_order_no not in self.orders:
            name = "MERCHANT_ORDER_NO_NOT_EXIST"
            raise GatewayRejected(name, "62004", merchant_order_no)
        return self.orders[merchant_order_no]

    def _demand_unpaid(self, merchant_order_no: str) -> None:
        order = self._known(merchant_order_no)
        if order.is_paid:
            raise GatewayRejected("ORDER_PAID", "62001", merchant_order_no)
        if order.status is GatewayStatus.FAILURE:
            raise GatewayRejected("ORDER_FAILURE", "62002", merchant_order_no)

    def _create(self, new: NewOrder) -> GatewayOrder:
        number = new.merchant_order_no
        known = self.orders.get(number)
        if known is None:
            serial = f"13140495626500{len(self.orders):04}"
            self.made_at[number] = self.clock.now()
            self.orders[number] = known = GatewayOrder(
                merchant_order_no=number,
                payby_order_no=serial,
                status=GatewayStatus.CREATED,
                amount=new.amount.aed,
                currency="AED",
                payee_mid=PAYEE,
                token_url=f"https://checkout.payby.com/pay-page/main?ft={serial}",
                expires_at=new.expires_at,
            )
        if known.amount != new.amount.aed:
            raise GatewayRejected("MERCHANT_ORDER_NO_EXIST", "62016", number)
        return known
