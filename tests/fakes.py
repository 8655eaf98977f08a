"""Small real parts in place of the world; they pass the contract tests of their port.

They hold state and follow the same promises as the parts they stand for, so a test
asserts on what came of it and not on which calls were made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.errors import AccountNotCreditable, AccountSpent, NothingToCredit
from core.domain.ledger import (
    UNALLOCATED,
    Entry,
    EntryKind,
    credit_entry,
    online_account,
    returned_entry,
    set_aside_entry,
)
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus
from core.domain.refunds import Refund, RefundStatus, Way
from core.ports import KeptNotice, Verdict

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


class MemoryAccounts:
    """The Accounts port in a dictionary, booked as the real one books."""

    def __init__(self, accounts: Sequence[Account] = ()) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.entries: dict[tuple[str, EntryKind, str], Entry] = {}

    async def find(self, account_id: str) -> Account | None:
        return self.accounts.get(account_id)

    async def balance(self, account_id: str) -> Money:
        return -self._sum(online_account(account_id))

    async def credit(self, order: Order) -> None:
        if self._entry(order, EntryKind.CREDIT):
            return
        account = self.accounts.get(order.account_id)
        if account is None or not account.is_open:
            raise AccountNotCreditable(order.account_id, account is not None)
        amount = self._uncredited(order)
        if amount <= Money(0):
            raise NothingToCredit(order.merchant_order_no)
        self._book(credit_entry(order, amount))

    async def take_back(
        self, order: Order, refund: Refund, *, even_below_zero: bool
    ) -> None:
        if self._entry(order, EntryKind.SET_ASIDE, refund):
            return
        source, holds = UNALLOCATED, self._uncredited(order)
        if self._entry(order, EntryKind.CREDIT):
            source = online_account(order.account_id)
            holds = -self._sum(source)
        if holds < refund.amount and not even_below_zero:
            raise AccountSpent(order.account_id, holds)
        self._book(set_aside_entry(refund, source))

    async def give_again(self, order: Order, refund: Refund) -> None:
        returned = self._entry(order, EntryKind.RETURNED, refund)
        if returned or not self._entry(order, EntryKind.SET_ASIDE, refund):
            return
        is_credited = self._entry(order, EntryKind.CREDIT)
        source = online_account(order.account_id) if is_credited else UNALLOCATED
        self._book(returned_entry(refund, source))

    def _uncredited(self, order: Order) -> Money:
        own = [e for e in self.entries.values() if e.refund_no]
        own = [e for e in own if e.merchant_order_no == order.merchant_order_no]
        return order.amount + -_total(own, UNALLOCATED)

    def _sum(self, ledger_account: str) -> Money:
        return _total(self.entries.values(), ledger_account)

    def _entry(
        self, order: Order, kind: EntryKind, refund: Refund | None = None
    ) -> Entry | None:
        refund_no = refund.refund_no if refund else ""
        return self.entries.get((order.merchant_order_no, kind, refund_no))

    def _book(self, entry: Entry) -> None:
        self.entries[entry.merchant_order_no, entry.kind, entry.refund_no] = entry

    def put(self, account: Account) -> None:
        """Open an account, close it or rename it."""
        self.accounts[account.id] = account


def _total(entries: Iterable[Entry], ledger_account: str) -> Money:
    postings = [posting for entry in entries for posting in entry.postings]
    own = [p.amount for p in postings if p.ledger_account == ledger_account]
    return sum(own, Money(0))


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
    """The Notifier port: who was told what, each once, and which codes were amended."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Event]] = []
        self.refreshed: list[Order] = []
        self.stuck: set[str] = set()
        """Orders whose pushes come to no end."""
        self._reminded: set[tuple[str, datetime]] = set()

    async def tell(self, order: Order, event: Event) -> None:
        if await self.has_told(order, event):
            return
        self.told.append((order.merchant_order_no, event))
        if event in {Event.CREDITED, Event.HELD, Event.EXPIRED, Event.CANCELLED}:
            await self.refresh(order)
        if event is Event.REMINDER:
            self._reminded.add((order.merchant_order_no, order.expires_at))

    async def has_told(self, order: Order, event: Event) -> bool:
        if order.merchant_order_no in self.stuck:
            return False
        if event is Event.REMINDER:
            return (order.merchant_order_no, order.expires_at) in self._reminded
        return (order.merchant_order_no, event) in self.told

    async def refresh(self, order: Order) -> None:
        self.refreshed.append(order)

    def events(self, order: Order) -> list[Event]:
        """What the payer of this order was told, in turn."""
        return [e for number, e in self.told if number == order.merchant_order_no]


class MemoryRefundNews:
    """The RefundNews port: who was told which step of which refund, each once."""

    def __init__(self) -> None:
        self.told: list[tuple[str, RefundStatus]] = []

    async def tell(self, order: Order, refund: Refund) -> None:
        is_silent = refund.status is RefundStatus.REFUSED
        if not is_silent and not await self.has_told(order, refund):
            self.told.append((refund.refund_no, _step(refund)))

    async def has_told(self, _order: Order, refund: Refund) -> bool:
        return (refund.refund_no, _step(refund)) in self.told

    def steps(self, refund: Refund) -> list[RefundStatus]:
        """What the payer was told of this refund, in turn."""
        return [status for number, status in self.told if number == refund.refund_no]


def _step(refund: Refund) -> RefundStatus:
    return RefundStatus.ASKED if refund.is_under_way else refund.status


class MemorySupport:
    """The Support port: the cases, each kind once per order, or per refund."""

    def __init__(self) -> None:
        self.cases: list[tuple[str, CaseKind, dict[str, str]]] = []
        self._numbers: dict[tuple[str, CaseKind, str], int] = {}

    async def open_case(
        self,
        kind: CaseKind,
        merchant_order_no: str,
        facts: dict[str, str],
        *,
        refund_no: str = "",
    ) -> int:
        about = (merchant_order_no, kind, refund_no)
        if about not in self._numbers:
            self.cases.append((merchant_order_no, kind, facts))
            self._numbers[about] = len(self.cases)
        return self._numbers[about]

    def kinds(self, order: Order) -> list[CaseKind]:
        """What support was asked to look at about this order, in turn."""
        return [kind for no, kind, _ in self.cases if no == order.merchant_order_no]


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


def a_refund(number: str = "R261124-AAAA2222", **facts: object) -> Refund:
    """Make a refund of a whole order as it is asked for, unless told otherwise."""
    usual: dict[str, object] = {
        "refund_no": number,
        "request_id": f"wish-{number}",
        "merchant_order_no": "T261124-AAAA2222",
        "amount": Money(5000),
        "way": Way.REFUND,
        "status": RefundStatus.ASKED,
        "reason": "Wrong account",
        "asked_by": "agent-1",
        "asked_at": NOW,
    }
    return Refund(**(usual | facts))  # type: ignore[arg-type]
