"""Which payers and accounts are stopped, in the database."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, or_, select

from core.database.engine import Database
from core.database.links import chats_of_payer
from core.database.tables.accounts import FreezeRow
from core.database.tables.orders import OrderRow
from core.domain.errors import Frozen
from core.domain.freezing import Freeze, account_of, of_account, of_payer, payer_of
from core.domain.orders import Status
from core.ports import Clock


class SqlFreezes:
    """Freezes on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, subject: str, reason: str, by: str) -> None:
        """Stop a payer, in all chats they have now, or an account."""
        now = self._clock.now()

        def put(session: Session) -> None:
            for each in _all(session, subject):
                row = FreezeRow(
                    subject=each, reason=reason, frozen_by=by, frozen_at=now
                )
                session.merge(row)

        await self._database.write(put)

    async def lift(self, subject: str) -> None:
        """Let a payer, in all their chats, or an account go on."""

        def lift(session: Session) -> None:
            subjects = _all(session, subject)
            session.exec(delete(FreezeRow).where(col(FreezeRow.subject).in_(subjects)))

        await self._database.write(lift)

    async def get(self, subject: str) -> Freeze | None:
        """Return why a payer or an account is stopped; None when it is not."""

        def look(session: Session) -> Freeze | None:
            row = _first(session, _all(session, subject))
            return Freeze(**row.model_dump()) if row else None

        return await self._database.read(look)

    async def held(self, subject: str) -> Sequence[str]:
        """Return the numbers of paid orders that wait for being credited."""
        chat, account = payer_of(subject), account_of(subject)

        def look(session: Session) -> Sequence[str]:
            chats = chats_of_payer(session, chat) if chat else []
            theirs = or_(
                col(OrderRow.conversation_id).in_(chats),
                OrderRow.account_id == account,
            )
            paid = select(OrderRow.merchant_order_no).where(
                OrderRow.status == Status.PAID, theirs
            )
            return session.exec(paid.order_by(col(OrderRow.paid_at))).all()

        return await self._database.read(look)


def demand_not_frozen(session: Session, conversation_id: str, account_id: str) -> None:
    """Raise Frozen if the payer of that chat, or that account, is stopped."""
    subjects = [*_all(session, of_payer(conversation_id)), of_account(account_id)]
    if row := _first(session, subjects):
        raise Frozen(row.subject)


def _all(session: Session, subject: str) -> Sequence[str]:
    """Name an account, or a payer by each of their chats."""
    chat = payer_of(subject)
    if not chat:
        return [subject]
    return [of_payer(each) for each in chats_of_payer(session, chat)]


def _first(session: Session, subjects: Sequence[str]) -> FreezeRow | None:
    rows = select(FreezeRow).where(col(FreezeRow.subject).in_(subjects))
    return session.exec(rows.order_by(FreezeRow.subject)).first()
