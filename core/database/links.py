"""Which chats belong to one payer, and the codes that join them, in the database."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import CompoundSelect
from sqlmodel import Session, col, delete, literal, select, union

from core.database.engine import Database
from core.database.tables.chats import LinkCodeRow, LinkRow
from core.domain.links import CODE_LIFETIME, CodeFault, Payer
from core.ports import Clock

_USED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a code that was used has ended: long before any other."""
_PAIR = 2


class SqlLinks:
    """Links on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(self, conversation_id: str, digest: str) -> None:
        """Keep a new code of a chat, of which only this is known; its old one ends."""
        older = delete(LinkCodeRow).where(
            col(LinkCodeRow.conversation_id) == conversation_id
        )
        row = LinkCodeRow(
            digest=digest,
            conversation_id=conversation_id,
            expires_at=self._clock.now() + CODE_LIFETIME,
        )

        def work(session: Session) -> None:
            session.exec(older)
            session.add(row)

        await self._database.write(work)

    async def join(self, digest: str, conversation_id: str) -> Payer | CodeFault:
        """Use a code up: join the chat that sent it with the one that was given it.

        Both may have been joined with others before: then all of them are one payer's.
        A second call of the chat that has used it returns the same payer.
        """

        def work(session: Session) -> Payer | CodeFault:
            _take_turn(session)
            code = session.get(LinkCodeRow, digest, with_for_update=True)
            if code is None:
                return CodeFault.WRONG
            if code.conversation_id == conversation_id:
                return CodeFault.OWN
            together = _payer(session, conversation_id)
            if together and code.conversation_id in together.chats:
                code.expires_at = _USED
                return together
            if code.expires_at == _USED:
                return CodeFault.USED
            if code.expires_at <= self._clock.now():
                return CodeFault.EXPIRED
            code.expires_at = _USED
            return _join(session, code.conversation_id, conversation_id)

        return await self._database.write(work)

    async def payer(self, conversation_id: str) -> Payer | None:
        """Return the payer of several chats; None when there is only this one."""
        return await self._database.read(
            lambda session: _payer(session, conversation_id)
        )

    async def leave(self, conversation_id: str) -> None:
        """Take a chat out; the last but one takes the last with it."""

        def work(session: Session) -> None:
            _take_turn(session)
            chats = chats_of_payer(session, conversation_id)
            out = chats if len(chats) <= _PAIR else [conversation_id]
            session.exec(delete(LinkRow).where(col(LinkRow.conversation_id).in_(out)))

        await self._database.write(work)


def payers_chats(conversation_id: str) -> CompoundSelect[tuple[str]]:
    """Ask, within another question, for all chats of the payer who has this one."""
    own = select(LinkRow.payer_id).where(LinkRow.conversation_id == conversation_id)
    joined = select(LinkRow.conversation_id).where(col(LinkRow.payer_id).in_(own))
    return union(select(literal(conversation_id)), joined)


def chats_of_payer(session: Session, conversation_id: str) -> Sequence[str]:
    """Return all chats of the payer who has this one, which may be the only one."""
    payer = _payer(session, conversation_id)
    return payer.chats if payer else [conversation_id]


def _payer(session: Session, conversation_id: str) -> Payer | None:
    own = select(LinkRow.payer_id).where(LinkRow.conversation_id == conversation_id)
    joined = select(LinkRow.payer_id, LinkRow.conversation_id).where(
        col(LinkRow.payer_id).in_(own)
    )
    rows = session.exec(joined.order_by(LinkRow.conversation_id)).all()
    if not rows:
        return None
    return Payer(rows[0][0], tuple(chat for _, chat in rows))


def _join(session: Session, *conversation_ids: str) -> Payer:
    chats = {
        chat for each in conversation_ids for chat in chats_of_payer(session, each)
    }
    payer = Payer(secrets.token_hex(16), tuple(sorted(chats)))
    for chat in payer.chats:
        session.merge(LinkRow(conversation_id=chat, payer_id=payer.id))
    return payer


def _take_turn(session: Session) -> None:
    """Let links change one after the other; SQLite has one writer at a time anyway.

    Else a chat could be joined to a group that is just becoming part of another.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE links IN SHARE ROW EXCLUSIVE MODE")
