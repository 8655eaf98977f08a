"""A payer's phone in front of the real conversation, and small real parts behind it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.chats import Chat
from bot.conversation import Conversation
from bot.messages import Choice, Incoming, Kind, Outgoing, plain
from bot.shop import Shop
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.ceilings import Ceilings, Past, Wish
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    AtTheTill,
    CannotExtend,
    CodeIsLive,
    Frozen,
    GatewayError,
    GatewayResting,
    OverLimit,
)
from core.domain.money import Money
from core.domain.orders import Order, Status, new_order_no
from core.domain.stores import Trouble
from core.domain.talks import Talk, TalkStage
from core.domain.terms import Limits

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 16:00 in the Gulf
SHOP = Shop(
    name="Falcon Games",
    name_ar="ألعاب الصقر",
    product="Game top-up",
    product_ar="شحن ألعاب",
)


@dataclass
class HandClock:
    """A clock that only a test moves."""

    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def pass_by(self, span: timedelta) -> None:
        self.time += span


@dataclass
class Books:
    """Top-ups, orders and accounts in memory, as the conversation sees them."""

    clock: HandClock
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    paid_at_payby: set[str] = field(default_factory=set)
    checks: list[str] = field(default_factory=list)
    payby_fault: GatewayError | None = None
    rests: bool = False
    in_the_way: str = ""
    """A code that is in the next order's way, and ends in that moment."""
    at_the_till: set[str] = field(default_factory=set)
    longest: timedelta = timedelta(hours=4)
    cases: list[tuple[CaseKind, str]] = field(default_factory=list)
    frozen: set[str] = field(default_factory=set)
    """The accounts to which top-ups are stopped."""
    talks: list[str] = field(default_factory=list)
    """The orders about which a person was asked for; empty for no order."""
    ceilings: Ceilings = field(default_factory=Ceilings)
    limits: Limits = field(default_factory=lambda: Limits(Money(1000), Money(200_000)))

    async def find_account(self, account_id: str) -> Account:
        account = self.accounts.get(account_id)
        if account is None or not account.is_open:
            raise AccountNotCreditable(account_id, account is not None)
        return account

    def check_amount(self, amount: Money) -> None:
        if not self.limits.minimum <= amount <= self.limits.maximum:
            raise AmountOutOfLimits(self.limits.minimum, self.limits.maximum)

    async def check_limits(
        self, conversation_id: str, account_id: str, amount: Money, instead_of: str = ""
    ) -> None:
        if account_id in self.frozen:
            raise Frozen(f"account:{account_id}")
        wish = Wish(
            conversation_id=conversation_id,
            chats=[conversation_id],
            account_id=account_id,
            amount=amount,
        )
        own = [o for o in self.orders if o.conversation_id == conversation_id]
        paid = [o.paid_at for o in own if o.is_paid and o.paid_at]
        past = Past(
            orders=[o for o in self.orders if o.merchant_order_no != instead_of],
            first_paid_at=min(paid, default=None),
        )
        if breach := self.ceilings.breach(wish, past, self.clock.now()):
            raise OverLimit(breach)

    async def demand_not_frozen(self, order: Order) -> None:
        if order.account_id in self.frozen:
            raise Frozen(f"account:{order.account_id}")

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        made = [order for order in self.orders if order.draft_id == draft_id]
        if made:
            return made[0]
        self.check_amount(amount)
        account = await self.find_account(account_id)
        if self.rests:
            raise GatewayResting("PayBy does not answer")
        if self.in_the_way:
            gone, self.in_the_way = self.in_the_way, ""
            raise CodeIsLive(gone)
        if live := await self.live(conversation_id, account_id):
            raise CodeIsLive(live.merchant_order_no)
        await self.check_limits(conversation_id, account_id, amount)
        now = self.clock.now()
        order = Order(
            merchant_order_no=new_order_no(now),
            draft_id=draft_id,
            conversation_id=conversation_id,
            account_id=account_id,
            account_name=account.masked_name,
            amount=amount,
            status=Status.CREATING,
            created_at=now,
            expires_at=now + timedelta(hours=2),
        )
        self.orders.append(order)
        return order

    async def check(self, merchant_order_no: str) -> Order:
        self.checks.append(merchant_order_no)
        if self.payby_fault:
            raise self.payby_fault
        if merchant_order_no in self.paid_at_payby:
            return self.become(
                merchant_order_no, Status.CREDITED, paid_at=self.clock.now()
            )
        return self.get(merchant_order_no)

    def get(self, number: str) -> Order:
        return next(o for o in self.orders if o.merchant_order_no == number)

    async def cancel(self, number: str, *, even_at_the_till: bool = False) -> Order:
        if self.get(number).status is not Status.OPEN:
            return self.get(number)
        order = await self.check(number)
        if order.is_paid:
            return order
        if number in self.at_the_till and not even_at_the_till:
            raise AtTheTill(number)
        return self.become(number, Status.CANCELLED)

    def longer_end(self, order: Order) -> datetime | None:
        longer = order.created_at + self.longest
        can = order.status is Status.OPEN and self.clock.now() < order.expires_at
        return longer if can and longer > order.expires_at else None

    async def extend(self, number: str) -> Order:
        order = await self.check(number)
        if order.is_paid:
            return order
        longer = self.longer_end(order)
        if longer is None:
            raise CannotExtend(number)
        return self.keep(replace(order, expires_at=longer))

    async def of_draft(self, draft_id: str) -> Order | None:
        return next((o for o in self.orders if o.draft_id == draft_id), None)

    async def live(self, conversation_id: str, account_id: str) -> Order | None:
        own = await self.of_conversation(conversation_id, len(self.orders))
        waiting = (o for o in own if o.account_id == account_id and o.is_waiting)
        return next(waiting, None)

    async def open_case(
        self,
        kind: CaseKind,
        number: str,
        _facts: dict[str, str],
        *,
        refund_no: str = "",
    ) -> int:
        if (kind, number) not in self.cases:
            self.cases.append((kind, number))
        return 17 + self.cases.index((kind, number))

    async def ask(self, conversation_id: str, merchant_order_no: str) -> Talk:
        self.talks.append(merchant_order_no)
        return Talk(
            number=17,
            conversation_id=conversation_id,
            merchant_order_no=merchant_order_no,
            stage=TalkStage.WAITING,
            opened_at=self.clock.now(),
        )

    async def of_conversation(self, conversation_id: str, limit: int) -> list[Order]:
        own = [o for o in self.orders if o.conversation_id == conversation_id]
        return own[::-1][:limit]

    async def balance(self, account_id: str) -> Money:
        credited = [
            order.amount.fils
            for order in self.orders
            if order.account_id == account_id and order.status is Status.CREDITED
        ]
        return Money(sum(credited))

    def become(
        self, number: str, status: Status, paid_at: datetime | None = None
    ) -> Order:
        """Put an order into a status, as the core would."""
        return self.keep(replace(self.get(number), status=status, paid_at=paid_at))

    def keep(self, order: Order) -> Order:
        """Put an order in the place of what it was."""
        self.orders[self.orders.index(self.get(order.merchant_order_no))] = order
        return order


@dataclass(frozen=True)
class Shelf:
    """A store with the fields a payer is told."""

    name: str
    area: str
    name_ar: str = ""
    address: str = "1 Sample Street"
    address_ar: str = ""
    latitude: float = 25.27
    longitude: float = 55.31

    @property
    def id(self) -> str:
        return f"{self.name} in {self.area}"


@dataclass(frozen=True)
class Sight:
    """A store as found."""

    store: Shelf
    distance_m: float | None
    open_now: bool
    changes_at: datetime | None


@dataclass
class Shelves:
    """A few stores; all are near everywhere on the northern half of the earth."""

    sights: list[Sight]
    reports: dict[tuple[str, str], Trouble] = field(default_factory=dict)

    def by_id(self, store_id: str) -> Shelf | None:
        stores = (sight.store for sight in self.sights)
        return next((store for store in stores if store.id == store_id), None)

    def nearest(
        self,
        latitude: float,
        _longitude: float,
        _at: datetime,
        count: int,
        *,
        avoid: Collection[str] = (),
    ) -> list[Sight]:
        left = [sight for sight in self.sights if sight.store.id not in avoid]
        return left[:count] if latitude > 0 else []

    def in_area(
        self, text: str, at: datetime, count: int, *, avoid: Collection[str] = ()
    ) -> list[Sight]:
        return [
            replace(sight, distance_m=None)
            for sight in self.nearest(1, 1, at, len(self.sights), avoid=avoid)
            if sight.store.area.casefold() == text.casefold()
        ][:count]

    async def report(
        self, store_id: str, merchant_order_no: str, trouble: Trouble
    ) -> None:
        self.reports.setdefault((merchant_order_no, store_id), trouble)


class Phone:
    """What one payer types, taps, and sees."""

    def __init__(
        self, conversation: Conversation, name: str, language: str = "en"
    ) -> None:
        self.chat = Chat(conversation_id=name)
        self.language = language
        self.seen: list[Outgoing] = []
        self._conversation = conversation

    async def types(self, text: str) -> str:
        return await self._send(Kind.TEXT, text=text)

    async def taps(self, title: str) -> str:
        """Tap the newest button whose title begins so."""
        return await self.sends_choice(self.button(title).id)

    async def sends_choice(self, choice_id: str) -> str:
        return await self._send(Kind.CHOICE, choice_id=choice_id)

    async def shares(self, latitude: float, longitude: float) -> str:
        return await self._send(Kind.LOCATION, latitude=latitude, longitude=longitude)

    async def sends_a_photo(self) -> str:
        return await self._send(Kind.OTHER)

    def button(self, title: str) -> Choice:
        return next(
            choice
            for message in reversed(self.seen)
            for row in message.choices
            for choice in row
            if choice.title.startswith(title)
        )

    @property
    def buttons(self) -> list[str]:
        """Titles on the newest message."""
        return [choice.title for row in self.seen[-1].choices for choice in row]

    async def _send(
        self,
        kind: Kind,
        *,
        text: str = "",
        choice_id: str = "",
        latitude: float = 0.0,
        longitude: float = 0.0,
    ) -> str:
        answer = await self._conversation.answer(
            self.chat,
            Incoming(
                conversation_id=self.chat.conversation_id,
                kind=kind,
                received_at=NOW,
                text=text,
                choice_id=choice_id,
                latitude=latitude,
                longitude=longitude,
                language=self.language,
            ),
        )
        self.chat = answer.chat
        self.seen += answer.messages
        return "\n---\n".join(plain(message.text) for message in answer.messages)
