"""Orders, their bookings and their timelines in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.database.engine import Database
from core.database.tables import HappeningRow, OrderRow, PostingRow
from core.domain.errors import OrderNotFound
from core.domain.ledger import Entry, payment_entry
from core.domain.orders import Order, Status
from core.domain.payments import GatewayOrder
from core.ports import Clock, Happening, Settled


class SqlOrders:
    """The Orders port on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, order: Order) -> Order:
        """Keep a new order; for a draft that made one already, return that one."""
        try:
            async with self._database.write() as session:
                session.add(OrderRow.of(order))
                self._note(session, order, "ordered", {"amount": str(order.amount)})
        except IntegrityError:
            return await self._of_draft(order)
        return order

    async def get(self, merchant_order_no: str) -> Order:
        """Return the order. Raises OrderNotFound."""
        async with self._database.read() as session:
            row = await session.get(OrderRow, merchant_order_no)
        if row is None:
            raise OrderNotFound(merchant_order_no)
        return row.to_order()

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
        async with self._database.read() as session:
            return [row.to_order() for row in await session.exec(newest_first)]

    async def opened(
        self,
        merchant_order_no: str,
        payby_order_no: str,
        token_url: str,
        expires_at: datetime,
    ) -> Order:
        """Keep the code PayBy made; a second time, or once ended, changes nothing."""
        async with self._database.write() as session:
            row = await _locked(session, merchant_order_no)
            order = row.to_order()
            if order.status is not Status.CREATING:
                return order
            order = order.opened(payby_order_no, token_url, expires_at)
            row.take(order)
            self._note(session, order, "opened", {"payby_order_no": payby_order_no})
            return order

    async def ended(self, merchant_order_no: str, status: Status) -> Order:
        """Move a waiting order to FAILED, EXPIRED or CANCELLED; else change nothing."""
        async with self._database.write() as session:
            row = await _locked(session, merchant_order_no)
            order = row.to_order()
            if not order.is_waiting:
                return order
            order = order.moved(status)
            row.take(order)
            self._note(session, order, str(status), {})
            return order

    async def settle(self, merchant_order_no: str, payment: GatewayOrder) -> Settled:
        """Book the payment: order and ledger in one transaction, once."""
        async with self._database.write() as session:
            row = await _locked(session, merchant_order_no)
            order = row.to_order()
            if order.is_paid:
                return Settled(order, first=False)
            paid_at = payment.paid_at or self._clock.now()
            order = order.paid(payment.payby_order_no, paid_at, payment.store_id)
            row.take(order)
            session.add_all(rows_of(payment_entry(order), self._clock.now()))
            self._note(session, order, "settled", {"paid_at": paid_at.isoformat()})
            return Settled(order, first=True)

    async def credited(self, merchant_order_no: str) -> Order:
        """Say that the paid order's account has been credited; again is harmless."""
        async with self._database.write() as session:
            row = await _locked(session, merchant_order_no)
            order = row.to_order()
            if order.status is Status.CREDITED:
                return order
            order = order.moved(Status.CREDITED)
            row.take(order)
            self._note(session, order, "credited", {"account": order.account_id})
            return order

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
        async with self._database.write() as session:
            session.add(line)

    async def timeline(self, merchant_order_no: str) -> Sequence[Happening]:
        """Return what happened to the order, oldest first."""
        oldest_first = (
            select(HappeningRow)
            .where(HappeningRow.merchant_order_no == merchant_order_no)
            .order_by(col(HappeningRow.id))
        )
        async with self._database.read() as session:
            rows = await session.exec(oldest_first)
            return [Happening(row.at, row.kind, row.facts) for row in rows]

    async def _of_draft(self, order: Order) -> Order:
        same_draft = select(OrderRow).where(OrderRow.draft_id == order.draft_id)
        async with self._database.read() as session:
            return (await session.exec(same_draft)).one().to_order()

    def _note(
        self, session: AsyncSession, order: Order, kind: str, facts: dict[str, str]
    ) -> None:
        session.add(
            HappeningRow(
                merchant_order_no=order.merchant_order_no,
                at=self._clock.now(),
                kind=kind,
                facts=facts,
            )
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


async def _locked(session: AsyncSession, merchant_order_no: str) -> OrderRow:
    row = await session.get(OrderRow, merchant_order_no, with_for_update=True)
    if row is None:
        raise OrderNotFound(merchant_order_no)
    return row
