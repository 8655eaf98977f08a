"""The cashier's POS: PayBy POS → E-ATM → Cash In → scan the code → password."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sandbox.api import Refused
from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.payby.codes import Rejected
from sandbox.payby.order_book import OrderBook
from sandbox.payby.orders import Failure, Order, Payment, Status
from sandbox.payby.wallets import BalanceTooLow, Wallet
from sandbox.payby.wire import CURRENCY
from sandbox.pos_troubles import POS_ERRORS, failure
from sandbox.questions import Scan

_BALANCE = Decimal("5000.00")
_LOW_BALANCES = {1: Decimal("20.00"), 5: Decimal("0.00"), 9: Decimal("100.00")}
"""Stores, by their place in the order of ids, that can't pay much."""
_PASSWORD = "123456"  # noqa: S105 of every sample store, and no secret


class StoresUnusable(Exception):
    """The stores' file can't be used; the text says why."""


@dataclass(frozen=True)
class Store:
    """A store with a POS, and the wallet its POS pays from."""

    id: str
    name: str
    name_ar: str
    area: str
    area_ar: str
    password: str
    wallet: Wallet

    def to_json(self) -> dict[str, object]:
        """Write it for the control API, password and all."""
        return {
            "id": self.id,
            "name": self.name,
            "name_ar": self.name_ar,
            "area": self.area,
            "area_ar": self.area_ar,
            "balance": self.wallet.balance,
            "currency": CURRENCY,
            "password": self.password,
        }


def load_stores(path: Path) -> dict[str, Store]:
    """Read the stores and give each a wallet; raises StoresUnusable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = sorted(csv.DictReader(lines), key=lambda row: row["id"])
            return {row["id"]: _store(place, row) for place, row in enumerate(rows)}
    except (OSError, KeyError, csv.Error, UnicodeDecodeError) as error:
        raise StoresUnusable(
            f"The stores in {path} can't be read: {error!r}."
        ) from error


def _store(place: int, row: dict[str, str]) -> Store:
    wallet = Wallet(
        mid=f"1000{place:08}",
        mobile_mask=f"+971-*****{place:04}",
        balance=_LOW_BALANCES.get(place, _BALANCE),
    )
    name, area = row["name"], row["area"]
    name_ar, area_ar = row.get("name_ar") or name, row.get("area_ar") or area
    return Store(row["id"], name, name_ar, area, area_ar, _PASSWORD, wallet)


class Pos:
    """Every store's POS; raises Refused with what its screen would say."""

    def __init__(
        self, stores: Path, orders: OrderBook, clock: Clock, events: Events
    ) -> None:
        self._path = stores
        self._orders = orders
        self._clock = clock
        self._events = events
        self.stores = load_stores(stores)

    def reset(self) -> None:
        """Give every wallet the balance it began with."""
        self.stores = load_stores(self._path)

    def look(self, qr: str, store_id: str) -> dict[str, object]:
        """Scan a code: what the cashier sees before the password."""
        store = self._store(store_id)
        order = self._order(qr)
        _check_payable(order)
        self._orders.scanned(order, store.wallet)
        return {
            "merchantOrderNo": order.merchant_order_no,
            "orderNo": order.order_no,
            "requestTime": order.request_time,
            "product": order.request.subject,
            "amount": order.amount.quantize(Decimal("0.01")),
            "currency": CURRENCY,
            "expiredTime": order.expired_time,
            "balance": store.wallet.balance,
        }

    def leave(self, qr: str, store_id: str) -> None:
        """Take a code off the POS again, as when the cashier cancels."""
        store = self._store(store_id)
        order = self._order(qr)
        if order.scanned_by is not store.wallet or order.payment is not None:
            raise Refused(409, f"The code is not on the POS of {store_id}.")
        self._orders.left(order)

    def scan(self, scan: Scan) -> dict[str, object]:
        """Scan, enter the password, pay from the store's wallet; gives the receipt."""
        store = self._store(scan.store)
        order = self._order(scan.qr)
        _check_payable(order, scan.at, late=scan.late)
        if scan.password != store.password:
            raise Refused(403, f"The password of {store.id} is wrong.")
        if scan.trouble and scan.trouble not in POS_ERRORS:
            self._orders.left(order)
            raise failure(scan.trouble, store.id, order.amount)
        self._orders.scanned(order, store.wallet)
        if scan.trouble == "pos_error":
            raise failure(scan.trouble, store.id, order.amount)
        payment = self._pay(order, store, scan)
        if scan.trouble:
            raise failure(scan.trouble, store.id, order.amount)
        return _receipt(order, payment)

    def _store(self, store_id: str) -> Store:
        try:
            return self.stores[store_id]
        except KeyError:
            raise Refused(404, f"There is no store {store_id!r}.") from None

    def _order(self, qr: str) -> Order:
        try:
            return self._orders.find_by_code(qr.strip())
        except Rejected:
            raise Refused(404, "PayBy does not know this code.") from None

    def _pay(self, order: Order, store: Store, scan: Scan) -> Payment:
        payment = Payment(
            amount=order.amount,
            time=self._clock.payby_ms() if scan.at is None else scan.at,
            payer=store.wallet,
            store=store.id,
        )
        try:
            self._orders.pay(order, payment, late=scan.late)
        except BalanceTooLow:
            raise Refused(
                409,
                f"The balance of {store.id} is too low: it has AED "
                f"{store.wallet.balance}, the order needs AED {order.amount:.2f}.",
            ) from None
        self._events.publish("stores", store=store.id)
        return payment


def _receipt(order: Order, payment: Payment) -> dict[str, object]:
    return {
        "status": "SUCCESS",
        "merchantOrderNo": order.merchant_order_no,
        "orderNo": order.order_no,
        "product": order.request.subject,
        "amount": order.amount.quantize(Decimal("0.01")),
        "currency": CURRENCY,
        "paidTime": payment.time,
        "store": payment.store,
        "balance": payment.payer.balance,
    }


def _check_payable(order: Order, at: int | None = None, *, late: bool = False) -> None:
    reason = _why_never(order, at) or (None if late else _why_no_more(order, at))
    if reason is not None:
        raise Refused(409, f"Order {order.merchant_order_no} {reason}.")


def _why_never(order: Order, at: int | None) -> str | None:
    if order.status in {Status.PAID_SUCCESS, Status.SETTLED}:
        return "is already paid"
    if at is not None and at < order.request_time:
        return "did not exist yet then"
    return None


def _why_no_more(order: Order, at: int | None) -> str | None:
    if order.failure is Failure.EXPIRED:
        return "has expired"
    if order.status is Status.FAILURE:
        return "was cancelled"
    if at is not None and at >= order.expired_time:
        return "has expired by then"
    return None
