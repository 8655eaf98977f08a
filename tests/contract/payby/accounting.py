"""A merchant whose books are compared with the statements of the sandbox's PayBy."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.bookkeeping import Booking
from core.database.accounts import SqlAccounts
from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.payments import GatewayRefundStatus
from core.domain.reports import Report
from core.domain.terms import Limits, Pace, Terms
from core.giving_back import GivingBack
from core.parts import Parts
from core.payby.client import PayByClient
from core.payby.guarded import GuardedGateway
from core.reconciliation import Reconciliation, ReconciliationParts
from core.refunds import Refunds
from core.settlement import Settlement
from tests.contract.payby.conftest import Clock, World, an_order
from tests.fakes import PAYEE, MemoryNotifier, MemoryRefundNews, MemorySupport
from tests.fakes import an_order as our_order

ACCOUNT = Account("player-1001", "DesertFalcon", is_open=True)
CLOSED = Account("player-1019", "OldOryx", is_open=False)


@dataclass
class Merchant:
    """Sells top-ups, and keeps books of them."""

    world: World
    client: PayByClient
    database: Database

    def __post_init__(self) -> None:
        clock = Clock()
        self.orders = SqlOrders(self.database, clock)
        self.accounts = SqlAccounts(self.database, clock)
        self.notifier = MemoryNotifier()
        self.support = MemorySupport()
        self.cases = SqlCases(self.database, clock)
        self.differences = SqlDifferences(self.database, clock)
        self.parts = Parts(
            terms=Terms(
                subject="Game top-up",
                payee_mid=PAYEE,
                limits=Limits(Money(500), Money(200_000)),
            ),
            gateway=GuardedGateway(self.client, clock, Pace()),
            orders=self.orders,
            refunds=SqlRefunds(self.database, clock, Pace()),
            accounts=self.accounts,
            notifier=self.notifier,
            refund_news=MemoryRefundNews(),
            support=self.support,
            clock=clock,
        )

    async def ordered(self, account: Account = ACCOUNT) -> Order:
        """Let a payer have a code."""
        new = an_order()
        made = await self.client.create_order(new)
        number = new.merchant_order_no
        await self.orders.add(
            our_order(
                number,
                account_id=account.id,
                conversation_id=f"tg:{number}",
                expires_at=new.expires_at,
            )
        )
        return await self.orders.opened(
            number, made.payby_order_no, made.token_url, new.expires_at
        )

    async def paid(self, order: Order | None = None) -> Order:
        """Let a cashier take the cash; no notice of it comes."""
        order = order or await self.ordered()
        await self.world.pay(order)
        return order

    async def credited(self, *, days_late: int = 0) -> Order:
        """Let a top-up go well, from the code to the account.

        Our books may say that it was paid so many days later than PayBy does.
        """
        order = await self.paid()
        number = order.merchant_order_no
        seen = await self.client.get_order(number)
        assert seen.paid_at
        paid_at = seen.paid_at + timedelta(days=days_late)
        await self.orders.settle(number, replace(seen, paid_at=paid_at), "notice")
        await self.accounts.credit(order)
        return await self.orders.credited(number)

    async def gave_back(self, order: Order, fils: int) -> str:
        """Let a part of the money go back, to the end; our number of the refund."""
        number = order.merchant_order_no
        refunds = Refunds(self.parts, Settlement(self.parts))
        refund = await refunds.refund(
            number,
            Money(fils),
            reason="asked",
            by="tg:1",
            request_id=f"{number}:{fils}",
            left=(await refunds.preview(number)).left,
        )
        await self._gone(refund.refund_no)
        seen = await self.client.get_refund(refund.refund_no)
        await GivingBack(self.parts).consider(seen)
        return refund.refund_no

    async def gave_back_at_the_portal(self, order: Order) -> None:
        """Let somebody at PayBy give all of the money back."""
        await self.world.control(f"payby/orders/{order.merchant_order_no}/refund")
        [refund] = (await self.client.refunds_between(today(), today())).items
        await self._gone(refund.refund_merchant_order_no)

    async def _gone(self, refund_no: str) -> None:
        async with asyncio.timeout(60):
            while True:
                seen = await self.client.get_refund(refund_no)
                if seen.status is GatewayRefundStatus.SUCCESS:
                    return
                await asyncio.sleep(0.01)

    async def reconcile(
        self, day: date, *, ahead: timedelta = timedelta(), may_be_empty: bool = False
    ) -> Report:
        """Compare a day, with our clock so much later than it is."""
        parts = ReconciliationParts(
            fetch=self.client.statement,
            get_order=self.client.get_order,
            book=Booking(self.parts).book,
            books=SqlBooks(self.database),
            differences=self.differences,
            cases=self.cases,
            clock=Clock(ahead),
            mid=PAYEE,
        )
        return await Reconciliation(parts).run(day, may_be_empty=may_be_empty)

    async def mistake(self, mode: str) -> None:
        """Let PayBy's next statement have a mistake."""
        await self.world.fault("statement", mode)

    async def case_kinds(self) -> list[CaseKind]:
        """What support still has to look at, in turn."""
        return [case.kind for case in reversed(await self.cases.newest(50))]


def today() -> date:
    return datetime.now(GULF).date()
