"""Orders, their bookings and their timelines in the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables import HappeningRow, OrderRow, PostingRow
from core.domain.errors import OrderNotFound
from core.domain.ledger import Entry, payment_entry
from core.domain.orders import Order, Status
from core.domain.payments import GatewayOrder
from core.ports import Clock, Happening, Settled


@dataclass(frozen=True)
class Change:
    """What a rule does to an order: its next state, its line, what is booked."""

    order: Order
    kind: str
    facts: dict[str, str] = field(default_factory=dict)
    entry: Entry | None = None


class SqlOrders:
    """The Orders port on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, order: Order) -> Order:
        """Keep a new order; for a draft that made one already, return that one."""
        row = OrderRow.of(order)
        line = self._line(order, "ordered", {"amount": str(order.amount)})
        try:
            await self._database.write(lambda session: session.add_all([row, line]))
        except IntegrityError:
            return await self._of_draft(order)
        return order

    async def get(self, merchant_order_no: str) -> Order:
        """Return the order. Raises OrderNotFound."""

        def look(session: Session) -> Order:
            row = session.get(OrderRow, merchant_order_no)
            if row is None:
                raise OrderNotFound(merchant_order_no)
            return row.to_order()

        return await self._database.read(look)

    async def of_conversation(
        self, conversation_id: str, limit: int
    ) -> Sequence[Order]:
        """Return a chat's orders, newest first."""
        newest_first = (
            select(OrderRow)
            .where(OrderRow.conversation_id == conversation_id)
            .order_by(col(OrderRow.created_at).desc())
            .limit(limit)
        )

        def look(session: Session) -> list[Order]:
            return [row.to_order() for row in session.exec(newest_first)]

        return await self._database.read(look)

    async def opened(
        self,
        merchant_order_no: str,
        payby_order_no: str,
        token_url: str,
        expires_at: datetime,
    ) -> Order:
        """Keep the code PayBy made; a second time, or once ended, changes nothing."""

        def rule(order: Order) -> Change | None:
            if order.status is not Status.CREATING:
                return None
            order = order.opened(payby_order_no, token_url, expires_at)
            return Change(order, "opened", {"payby_order_no": payby_order_no})

        return (await self._change(merchant_order_no, rule)).order

    async def ended(self, merchant_order_no: str, status: Status) -> Order:
        """Move a waiting order to FAILED, EXPIRED or CANCELLED; else change nothing."""

        def rule(order: Order) -> Change | None:
            return Change(order.moved(status), status) if order.is_waiting else None

        return (await self._change(merchant_order_no, rule)).order

    async def settle(self, merchant_order_no: str, payment: GatewayOrder) -> Settled:
        """Book the payment: order and ledger in one transaction, once."""
        paid_at = payment.paid_at or self._clock.now()

        def rule(order: Order) -> Change | None:
            if order.is_paid:
                return None
            order = order.paid(payment.payby_order_no, paid_at, payment.store_id)
            facts = {"paid_at": paid_at.isoformat()}
            return Change(order, "settled", facts, payment_entry(order))

        return await self._change(merchant_order_no, rule)

    async def credited(self, merchant_order_no: str) -> Order:
        """Say that the paid order's account has been credited; again is harmless."""

        def rule(order: Order) -> Change | None:
            if order.status is Status.CREDITED:
                return None
            facts = {"account": order.account_id}
            return Change(order.moved(Status.CREDITED), "credited", facts)

        return (await self._change(merchant_order_no, rule)).order

    async def note(
        self, merchant_order_no: str, kind: str, facts: dict[str, str]
    ) -> None:
        """Append a line to the order's timeline."""
        line = HappeningRow(
            merchant_order_no=merchant_order_no,
            at=self._clock.now(),
            kind=kind,
            facts=facts,
        )
        await self._database.write(lambda session: session.add(line))

    async def timeline(self, merchant_order_no: str) -> Sequence[Happening]:
        """Return what happened to the order, oldest first."""
        oldest_first = (
            select(HappeningRow)
            .where(HappeningRow.merchant_order_no == merchant_order_no)
            .order_by(col(HappeningRow.id))
        )

        def look(session: Session) -> list[Happening]:
            return [
                Happening(row.at, row.kind, row.facts)
                for row in session.exec(oldest_first)
            ]

        return await self._database.read(look)

    async def _change(
        self, merchant_order_no: str, rule: Callable[[Order], Change | None]
    ) -> Settled:
        """Apply a rule to the order as it is now, with its booking and its line."""

        def work(session: Session) -> Settled:
            row = session.get(OrderRow, merchant_order_no, with_for_update=True)
            if row is None:
                raise OrderNotFound(merchant_order_no)
            before = row.to_order()
            change = rule(before)
            if change is None:
                return Settled(before, first=False)
            row.take(change.order)
            session.add(self._line(change.order, change.kind, change.facts))
            if change.entry:
                session.add_all(rows_of(change.entry, self._clock.now()))
            return Settled(change.order, first=True)

        return await self._database.write(work)

    async def _of_draft(self, order: Order) -> Order:
        same_draft = select(OrderRow).where(OrderRow.draft_id == order.draft_id)
        return await self._database.read(
            lambda session: session.exec(same_draft).one().to_order()
        )

    def _line(self, order: Order, kind: str, facts: dict[str, str]) -> HappeningRow:
        return HappeningRow(
            merchant_order_no=order.merchant_order_no,
            at=self._clock.now(),
            kind=kind,
            facts=facts,
        )


def rows_of(entry: Entry, at: datetime) -> list[PostingRow]:
    """Make the rows of a ledger entry."""
    return [
        PostingRow(
            merchant_order_no=entry.merchant_order_no,
            kind=entry.kind,
            ledger_account=posting.ledger_account,
            amount_fils=posting.amount.fils,
            at=at,
        )
        for posting in entry.postings
    ]
