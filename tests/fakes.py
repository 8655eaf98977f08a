"""Small real parts in place of the world; they pass the contract tests of their port.

They hold state and follow the same promises as the parts they stand for, so a test
asserts on what came of it and not on which calls were made.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.channel import SendError
from bot.messages import Outgoing
from core.domain.accounts import Account
from core.domain.errors import (
    AccountNotCreditable,
    GatewayError,
    GatewayRejected,
    OrderNotFound,
)
from core.domain.ledger import Entry, credit_entry, online_account, payment_entry
from core.domain.money import Money
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus
from core.ports import Happening, KeptNotice, NewOrder, Settled, Verdict

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


@dataclass
class Mishap:
    """A call that goes wrong; `done` when it was carried out all the same."""

    error: GatewayError
    done: bool = False
    then: Callable[[str], object] | None = None
    """What happens at PayBy right after, to the order of that number."""


@dataclass
class FakeGateway:
    """PayBy: keeps orders as the real one does, and goes wrong on demand."""

    clock: HandClock
    orders: dict[str, GatewayOrder] = field(default_factory=dict)
    scanned: set[str] = field(default_factory=set)
    mishaps: dict[str, deque[Mishap]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def fails(
        self,
        call: str,
        error: GatewayError,
        *,
        times: int = 1,
        done: bool = False,
        then: Callable[[str], object] | None = None,
    ) -> None:
        """Let the next calls of a kind go wrong: create, get, cancel, scanned."""
        queue = self.mishaps.setdefault(call, deque())
        queue.extend(Mishap(error, done, then) for _ in range(times))

    def forget(self) -> None:
        """Go wrong no more."""
        self.mishaps.clear()

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

    def live(self, merchant_order_no: str) -> bool:
        """Tell whether the order could still be paid at PayBy."""
        order = self.orders.get(merchant_order_no)
        return order is not None and order.status is GatewayStatus.CREATED

    async def create_order(self, new: NewOrder) -> GatewayOrder:
        mishap = self._mishap("create", new.merchant_order_no)
        if mishap and not mishap.done:
            raise mishap.error
        made = self._create(new)
        if mishap:
            if mishap.then:
                mishap.then(new.merchant_order_no)
            raise mishap.error
        return made

    async def get_order(self, merchant_order_no: str) -> GatewayOrder:
        if mishap := self._mishap("get", merchant_order_no):
            raise mishap.error
        return replace(self._known(merchant_order_no), token_url="")

    async def cancel_order(self, merchant_order_no: str) -> GatewayOrder:
        mishap = self._mishap("cancel", merchant_order_no)
        if mishap and not mishap.done:
            raise mishap.error
        order = self._known(merchant_order_no)
        if order.is_paid:
            raise GatewayRejected("ORDER_PAID", "62001", merchant_order_no)
        if order.status is GatewayStatus.FAILURE:
            raise GatewayRejected("ORDER_FAILURE", "62002", merchant_order_no)
        order = self.change(merchant_order_no, status=GatewayStatus.FAILURE)
        if mishap:
            raise mishap.error
        return replace(order, token_url="")

    async def was_scanned(self, token_url: str) -> bool:
        if mishap := self._mishap("scanned", token_url):
            raise mishap.error
        if token_url not in {order.token_url for order in self.orders.values()}:
            raise GatewayRejected("TOKEN_URL_NOT_EXIST", "62082")
        return token_url in self.scanned

    def _mishap(self, call: str, about: str) -> Mishap | None:
        self.calls.append((call, about))
        queue = self.mishaps.get(call)
        return queue.popleft() if queue else None

    def _known(self, merchant_order_no: str) -> GatewayOrder:
        if merchant_order_no not in self.orders:
            name = "MERCHANT_ORDER_NO_NOT_EXIST"
            raise GatewayRejected(name, "62004", merchant_order_no)
        return self.orders[merchant_order_no]

    def _create(self, new: NewOrder) -> GatewayOrder:
        number = new.merchant_order_no
        known = self.orders.get(number)
        if known is None:
            serial = f"13140495626500{len(self.orders):04}"
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


@dataclass
class FakeChannel:
    """A chat network: keeps what arrived, and goes wrong on demand."""

    shown: dict[str, list[Outgoing]] = field(default_factory=dict)
    """What each chat shows, oldest first."""
    mishaps: deque[tuple[SendError, bool]] = field(default_factory=deque)
    meanwhile: deque[Callable[[], Awaitable[object]]] = field(default_factory=deque)
    """What happens elsewhere while the next calls are on their way."""
    tries: int = 0

    def fails(self, error: SendError, *, arrives: bool = False) -> None:
        """Let the next call go wrong; `arrives` when it has its effect all the same."""
        self.mishaps.append((error, arrives))

    async def send(self, conversation_id: str, message: Outgoing) -> str:
        error, arrives = await self._next()
        chat = self.shown.setdefault(conversation_id, [])
        if arrives:
            chat.append(message)
        if error:
            raise error
        return str(len(chat) - 1)

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        error, arrives = await self._next()
        if arrives:
            self.shown[conversation_id][int(provider_ref)] = message
        if error:
            raise error

    async def _next(self) -> tuple[SendError | None, bool]:
        self.tries += 1
        if self.meanwhile:
            await self.meanwhile.popleft()()
        return self.mishaps.popleft() if self.mishaps else (None, True)


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
