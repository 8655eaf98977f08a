"""Refunds in the database, each change with its booking and its line in one commit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.ledger import rows_of
from core.database.tables.orders import HappeningRow, OrderRow
from core.database.tables.refunds import RefundRow
from core.domain.errors import (
    IllegalMove,
    NotRefundable,
    OrderNotFound,
    RefundNotFound,
)
from core.domain.ledger import refund_entry
from core.domain.money import Money
from core.domain.refunds import Refund, RefundStatus, obstacle_to
from core.domain.terms import Pace
from core.domain.watching import next_refund_look
from core.ports import Changed, Clock

Rule = Callable[[Session, OrderRow, Refund], Refund | None]


class Plan(Protocol):
    """Tells when to look next at a refund; see core.domain.watching."""

    def __call__(self, refund: Refund, looks: int, now: datetime) -> datetime | None:
        """Return the time after so many looks; None for never."""
        ...


class SqlRefunds:
    """The RefundBook port on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock, pace: Pace) -> None:
        self._database = database
        self._clock = clock
        self._first_look = pace.refund_sent
        self._plan: Plan = partial(next_refund_look, pace=pace)

    async def add(self, refund: Refund, left: Money) -> Refund:
        """Keep a new refund; for a wish that made one already, return that one.

        Its order is locked, so that of two wishes one sees the other. Raises
        NotRefundable.
        """
        number = refund.merchant_order_no

        def work(session: Session) -> Refund:
            order = _order_row(session, number).to_order()
            if known := _of_request(session, refund.request_id):
                return known
            refunds = _of_order(session, number)
            now = self._clock.now()
            if obstacle := obstacle_to(refund, order, refunds, left, now):
                raise NotRefundable(number, obstacle)
            self._keep(session, refund, "refund_asked")
            return refund

        return await self._database.write(work)

    async def found(self, refund: Refund) -> Refund:
        """Keep a refund that was begun at PayBy; one that is known stays as it is."""

        def work(session: Session) -> Refund:
            _order_row(session, refund.merchant_order_no)
            if known := session.get(RefundRow, refund.refund_no):
                return known.to_refund()
            self._keep(session, refund, "refund_found")
            return refund

        return await self._database.write(work)

    async def get(self, refund_no: str) -> Refund:
        """Return the refund. Raises RefundNotFound."""

        def look(session: Session) -> Refund:
            row = session.get(RefundRow, refund_no)
            if row is None:
                raise RefundNotFound(refund_no)
            return row.to_refund()

        return await self._database.read(look)

    async def of_request(self, request_id: str) -> Refund | None:
        """Return the refund that a wish has made, if it has."""
        return await self._database.read(partial(_of_request, request_id=request_id))

    async def of_order(self, merchant_order_no: str) -> Sequence[Refund]:
        """Return the refunds of an order, oldest first."""
        return await self._database.read(
            lambda session: _of_order(session, merchant_order_no)
        )

    async def sending(self, refund_no: str, at: datetime | None) -> None:
        """Keep when it was sent without our knowing what comes of it; None: never."""

        def work(session: Session) -> None:
            session.get_one(RefundRow, refund_no, with_for_update=True).unsure_at = at

        await self._database.write(work)

    async def accepted(self, refund_no: str, payby_refund_no: str) -> Changed:
        """Keep that PayBy has an asked refund; any other stays as it is."""

        def rule(_session: Session, _order: OrderRow, refund: Refund) -> Refund | None:
            if refund.status is not RefundStatus.ASKED:
                return None
            return replace(
                refund,
                status=RefundStatus.PROCESSING,
                payby_refund_no=payby_refund_no,
                unsure_at=None,
            )

        return await self._change(refund_no, rule)

    async def done(self, refund_no: str, payby_refund_no: str) -> Changed:
        """Book that PayBy has given the money back: refund, order and ledger, once.

        Raises IllegalMove when more than the whole order would have gone back.
        """

        def rule(session: Session, order: OrderRow, refund: Refund) -> Refund | None:
            if refund.is_done:
                return None
            gone = order.refunded_fils + refund.amount.fils
            if gone > order.amount_fils:
                raise IllegalMove(order.merchant_order_no, "refunded", f"{gone} fils")
            order.refunded_fils = gone
            now = self._clock.now()
            session.add_all(rows_of(refund_entry(refund), now))
            return replace(
                refund,
                status=RefundStatus.DONE,
                payby_refund_no=payby_refund_no or refund.payby_refund_no,
                unsure_at=None,
                done_at=now,
                trouble="",
            )

        return await self._change(refund_no, rule)

    async def failed(
        self, refund_no: str, status: RefundStatus, trouble: str
    ) -> Changed:
        """End a refund that is under way as FAILED or REFUSED; else change nothing.

        What PayBy may have heard of is not refused any more.
        """

        def rule(_session: Session, _order: OrderRow, refund: Refund) -> Refund | None:
            is_sent = refund.status is RefundStatus.PROCESSING or refund.unsure_at
            if not refund.is_under_way or (status is RefundStatus.REFUSED and is_sent):
                return None
            return replace(refund, status=status, trouble=trouble, unsure_at=None)

        return await self._change(refund_no, rule)

    async def due(self, limit: int) -> Sequence[str]:
        """Return the numbers of refunds to look at now, the most overdue first."""
        look_at = col(RefundRow.look_at)
        due = (
            select(RefundRow.refund_no)
            .where(look_at <= self._clock.now())
            .order_by(look_at)
            .limit(limit)
        )
        return await self._database.read(lambda session: session.exec(due).all())

    async def looked(self, refund_no: str, *, is_done: bool) -> datetime | None:
        """Keep that it was looked at; return the next look, if there is one."""

        def work(session: Session) -> datetime | None:
            row = session.get_one(RefundRow, refund_no, with_for_update=True)
            again = self._plan(row.to_refund(), row.looks, self._clock.now())
            row.looks += 1
            row.look_at = None if is_done else again
            return row.look_at

        return await self._database.write(work)

    async def look_now(self, refund_no: str) -> None:
        """Let it be looked at before others."""

        def work(session: Session) -> None:
            row = session.get_one(RefundRow, refund_no, with_for_update=True)
            row.look_at = self._clock.now()

        await self._database.write(work)

    async def _change(self, refund_no: str, rule: Rule) -> Changed:
        """Apply a rule to the refund as it is now; its order is locked before it."""

        def work(session: Session) -> Changed:
            row = session.get(RefundRow, refund_no)
            if row is None:
                raise RefundNotFound(refund_no)
            order = _order_row(session, row.merchant_order_no)
            session.refresh(row, with_for_update=True)
            before = row.to_refund()
            after = rule(session, order, before)
            if after is None:
                return Changed(order.to_order(), before, before.status)
            now = self._clock.now()
            row.take(after)
            row.looks, row.look_at = 0, self._plan(after, 0, now)
            session.add(_line(after, f"refund_{after.status}", now))
            return Changed(order.to_order(), after, before.status)

        return await self._database.write(work)

    def _keep(self, session: Session, refund: Refund, kind: str) -> None:
        now = self._clock.now()
        row = RefundRow.of(refund)
        row.look_at = now + self._first_look
        session.add_all([row, _line(refund, kind, now)])


def _order_row(session: Session, merchant_order_no: str) -> OrderRow:
    row = session.get(OrderRow, merchant_order_no, with_for_update=True)
    if row is None:
        raise OrderNotFound(merchant_order_no)
    return row


def _of_request(session: Session, request_id: str) -> Refund | None:
    same = select(RefundRow).where(RefundRow.request_id == request_id)
    row = session.exec(same).first()
    return row.to_refund() if row else None


def _of_order(session: Session, merchant_order_no: str) -> list[Refund]:
    oldest_first = (
        select(RefundRow)
        .where(RefundRow.merchant_order_no == merchant_order_no)
        .order_by(col(RefundRow.asked_at), RefundRow.refund_no)
    )
    return [row.to_refund() for row in session.exec(oldest_first)]


def _line(refund: Refund, kind: str, at: datetime) -> HappeningRow:
    facts = {
        "refund": refund.refund_no,
        "amount": str(refund.amount),
        "way": refund.way,
        "by": refund.asked_by,
        "reason": refund.reason,
        "trouble": refund.trouble,
    }
    return HappeningRow(
        merchant_order_no=refund.merchant_order_no,
        at=at,
        kind=kind,
        facts={name: value for name, value in facts.items() if value},
    )
