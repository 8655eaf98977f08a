"""PayBy's state: the keys, the books, the merchant's wallet, notices and calls."""

from decimal import Decimal

from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.events import Events
from sandbox.faults import Fault, Faults
from sandbox.payby.agenda import Agenda
from sandbox.payby.call_log import CallLog
from sandbox.payby.notices import Notices
from sandbox.payby.order_book import OrderBook
from sandbox.payby.orders import Order
from sandbox.payby.refund_book import TROUBLES, RefundBook
from sandbox.payby.signing import load_keys
from sandbox.payby.statements import Statements
from sandbox.payby.wallets import Wallet

EXPIRY = "payby.expiry"
"""A fault's target: an order whose time is over stays payable till it is cancelled."""
REFUNDS = "payby.refunds"
"""A fault's target: what comes of refunds that were taken."""

_OPENING_BALANCE = Decimal("10000.00")
_MERCHANT_MOBILE = "+971-*****0888"


class PayBy:
    """What the gateway, the POS and the control API all look at."""

    def __init__(
        self, config: Config, clock: Clock, faults: Faults, events: Events
    ) -> None:
        self._events = events
        self.clock = clock
        self.keys = load_keys(config.data / "keys")
        self.merchant = Wallet(config.partner_id, _MERCHANT_MOBILE, _OPENING_BALANCE)
        self.agenda = Agenda(clock)
        self.calls = CallLog()
        self.notices = Notices(self.keys, clock, faults, events)
        self.orders = OrderBook(
            self.agenda,
            self.merchant,
            paid=self.notices.announce,
            changed=self._tell_page,
            lives_on=lambda order: (
                faults.take(EXPIRY, order.merchant_order_no) is not None
            ),
        )
        faults.offer([EXPIRY], ["no_expiry"])
        self.refunds = RefundBook(
            self.agenda,
            self.orders,
            self.merchant,
            ended=self.notices.announce,
            trouble=lambda order: _mode(faults.take(REFUNDS, order.merchant_order_no)),
        )
        faults.offer([REFUNDS], TROUBLES)
        self.statements = Statements(self.merchant.mid, clock, faults)

    def _tell_page(self, order: Order) -> None:
        self._events.publish("orders", merchantOrderNo=order.merchant_order_no)

    def reset(self) -> None:
        """Forget every order, refund, notice and call; the balance is as on day one."""
        self.agenda.clear()
        self.calls.clear()
        self.notices.clear()
        self.orders.clear()
        self.refunds.clear()
        self.statements.clear()
        self.merchant.balance = _OPENING_BALANCE


def _mode(fault: Fault | None) -> str | None:
    return fault.mode if fault else None
