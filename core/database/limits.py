"""Whether a top-up fits within the limits, in the database as it is now."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, and_, col, func, or_, select

from core.database.links import chats_of_payer
from core.database.tables.orders import OrderRow
from core.domain.ceilings import Ceilings, Past, Wish
from core.domain.limits import Breach, Whose
from core.domain.money import Money
from core.domain.orders import Order, Status

_PAID = (Status.PAID, Status.CREDITED)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")


def wish_of(
    session: Session, conversation_id: str, account_id: str, amount: Money
) -> Wish:
    """Make the wish of whoever has this chat, with all their chats."""
    chats = chats_of_payer(session, conversation_id)
    return Wish(
        conversation_id=conversation_id,
        chats=chats,
        account_id=account_id,
        amount=amount,
    )


def breach_of(
    session: Session,
    ceilings: Ceilings,
    wish: Wish,
    now: datetime,
    instead_of: str = "",
) -> Breach | None:
    """Return the limit that a wish would break; None if it fits.

    It may come instead of a code that is given up for it.
    """
    found = _orders(session, ceilings, wish, now)
    given_up = [_given_up(order, instead_of) for order in found]
    past = Past(orders=given_up, first_paid_at=_first_paid_at(session, ceilings, wish))
    return ceilings.breach(wish, past, now)


def take_turn(session: Session, ceilings: Ceilings, wish: Wish) -> None:
    """Let wishes that count together be kept one after the other.

    SQLite has one writer at a time anyway.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    names = {f"payer {chat}" for chat in wish.chats}
    if _are_accounts_limited(ceilings):
        names.add(f"account {wish.account_id}")
    for name in sorted(names):
        connection.execute(_LOCK, {"name": name})


def _orders(
    session: Session, ceilings: Ceilings, wish: Wish, now: datetime
) -> list[Order]:
    """Return what may count; of an account only where accounts have limits."""
    since = ceilings.since(now)
    own = col(OrderRow.conversation_id).in_(wish.chats)
    counted = or_(
        col(OrderRow.live_for).is_not(None),
        and_(col(OrderRow.status).in_(_PAID), col(OrderRow.paid_at) >= since),
        and_(own, col(OrderRow.created_at) >= now - ceilings.pace_over),
    )
    if not _are_accounts_limited(ceilings):
        counted = and_(own, counted)
    else:
        counted = and_(or_(own, OrderRow.account_id == wish.account_id), counted)
    rows = session.exec(select(OrderRow).where(counted))
    return [row.to_order() for row in rows]


def _first_paid_at(session: Session, ceilings: Ceilings, wish: Wish) -> datetime | None:
    if ceilings.first is None:
        return None
    return session.exec(
        select(func.min(OrderRow.paid_at)).where(
            col(OrderRow.conversation_id).in_(wish.chats),
            col(OrderRow.status).in_(_PAID),
        )
    ).one()


def _are_accounts_limited(ceilings: Ceilings) -> bool:
    return any(whose is Whose.ACCOUNT for whose, _ in ceilings.sums)


def _given_up(order: Order, merchant_order_no: str) -> Order:
    if order.merchant_order_no != merchant_order_no or not order.is_waiting:
        return order
    return replace(order, status=Status.CANCELLED)
