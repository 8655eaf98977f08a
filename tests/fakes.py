"""Small real parts in place of the world; they pass the contract tests of their port.

They hold state and follow the same promises as the parts they stand for, so a test
asserts on what came of it and not on which calls were made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.domain.accounts import Account
from core.domain.errors import (
    AccountNotCreditable,
    OrderNotFound,
)
from core.domain.ledger import Entry, credit_entry, online_account, payment_entry
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus
from core.ports import Happening, KeptNotice, Settled, Verdict

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PAYEE = "200000000888"


@dataclass
class HandClock:
    """A clock that only a test moves."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def pass_by(self, span: timedelta) -> None:
        self.time += span


class MemoryOrders:
    """The Orders port in a dictionary, with its bookings and timelines."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._orders: dict[str, Order] = {}
        self._timelines: dict[str, list[Happening]] = {}
        self.entries: list[Entry] = []

    async def add(self, order: Order) -> Order:
        for known in self._orders.values():
            if known.draft_id == order.draft_id:
                return known
        facts = {"amount": str(order.amount)}
        return self._keep(order, "ordered", facts)

    async def get(self, merchant_order_no: str) -> Order:
        if merchant_order_no not in self._orders:
            raise OrderNotFound(merchant_order_no)
        return self._orders[merchant_order_no]

    async def of_conversation(
        self, conversation_id: str, limit: int
    ) -> Sequence[Order]:
        own = [o for o in self._orders.values() if o.conversation_id == conversation_id]
        own.sort(key=lambda order: order.created_at, reverse=True)
        return own[:limit]

    async def opened(
        self,
        merchant_order_no: str,
        payby_order_no: str,
        token_url: str,
        expires_at: datetime,
    ) -> Order:
        order = await self.get(merchant_order_no)
        if order.status is not Status.CREATING:
            return order
        order = order.opened(payby_order_no, token_url, expires_at)
        return self._keep(order, "opened", {"payby_order_no": payby_order_no})

    async def ended(self, merchant_order_no: str, status: Status) -> Order:
        order = await self.get(merchant_order_no)
        if not order.is_waiting:
            return order
        return self._keep(order.moved(status), str(status), {})

    async def settle(self, merchant_order_no: str, payment: GatewayOrder) -> Settled:
        order = await self.get(merchant_order_no)
        if order.is_paid:
            return Settled(order, first=False)
        paid_at = payment.paid_at or self._clock.now()
        order = order.paid(payment.payby_order_no, paid_at, payment.store_id)
        self.entries.append(payment_entry(order))
        self._keep(order, "settled", {"paid_at": paid_at.isoformat()})
        return Settled(order, first=True)

    async def credited(self, merchant_order_no: str) -> Order:
        order = await self.get(merchant_order_no)
        if order.status is Status.CREDITED:
            return order
        facts = {"account": order.account_id}
        return self._keep(order.moved(Status.CREDITED), "credited", facts)

    async def note(
        self, merchant_order_no: str, kind: str, facts: dict[str, str]
    ) -> None:
        line = Happening(self._clock.now(), kind, facts)
        self._timelines.setdefault(merchant_order_no, []).append(line)

    async def timeline(self, merchant_order_no: str) -> Sequence[Happening]:
        return list(self._timelines.get(merchant_order_no, ()))

    def _keep(self, order: Order, kind: str, facts: dict[str, str]) -> Order:
        number = order.merchant_order_no
        self._orders[number] = order
        line = Happening(self._clock.now(), kind, facts)
        self._timelines.setdefault(number, []).append(line)
        return order


class MemoryAccounts:
    """The Accounts port in a dictionary, booked as the real one books."""

    def __init__(self, accounts: Sequence[Account] = ()) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.entries: dict[str, Entry] = {}

    async def find(self, account_id: str) -> Account | None:
        return self.accounts.get(account_id)

    async def balance(self, account_id: str) -> Money:
        own = online_account(account_id)
        postings = [p for entry in self.entries.values() for p in entry.postings]
        return -sum((p.amount for p in postings if p.ledger_account == own), Money(0))

    async def credit(self, order: Order) -> None:
        if order.merchant_order_no in self.entries:
            return
        account = self.accounts.get(order.account_id)
        if account is None or not account.is_open:
            raise AccountNotCreditable(order.account_id, account is not None)
        self.entries[order.merchant_order_no] = credit_entry(order)

    def put(self, account: Account) -> None:
        """Open an account, close it or rename it."""
        self.accounts[account.id] = account


class MemoryNotices:
    """The Notices port in dictionaries, oldest first."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self.kept: dict[str, tuple[KeptNotice, datetime]] = {}
        self.verdicts: dict[str, Verdict] = {}

    async def keep(self, notice: KeptNotice) -> bool:
        if notice.digest in self.kept:
            return False
        self.kept[notice.digest] = (notice, self._clock.now())
        return True

    async def unheeded(self, kept_before: datetime, limit: int) -> Sequence[KeptNotice]:
        waiting = [
            notice
            for notice, at in self.kept.values()
            if at < kept_before and notice.digest not in self.verdicts
        ]
        return waiting[:limit]

    async def heeded(self, digest: str, verdict: Verdict) -> None:
        self.verdicts[digest] = verdict


class MemoryNotifier:
    """The Notifier port: who was told what, each once."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Event]] = []

    async def tell(self, order: Order, event: Event) -> None:
        news = (order.merchant_order_no, event)
        if news not in self.told:
            self.told.append(news)

    def events(self, order: Order) -> list[Event]:
        """What the payer of this order was told, in turn."""
        return [e for number, e in self.told if number == order.merchant_order_no]


def an_order(number: str = "T261124-AAAA2222", **facts: object) -> Order:
    """Make an order as `start` makes it, unless told otherwise."""
    usual: dict[str, object] = {
        "merchant_order_no": number,
        "draft_id": f"draft-{number}",
        "conversation_id": "tg:700001",
        "account_id": "player-1001",
        "account_name": "De••••••on",
        "amount": Money(5000),
        "status": Status.CREATING,
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=24),
    }
    return Order(**(usual | facts))  # type: ignore[arg-type]


def a_payment(order: Order, **facts: object) -> GatewayOrder:
    """Make PayBy's word that the order was paid."""
    usual: dict[str, object] = {
        "merchant_order_no": order.merchant_order_no,
        "payby_order_no": "131404956265007836",
        "status": GatewayStatus.PAID_SUCCESS,
        "amount": order.amount.aed,
        "currency": "AED",
        "payee_mid": PAYEE,
        "paid_at": NOW + timedelta(minutes=7),
        "store_id": "store-007",
    }
    return GatewayOrder(**(usual | facts))  # type: ignore[arg-type]
