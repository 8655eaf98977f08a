"""Who works at the support desk, in the database."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from core.database.audit import row_of
from core.database.engine import Database
from core.database.links import chats_of_payer
from core.database.tables.orders import OrderRow
from core.database.tables.staff import StaffRow
from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.audit import AuditEntry
from core.domain.staff import Member, Role
from core.ports import Clock


class SqlStaff:
    """The members of the desk, on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, member: Member, audited: AuditEntry) -> None:
        """Add a member, or give one another name or role; audited along with it."""
        now = self._clock.now()
        row = StaffRow(added_at=now, **vars(member))

        def put(session: Session) -> None:
            session.merge(row)
            session.add(row_of(audited, now))

        await self._database.write(put)

    async def remove(self, identity: str, audited: AuditEntry) -> bool:
        """Take a member out; false when there is none of that identity."""
        now = self._clock.now()

        def remove(session: Session) -> bool:
            row = session.get(StaffRow, identity)
            if row is None:
                return False
            session.delete(row)
            session.add(row_of(audited, now))
            return True

        return await self._database.write(remove)

    async def all(self) -> Sequence[Member]:
        """Return every member, by name."""
        by_name = select(StaffRow).order_by(StaffRow.name, StaffRow.identity)
        return await self._database.read(
            lambda session: [_member(row) for row in session.exec(by_name)]
        )

    async def who_is(self, conversation_id: str) -> Member | None:
        """Return the member who writes in that chat; None for anybody else."""
        phone = select(WhatsAppContactRow.phone).where(
            WhatsAppContactRow.conversation_id == conversation_id
        )
        same = select(StaffRow).where(
            or_(
                StaffRow.identity == conversation_id,
                col(StaffRow.identity).in_(phone),
            )
        )

        def look(session: Session) -> Member | None:
            row = session.exec(same.order_by(StaffRow.identity).limit(1)).first()
            return _member(row) if row else None

        return await self._database.read(look)

    async def chat_of(self, member: Member) -> str:
        """Return where a member can be written to; empty while nobody knows."""
        by_phone = select(WhatsAppContactRow.conversation_id).where(
            WhatsAppContactRow.phone == member.identity
        )
        if not member.identity.startswith("+"):
            return member.identity
        return await self._database.read(
            lambda session: session.exec(by_phone).first() or ""
        )

    async def chats_of(self, name: str) -> frozenset[str]:
        """Return every chat that is that person's, those linked with them too."""
        identities = select(StaffRow.identity).where(StaffRow.name == name)
        by_phone = select(WhatsAppContactRow.conversation_id).where(
            col(WhatsAppContactRow.phone).in_(identities)
        )

        def look(session: Session) -> frozenset[str]:
            own = {*session.exec(identities), *session.exec(by_phone)}
            linked = (chats_of_payer(session, chat) for chat in own)
            return frozenset(own.union(*linked))

        return await self._database.read(look)

    async def tops_up(self, name: str, account_id: str) -> bool:
        """Tell whether that person has had an order for the account, in any chat."""
        chats = await self.chats_of(name)
        own = select(OrderRow.merchant_order_no).where(
            OrderRow.account_id == account_id,
            col(OrderRow.conversation_id).in_(chats),
        )
        return await self._database.read(
            lambda session: session.exec(own.limit(1)).first() is not None
        )


def _member(row: StaffRow) -> Member:
    return Member(identity=row.identity, name=row.name, role=Role(row.role))
