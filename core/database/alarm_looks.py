"""Looks for what is wrong in the books; each is a question that an index answers."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session, col, exists, func, select

from core.database.engine import Database
from core.database.tables.cases import CaseRow
from core.database.tables.orders import OrderRow, PostingRow
from core.database.tables.payby import NoticeRow
from core.database.tables.refunds import RefundRow
from core.database.tables.stores import HiddenStoreRow, StoreReportRow
from core.domain.alarms import (
    BACKLOG_FOR,
    NOTICES_TAKE,
    SILENT_FOR,
    STORE_REPORTS,
    UNCREDITED_FOR,
    AlarmKind,
    Trouble,
)
from core.domain.cases import CaseKind
from core.domain.gulf import GULF
from core.domain.ledger import EntryKind
from core.domain.money import Money
from core.domain.orders import Status
from core.domain.refunds import RefundStatus
from core.domain.stores import REPORTED_FOR

_MOST = 50
_TOLD_BY_A_CASE = (CaseKind.HELD, CaseKind.CREDIT_MISSING, CaseKind.ACCOUNT_SPENT)
_UNDER_WAY = (RefundStatus.ASKED, RefundStatus.PROCESSING)
_LATELY = timedelta(days=1)


class SqlLooks:
    """The looks, on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def troubles(self, now: datetime) -> list[Trouble]:
        """Return what is wrong; of each kind fifty at most, the oldest first."""

        def look(session: Session) -> list[Trouble]:
            return [
                *_uncredited(session, now),
                *_silent(session, now),
                *_unheeded(session, now),
                *_reported(session, now),
            ]

        return await self._database.read(look)


def _uncredited(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find paid orders that were booked a while ago and are not credited.

    Not those of which a case tells, nor those whose money goes back.
    """
    number = OrderRow.merchant_order_no
    booked = exists().where(
        col(PostingRow.merchant_order_no) == number,
        col(PostingRow.kind) == EntryKind.PAYMENT,
        col(PostingRow.at) < now - UNCREDITED_FOR,
    )
    told = exists().where(
        col(CaseRow.merchant_order_no) == number,
        col(CaseRow.kind).in_(_TOLD_BY_A_CASE),
    )
    goes_back = exists().where(
        col(RefundRow.merchant_order_no) == number,
        col(RefundRow.status).in_(_UNDER_WAY),
    )
    question = select(number, OrderRow.amount_fils, OrderRow.paid_at).where(
        OrderRow.status == Status.PAID,
        OrderRow.refunded_fils < OrderRow.amount_fils,
        booked,
        ~told,
        ~goes_back,
    )
    for order, fils, paid_at in session.exec(
        question.order_by(col(OrderRow.paid_at)).limit(_MOST)
    ):
        facts = {"amount": str(Money(fils)), "paid": _clock(paid_at) if paid_at else ""}
        yield Trouble(kind=AlarmKind.UNCREDITED, about=order, facts=facts)


def _silent(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find whether the newest payments of a day were found by asking only."""
    announced = exists().where(
        col(NoticeRow.merchant_order_no) == OrderRow.merchant_order_no
    )
    question = (
        select(OrderRow.merchant_order_no, OrderRow.paid_at, announced)
        .where(
            col(OrderRow.paid_at) > now - _LATELY,
            col(OrderRow.paid_at) < now - NOTICES_TAKE,
        )
        .order_by(col(OrderRow.paid_at).desc())
        .limit(SILENT_FOR)
    )
    newest = session.exec(question).all()
    if len(newest) < SILENT_FOR or any(is_announced for *_, is_announced in newest):
        return
    number, paid_at, _ = newest[0]
    facts = {"order": number, "paid": _clock(paid_at) if paid_at else ""}
    yield Trouble(kind=AlarmKind.NOTICES_SILENT, facts=facts, mark=number)


def _unheeded(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find whether a notice has waited for long to be heeded."""
    waiting = col(NoticeRow.is_heeded).is_(False)
    oldest = session.exec(select(func.min(NoticeRow.received_at)).where(waiting)).one()
    if oldest and oldest < now - BACKLOG_FOR:
        facts = {"since": _clock(oldest)}
        yield Trouble(kind=AlarmKind.BACKLOG, about="notices", facts=facts)


def _reported(session: Session, now: datetime) -> Iterator[Trouble]:
    """Find stores that were reported again and again, and that payers still see."""
    count = func.count()
    hidden = exists().where(col(HiddenStoreRow.store_id) == StoreReportRow.store_id)
    question = (
        select(StoreReportRow.store_id, count)
        .where(col(StoreReportRow.at) > now - REPORTED_FOR, ~hidden)
        .group_by(StoreReportRow.store_id)
        .having(count >= STORE_REPORTS)
        .order_by(count.desc())
        .limit(_MOST)
    )
    for store_id, reports in session.exec(question):
        yield Trouble(
            kind=AlarmKind.STORE_REPORTED,
            about=store_id,
            facts={"reports": str(reports)},
            mark=str(reports),
        )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(GULF):%H:%M}"
