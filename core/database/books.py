"""What our books say of a day, and of numbers: orders, ledger, credits, refunds."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlmodel import Session, col

from core.database.engine import Database
from core.database.tables.orders import OrderRow, PostingRow
from core.database.tables.refunds import RefundRow
from core.domain.books import BookedOrder, BookedRefund, Here
from core.domain.ledger import PAYBY, UNALLOCATED, EntryKind, online_account
from core.domain.orders import Status
from core.domain.refunds import RefundStatus

_AT_ONCE = 1000  # numbers in a question
_COUNTED = (RefundStatus.ASKED, RefundStatus.PROCESSING, RefundStatus.DONE)


class SqlBooks:
    """Our books on SQLite or PostgreSQL, read in a few questions however many rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(
        self,
        start: datetime,
        end: datetime,
        orders: Collection[str],
        refunded: Collection[str],
    ) -> Here:
        """Return what was paid and given back from one time on and before another.

        And, besides: these orders, and all refunds of those.
        """

        def look(session: Session) -> Here:
            refunds = _refunds(session, start, end, refunded)
            found = _orders(session, start, end)
            paid = frozenset(number for number, each in found.items() if each.payment)
            named = {*orders, *(refund.merchant_order_no for refund in refunds)}
            for some in _batches(named - found.keys()):
                found |= _orders_named(session, some)
            return Here(
                orders=found,
                refunds=tuple(refunds),
                paid_today=paid,
                refunded_today=frozenset(
                    refund.number
                    for refund in refunds
                    if refund.done_at and start <= refund.done_at < end
                ),
            )

        return await self._database.read(look)


def _batches(numbers: Iterable[str]) -> Iterator[list[str]]:
    in_turn = sorted(numbers)
    for first in range(0, len(in_turn), _AT_ONCE):
        yield in_turn[first : first + _AT_ONCE]


def _orders(session: Session, start: datetime, end: datetime) -> dict[str, BookedOrder]:
    paid_at = col(OrderRow.paid_at)
    that_day = _order_columns().where(paid_at >= start, paid_at < end)
    return _booked(session, that_day)


def _orders_named(session: Session, numbers: list[str]) -> dict[str, BookedOrder]:
    number = col(OrderRow.merchant_order_no)
    return _booked(session, _order_columns().where(number.in_(numbers)))


def _booked(
    session: Session, question: Select[*tuple[Any, ...]]
) -> dict[str, BookedOrder]:
    found = map(_order, session.connection().execute(question))
    return {order.merchant_order_no: order for order in found}


def _order_columns() -> Select[*tuple[Any, ...]]:
    """Ask for orders, each with the sums of its postings."""
    kind, account = col(PostingRow.kind), col(PostingRow.ledger_account)
    own = online_account("") + col(OrderRow.account_id)
    number = col(OrderRow.merchant_order_no)
    return (
        select(
            number,
            col(OrderRow.conversation_id),
            col(OrderRow.account_id),
            col(OrderRow.status),
            col(OrderRow.amount_fils),
            col(OrderRow.paid_at),
            _sum(and_(kind == EntryKind.PAYMENT, account == PAYBY)),
            -_sum(and_(kind == EntryKind.CREDIT, account == own)),
            _sum(
                and_(
                    kind.not_in([EntryKind.PAYMENT, EntryKind.CREDIT]),
                    account == UNALLOCATED,
                )
            ),
        )
        .outerjoin_from(
            OrderRow, PostingRow, number == col(PostingRow.merchant_order_no)
        )
        .group_by(number)
    )


def _sum(where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((where, PostingRow.amount_fils), else_=0)), 0)


def _order(row: Row[*tuple[Any, ...]]) -> BookedOrder:
    number, chat, account, status, amount, paid_at, payment, credit, kept = row
    return BookedOrder(
        merchant_order_no=number,
        conversation_id=chat,
        account_id=account,
        status=status,
        amount=amount,
        paid_at=paid_at,
        given_back_unbooked=status == Status.CANCELLED and paid_at is not None,
        payment=int(payment),
        credit=int(credit),
        kept_for_refunds=int(kept),
    )


def _refunds(
    session: Session, start: datetime, end: datetime, refunded: Collection[str]
) -> list[BookedRefund]:
    """Return the refunds that were done in that time, and all of these orders."""
    done_at, of_order = col(RefundRow.done_at), col(RefundRow.merchant_order_no)
    filters = [
        and_(done_at >= start, done_at < end),
        *(of_order.in_(some) for some in _batches(refunded)),
    ]
    found: dict[str, BookedRefund] = {}
    for each in filters:
        question = _refund_columns().where(each, col(RefundRow.status).in_(_COUNTED))
        for row in session.connection().execute(question):
            refund = _refund(row)
            found[refund.number] = refund
    return list(found.values())


def _refund_columns() -> Select[*tuple[Any, ...]]:
    """Ask for refunds, each with what the ledger says has left PayBy for it."""
    number = col(RefundRow.refund_no)
    booked = and_(
        col(PostingRow.merchant_order_no) == col(RefundRow.merchant_order_no),
        col(PostingRow.kind) == EntryKind.REFUND,
        col(PostingRow.ledger_account) == PAYBY,
        col(PostingRow.refund_no) == number,
    )
    return (
        select(
            number,
            col(RefundRow.payby_refund_no),
            col(RefundRow.merchant_order_no),
            col(RefundRow.amount_fils),
            col(RefundRow.done_at),
            func.coalesce(func.sum(PostingRow.amount_fils), 0),
        )
        .outerjoin_from(RefundRow, PostingRow, booked)
        .group_by(number)
        .order_by(number)
    )


def _refund(row: Row[*tuple[Any, ...]]) -> BookedRefund:
    number, paybys, order, amount, done_at, booked = row
    return BookedRefund(
        number=number,
        payby_number=paybys,
        merchant_order_no=order,
        amount=amount,
        done_at=done_at,
        booked=-int(booked),
    )
