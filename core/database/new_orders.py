"""Whether a new order may be kept, in the database as it is now."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from core.database.freezes import demand_not_frozen
from core.database.limits import breach_of, take_turn, wish_of
from core.database.links import chats_of_payer
from core.database.tables.chats import LinkRow
from core.database.tables.orders import OrderRow
from core.domain.ceilings import Ceilings
from core.domain.errors import OverLimit
from core.domain.money import Money


def has_room(
    session: Session, new: OrderRow, ceilings: Ceilings, now: datetime
) -> bool:
    """Tell that nothing is in a new order's way. Raises Frozen and OverLimit.

    False when the same draft, or a code for the same account, is there already.
    """
    demand_not_frozen(session, new.conversation_id, new.account_id)
    if not ceilings.are_none and not _fits(session, new, ceilings, now):
        return False
    return not _is_live_elsewhere(session, new)


def _fits(session: Session, new: OrderRow, ceilings: Ceilings, now: datetime) -> bool:
    """Wait for wishes that count together; one that made an order adds nothing."""
    amount = Money(new.amount_fils)
    wish = wish_of(session, new.conversation_id, new.account_id, amount)
    take_turn(session, ceilings, wish)
    same = select(OrderRow.merchant_order_no).where(
        or_(
            col(OrderRow.draft_id) == new.draft_id,
            col(OrderRow.live_for) == new.live_for,
        )
    )
    if session.exec(same).first():
        return False
    breach = breach_of(session, ceilings, wish, now)
    if breach:
        raise OverLimit(breach)
    return True


def _is_live_elsewhere(session: Session, new: OrderRow) -> bool:
    """Tell whether another chat of the payer has a waiting order for the account.

    The payer's links are locked until the order is kept, so that of two chats that
    begin one at the same time one sees the other's. Within a chat, a key is enough.
    """
    chats = chats_of_payer(session, new.conversation_id)
    if len(chats) == 1:
        return False
    links = select(LinkRow).where(col(LinkRow.conversation_id).in_(chats))
    session.exec(links.order_by(LinkRow.conversation_id).with_for_update()).all()
    elsewhere = select(OrderRow.merchant_order_no).where(
        col(OrderRow.conversation_id).in_(chats),
        OrderRow.conversation_id != new.conversation_id,
        OrderRow.account_id == new.account_id,
        col(OrderRow.live_for).is_not(None),
    )
    return session.exec(elsewhere).first() is not None
