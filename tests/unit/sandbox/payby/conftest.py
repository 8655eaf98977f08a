"""A book of orders and one of refunds on a clock that stands where a test puts it."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from sandbox.clock import Clock
from sandbox.payby.agenda import HOUR, Agenda
from sandbox.payby.order_book import OrderBook
from sandbox.payby.orders import Order, Payment, Refund
from sandbox.payby.refund_book import RefundBook
from sandbox.payby.requests import PlaceOrder
from sandbox.payby.wallets import Wallet

START = 1_800_000_000_000


class StandingClock(Clock):
    now = START

    def now_ms(self) -> int:
        return self.now


@dataclass
class Books:
    clock: StandingClock
    merchant: Wallet
    store: Wallet
    orders: OrderBook
    refunds: RefundBook
    paid: list[Order]
    refunded: list[Refund]
    troubles: list[str]
    """What comes of the next refunds that would move on."""
    changed: list[Order] = field(default_factory=list)

    def paid_order(self, number: str = "order-1", amount: int = 50) -> Order:
        order = self.orders.place(request(number, amount), self.clock.now)
        payment = Payment(
            amount=order.amount, time=self.clock.now, payer=self.store, store="s"
        )
        self.orders.pay(order, payment)
        return order


def request(number: str = "order-1", amount: int = 50) -> PlaceOrder:
    return PlaceOrder.model_validate(
        {
            "merchantOrderNo": number,
            "subject": "Game top up",
            "totalAmount": {"amount": amount, "currency": "AED"},
            "expiredTime": START + 40 * HOUR,
            "paySceneCode": "CASHTOPUP",
            "paySceneParams": {"businessType": "GAME_TOP_UP"},
        }
    )


@pytest.fixture
def books() -> Books:
    clock = StandingClock()
    agenda = Agenda(clock)
    merchant = Wallet("200000000888", "", Decimal("100.00"))
    store = Wallet("100000000001", "", Decimal("5000.00"))
    paid: list[Order] = []
    changed: list[Order] = []
    refunded: list[Refund] = []
    orders = OrderBook(
        agenda,
        merchant,
        paid=paid.append,
        changed=changed.append,
        lives_on=lambda _: False,
    )
    troubles: list[str] = []
    refunds = RefundBook(
        agenda,
        orders,
        merchant,
        ended=refunded.append,
        trouble=lambda _: troubles.pop(0) if troubles else None,
    )
    return Books(
        clock, merchant, store, orders, refunds, paid, refunded, troubles, changed
    )
