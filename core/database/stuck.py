"""Finds what should have moved on and has not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, or_, select

from core.database.engine import Database
from core.database.messages import Delivery
from core.database.tables.messages import UNDELIVERED, MessageRow
from core.database.tables.orders import OrderRow
from core.database.tables.refunds import RefundRow
from core.domain.orders import Event, Status
from core.domain.refunds import RefundStatus

_SOON = timedelta(minutes=5)
_CLOSING = timedelta(minutes=10)
_REFUND = timedelta(hours=1)
_TELLING = timedelta(minutes=10)
_TOLD_OF_LATE = timedelta(days=3)
_OVER = (Status.EXPIRED, Status.CANCELLED, Status.FAILED)
_UNDER_WAY = (RefundStatus.ASKED, RefundStatus.PROCESSING)
_RESULTS = (Event.CREDITED, Event.HELD)
_MOST = 200  # of each kind: more than a person looks at


class Halt(StrEnum):
    """What has not happened."""

    CREDITED = "credited"  # the money is there, and not on the account
    MADE = "made"  # the code
    ENDED = "ended"  # the code's time is over, and PayBy has not told how it ended
    CLOSED = "closed"  # the code is over here, and not at PayBy
    GIVEN_BACK = "given_back"  # a refund
    TOLD = "told"  # what became of cash has not reached the payer


@dataclass(frozen=True, order=True)
class Stuck:
    """An order that has come to a halt."""

    since: datetime
    merchant_order_no: str
    halt: Halt
    about: str = ""
    """The message that was not brought, or the refund."""


class SqlStuck:
    """The search on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, now: datetime) -> list[Stuck]:
        """Return what is stuck, oldest first; of each kind two hundred at most."""

        def look(session: Session) -> list[Stuck]:
            return sorted([*_orders(session, now), *_others(session, now)])

        return await self._database.read(look)


def _orders(session: Session, now: datetime) -> Iterator[Stuck]:
    status, is_closed = col(OrderRow.status), col(OrderRow.is_closed)
    is_followed = col(OrderRow.look_at).is_not(None)
    paid_at, made_at = col(OrderRow.paid_at), col(OrderRow.created_at)
    ends_at = col(OrderRow.expires_at)
    for halt, since, which in (
        (Halt.CREDITED, paid_at, (status == Status.PAID, paid_at < now - _SOON)),
        (Halt.MADE, made_at, (status == Status.CREATING, made_at < now - _SOON)),
        (Halt.ENDED, ends_at, (status == Status.OPEN, ends_at < now - _SOON)),
        (
            Halt.CLOSED,
            ends_at,
            (
                status.in_(_OVER),
                is_followed,
                is_closed.is_(False),
                ends_at < now - _CLOSING,
            ),
        ),
    ):
        for at, number in _some(session, since, which):
            yield Stuck(at, number, halt)


def _some(
    session: Session,
    since: Mapped[datetime] | Mapped[datetime | None],
    which: tuple[ColumnElement[bool], ...],
) -> Iterator[tuple[datetime, str]]:
    question = select(since, OrderRow.merchant_order_no).where(*which)
    for at, number in session.exec(question.order_by(since).limit(_MOST)):
        if at:
            yield at, number


def _others(session: Session, now: datetime) -> Iterator[Stuck]:
    refunds = select(RefundRow).where(
        col(RefundRow.status).in_(_UNDER_WAY), RefundRow.asked_at < now - _REFUND
    )
    for refund in session.exec(refunds.order_by(col(RefundRow.asked_at)).limit(_MOST)):
        number = refund.merchant_order_no
        yield Stuck(refund.asked_at, number, Halt.GIVEN_BACK, refund.refund_no)
    results = select(MessageRow).where(
        UNDELIVERED,
        MessageRow.state != Delivery.PASSED,
        or_(*(col(MessageRow.id).contains(f":{event}:") for event in _RESULTS)),
        MessageRow.at < now - _TELLING,
        MessageRow.at > now - _TOLD_OF_LATE,
    )
    for message in session.exec(results.order_by(col(MessageRow.at)).limit(_MOST)):
        if not _was_told_otherwise(session, message):
            yield Stuck(message.at, message.merchant_order_no, Halt.TOLD, message.id)


def _was_told_otherwise(session: Session, message: MessageRow) -> bool:
    """Tell whether the same was brought in another message, or to another chat."""
    number = message.merchant_order_no
    same = message.id.removeprefix(f"{number}:").partition(":")[0]
    other = select(MessageRow.id).where(
        MessageRow.merchant_order_no == number,
        col(MessageRow.id).startswith(f"{number}:{same}:", autoescape=True),
        MessageRow.state == Delivery.SENT,
    )
    return session.exec(other.limit(1)).first() is not None
