"""Orders, their bookings and their timelines in the database."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.database.engine import Database
from core.database.freezes import demand_not_frozen
from core.database.ledger import rows_of
from core.database.limits import breach_of, wish_of
from core.database.links import payers_chats
from core.database.looks import due_orders, hurry, is_hurried_after
from core.database.new_orders import has_room
from core.database.tables.orders import HappeningRow, OrderRow
from core.domain.ceilings import Ceilings
from core.domain.errors import CodeIsLive, OrderNotFound
from core.domain.ledger import Entry, payment_entry
from core.domain.limits import Breach
from core.domain.money import Money
from core.domain.orders import Order, Status
from core.domain.payments import GatewayOrder
from core.domain.terms import Lifetime, Pace
from core.domain.watching import next_look
from core.ports import Clock, Happening, Settled


@dataclass(frozen=True)
class Change:
    """What a rule does to an order: its next state, its line, what is booked."""

    order: Order
    kind: str
    facts: dict[str, str] = field(default_factory=dict)
    entry: Entry | None = None


class Plan(Protocol):
    """Tells when to look next at an order; see core.domain.watching."""

    def __call__(self, order: Order, looks: int, now: datetime) -> datetime | None:
        """Return the time after so many looks; None for never."""
        ...


AT_THE_USUAL_PACE: Plan = partial(next_look, pace=Pace(), lifetime=Lifetime())
NO_LIMITS = Ceilings()
_LONG = timedelta(days=3)  # longer than an extension whose answer was lost
_OVER = {Status.EXPIRED, Status.CANCELLED, Status.FAILED}


class SqlOrders:
    """The Orders port on SQLite or PostgreSQL."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Plan = AT_THE_USUAL_PACE,
        ceilings: Ceilings = NO_LIMITS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._ceilings = ceilings

    async def add(self, order: Order) -> Order:
        """Keep a new order; for a draft that made one already, return that one.

        Raises CodeIsLive when the payer has a waiting order for that account, and
        OverLimit when payer, chat or account may not have that much: of any number
        at once, only so many are kept as fit. Raises Frozen when payer or account is
        stopped.
        """
        row = OrderRow.of(order)
        row.look_at = self._plan(order, 0, self._clock.now())
        line = self._line(order, "ordered", {"amount": str(order.amount)})

        def work(session: Session) -> bool:
            if not has_room(session, row, self._ceilings, self._clock.now()):
                return False
            session.add_all([row, line])
            return True

        try:
            is_kept = await self._database.write(work)
        except IntegrityError:
            is_kept = False
        return order if is_kept else await self._in_the_way(order)

    async def demand_not_frozen(self, conversation_id: str, account_id: str) -> None:
        """Raise Frozen if the payer of that chat, or that account, is stopped."""
        await self._database.read(
            partial(
                demand_not_frozen,
                conversation_id=conversation_id,
                account_id=account_id,
            )
        )

    async def breach(
        self,
        conversation_id: str,
        account_id: str,
        amount: Money,
        *,
        instead_of: str = "",
    ) -> Breach | None:
        """Return the limit that such an order would break now; None if it fits.

        A code that is to be given up for it does not count.
        """
        if self._ceilings.are_none:
            return None
        now = self._clock.now()

        def look(session: Session) -> Breach | None:
            wish = wish_of(session, conversation_id, account_id, amount)
            return breach_of(session, self._ceilings, wish, now, instead_of)

        return await self._database.read(look)

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
        """Return the orders of a chat's payer, newest first."""
        newest_first = (
            _of_payer(conversation_id)
            .order_by(col(OrderRow.created_at).desc())
            .limit(limit)
        )
        return await self._found(newest_first)

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

    async def of_draft(self, draft_id: str) -> Order | None:
        """Return the order that a confirmation has made, if it has."""
        same = select(OrderRow).where(OrderRow.draft_id == draft_id)
        return next(iter(await self._found(same)), None)

    async def of_page(self, token: str) -> Order | None:
        """Return the order whose page's address ends in this, if there is one."""
        if not token:
            return None
        same = select(OrderRow).where(OrderRow.page_token == token)
        return next(iter(await self._found(same)), None)

    async def live(self, conversation_id: str, account_id: str) -> Order | None:
        """Return the payer's waiting order for that account, if there is one."""
        waiting = _of_payer(conversation_id).where(
            OrderRow.account_id == account_id, col(OrderRow.live_for).is_not(None)
        )
        return next(iter(await self._found(waiting)), None)

    async def unclosed(self, conversation_id: str, account_id: str) -> Sequence[Order]:
        """Return ended orders of payer and account that PayBy may still take money for.

        A code whose time is long over has ended by itself.
        """
        over = _of_payer(conversation_id).where(
            OrderRow.account_id == account_id,
            col(OrderRow.status).in_(_OVER),
            col(OrderRow.is_closed).is_(False),
            OrderRow.expires_at > self._clock.now() - _LONG,
        )
        return await self._found(over.order_by(col(OrderRow.created_at)))

    async def extended(self, merchant_order_no: str, expires_at: datetime) -> Order:
        """Let an open order end at another time; any other stays as it is."""

        def rule(order: Order) -> Change | None:
            if order.status is not Status.OPEN or order.expires_at == expires_at:
                return None
            facts = {"expires_at": expires_at.isoformat()}
            return Change(order.extended(expires_at), "extended", facts)

        return (await self._change(merchant_order_no, rule)).order

    async def ended(
        self,
        merchant_order_no: str,
        status: Status,
        *,
        is_closed: bool,
        paid_at: datetime | None = None,
        called_off: bool = False,
    ) -> Order:
        """Move a waiting order to FAILED, EXPIRED or CANCELLED; else change nothing.

        With a time of payment: it was paid, and PayBy gave the money back. One that
        its payer called off is not told to them in turn.
        """

        def rule(order: Order) -> Change | None:
            if not order.is_waiting:
                return None
            ended = order.ended(
                status, is_closed=is_closed, paid_at=paid_at, called_off=called_off
            )
            return Change(ended, status)

        return (await self._change(merchant_order_no, rule)).order

    async def closed(self, merchant_order_no: str) -> Order:
        """Keep that PayBy has closed an ended order; else change nothing."""

        def rule(order: Order) -> Change | None:
            if order.status not in _OVER or order.is_closed:
                return None
            return Change(replace(order, is_closed=True), "closed")

        return (await self._change(merchant_order_no, rule)).order

    async def settle(
        self, merchant_order_no: str, payment: GatewayOrder, found_by: str
    ) -> Settled:
        """Book the payment: order and ledger in one transaction, once."""
        paid_at = payment.paid_at or self._clock.now()

        def rule(order: Order) -> Change | None:
            if order.is_paid:
                return None
            order = order.paid(payment.payby_order_no, paid_at, payment.store_id)
            facts = {"paid_at": paid_at.isoformat(), "found_by": found_by}
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

    async def due(self, statuses: Collection[Status], limit: int) -> Sequence[str]:
        """Return the numbers of orders to look at now, the most overdue first."""
        now = self._clock.now()
        look = partial(due_orders, statuses=statuses, now=now, limit=limit)
        return await self._database.read(look)

    async def looked(
        self,
        merchant_order_no: str,
        *,
        since: datetime,
        is_done: bool,
        at_latest: datetime | None = None,
    ) -> datetime | None:
        """Keep that the order was looked at from that time on; return the next look.

        There is none when all is done. A look that was asked for meanwhile comes soon.
        """

        def work(session: Session) -> datetime | None:
            row = session.get_one(OrderRow, merchant_order_no, with_for_update=True)
            row.looks += 1
            if not is_hurried_after(row.look_at, since):
                again = self._plan(row.to_order(), row.looks, self._clock.now())
                if again and at_latest:
                    again = min(again, at_latest)
                row.look_at = None if is_done else again
            return row.look_at

        return await self._database.write(work)

    async def look_now(self, numbers: Collection[str]) -> int:
        """Let the unpaid among these be looked at before others; return how many."""
        if not numbers:
            return 0
        work = partial(hurry, numbers=numbers, now=self._clock.now())
        return await self._database.write(work)

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
            row.looks, row.look_at = 0, self._plan(change.order, 0, self._clock.now())
            session.add(self._line(change.order, change.kind, change.facts))
            if change.entry:
                session.add_all(rows_of(change.entry, self._clock.now()))
            return Settled(change.order, first=True)

        return await self._database.write(work)

    async def _in_the_way(self, order: Order) -> Order:
        """Return the order that the same draft has made. Raises CodeIsLive."""
        if known := await self.of_draft(order.draft_id):
            return known
        live = await self.live(order.conversation_id, order.account_id)
        if live is None:  # it ended in this very moment
            return await self.add(order)
        raise CodeIsLive(live.merchant_order_no)

    async def _found(self, orders: SelectOfScalar[OrderRow]) -> list[Order]:
        return await self._database.read(
            lambda session: [row.to_order() for row in session.exec(orders)]
        )

    def _line(self, order: Order, kind: str, facts: dict[str, str]) -> HappeningRow:
        return HappeningRow(
            merchant_order_no=order.merchant_order_no,
            at=self._clock.now(),
            kind=kind,
            facts=facts,
        )


def _of_payer(conversation_id: str) -> SelectOfScalar[OrderRow]:
    """Ask for the orders that were made in any chat of the payer who has this one."""
    chats = payers_chats(conversation_id)
    return select(OrderRow).where(col(OrderRow.conversation_id).in_(chats))
