"""A payer's phone in front of the real conversation, and small real parts behind it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.chats import Chat
from bot.conversation import Conversation
from bot.messages import Choice, Incoming, Kind, Outgoing, plain
from bot.shop import Shop
from core.domain.accounts import Account
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    GatewayError,
)
from core.domain.money import Money
from core.domain.orders import Order, Status, new_order_no
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
    limits: Limits = field(default_factory=lambda: Limits(Money(1000), Money(200_000)))

    async def find_account(self, account_id: str) -> Account:
        account = self.accounts.get(account_id)
        if account is None or not account.is_open:
            raise AccountNotCreditable(account_id, account is not None)
        return account

    def check_amount(self, amount: Money) -> None:
        if not self.limits.minimum <= amount <= self.limits.maximum:
            raise AmountOutOfLimits(self.limits.minimum, self.limits.maximum)

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        made = [order for order in self.orders if order.draft_id == draft_id]
        if made:
            return made[0]
        self.check_amount(amount)
        account = await self.find_account(account_id)
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
        return next(o for o in self.orders if o.merchant_order_no == merchant_order_no)

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
        index = next(
            i for i, o in enumerate(self.orders) if o.merchant_order_no == number
        )
        order = replace(self.orders[index], status=status, paid_at=paid_at)
        self.orders[index] = order
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

    def by_id(self, _store_id: str) -> Shelf | None:
        return None

    def nearest(
        self, latitude: float, _longitude: float, _at: datetime, count: int
    ) -> list[Sight]:
        return self.sights[:count] if latitude > 0 else []

    def in_area(self, text: str, _at: datetime, count: int) -> list[Sight]:
        return [
            replace(sight, distance_m=None)
            for sight in self.sights
            if sight.store.area.casefold() == text.casefold()
        ][:count]


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
