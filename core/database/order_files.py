"""All that is kept about one order, as support looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from core.database.audit import entry_of
from core.database.engine import Database
from core.database.tables.cases import CaseRow
from core.database.tables.messages import MessageRow
from core.database.tables.orders import HappeningRow, OrderRow
from core.database.tables.staff import AuditRow
from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.audit import AuditEntry
from core.domain.errors import OrderNotFound
from core.domain.orders import Order
from core.ports import Happening


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message about the order."""

    id: str
    state: str
    """What became of it: see core.database.messages.Delivery."""
    progress: str
    """How far the network has brought it since; empty if it says nothing."""
    trouble: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderFile:
    """An order, and what else is known of it."""

    order: Order
    look_at: datetime | None
    """When it is looked at next, though nothing happens."""
    phone: str
    """The payer's, on WhatsApp; empty where nobody tells it."""
    messages: Sequence[Sent]
    """Oldest first."""
    cases: Sequence[tuple[int, str]]
    """Number and kind of each."""
    last_act: AuditEntry | None
    """What staff did to it last."""
    retried_as: str
    retry_of: str
    """The orders that took its place, and whose place it took; empty for none."""


class SqlOrderFiles:
    """Order files on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, merchant_order_no: str) -> OrderFile:
        """Return an order's file. Raises OrderNotFound."""

        def look(session: Session) -> OrderFile:
            row = session.get(OrderRow, merchant_order_no)
            if row is None:
                raise OrderNotFound(merchant_order_no)
            contact = session.get(WhatsAppContactRow, row.conversation_id)
            return OrderFile(
                order=row.to_order(),
                look_at=row.look_at,
                phone=contact.phone or "" if contact else "",
                messages=_messages(session, merchant_order_no),
                cases=_cases(session, merchant_order_no),
                last_act=_last_act(session, merchant_order_no),
                retried_as=_made_by(session, retry_draft(merchant_order_no)),
                retry_of=retried_order(row.draft_id),
            )

        return await self._database.read(look)

    async def lines(
        self, merchant_order_no: str, skip: int, limit: int
    ) -> tuple[int, Sequence[Happening]]:
        """Return how many lines the timeline has, and some, counted from its end.

        They come oldest first.
        """
        own = HappeningRow.merchant_order_no == merchant_order_no
        newest_first = (
            select(HappeningRow)
            .where(own)
            .order_by(col(HappeningRow.id).desc())
            .offset(skip)
            .limit(limit)
        )
        number = select(func.count()).select_from(HappeningRow).where(own)

        def look(session: Session) -> tuple[int, Sequence[Happening]]:
            rows = session.exec(newest_first).all()
            lines = [Happening(row.at, row.kind, row.facts) for row in reversed(rows)]
            return session.exec(number).one(), lines

        return await self._database.read(look)


def retry_draft(merchant_order_no: str) -> str:
    """Name the draft of the order that takes this one's place: there is one at most."""
    return f"{_RETRY}{merchant_order_no}"


def retried_order(draft_id: str) -> str:
    """Return the order whose place the one of this draft took; empty for none."""
    return draft_id.removeprefix(_RETRY) if draft_id.startswith(_RETRY) else ""


_RETRY = "retry:"


def _made_by(session: Session, draft_id: str) -> str:
    same = select(OrderRow.merchant_order_no).where(OrderRow.draft_id == draft_id)
    return session.exec(same).first() or ""


def _last_act(session: Session, merchant_order_no: str) -> AuditEntry | None:
    own = select(AuditRow).where(AuditRow.merchant_order_no == merchant_order_no)
    row = session.exec(own.order_by(col(AuditRow.id).desc()).limit(1)).first()
    return entry_of(row) if row else None


def _messages(session: Session, merchant_order_no: str) -> Sequence[Sent]:
    own = select(MessageRow).where(MessageRow.merchant_order_no == merchant_order_no)
    return [
        Sent(
            id=row.id,
            state=row.state,
            progress=row.progress,
            trouble=row.trouble,
            at=row.at,
        )
        for row in session.exec(own.order_by(col(MessageRow.at), MessageRow.id))
    ]


def _cases(session: Session, merchant_order_no: str) -> Sequence[tuple[int, str]]:
    own = select(CaseRow).where(CaseRow.merchant_order_no == merchant_order_no)
    rows = session.exec(own.order_by(col(CaseRow.number)))
    return [(row.number or 0, row.kind) for row in rows]
