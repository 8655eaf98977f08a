"""Where each conversation stands; what is in the state is the bot's affair."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.links import chats_of_payer
from core.database.tables import ConversationRow


@dataclass(frozen=True)
class KeptConversation:
    """A conversation's state and its answer to the newest update it saw."""

    state: dict[str, Any] = field(default_factory=dict)
    update_id: str = ""
    answer: list[Any] = field(default_factory=list)
    linked: Sequence[dict[str, Any]] = ()
    """The states of the same payer's other chats; they are kept with those."""


class SqlConversations:
    """Conversations on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, conversation_id: str) -> KeptConversation:
        """Return what is known; an empty state for one that is new."""

        def look(session: Session) -> KeptConversation:
            linked = _linked(session, conversation_id)
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return KeptConversation(linked=linked)
            return KeptConversation(row.state, row.update_id, row.answer, linked)

        return await self._database.read(look)

    async def save(self, conversation_id: str, kept: KeptConversation) -> None:
        """Keep state and answer, together."""
        row = ConversationRow(
            id=conversation_id,
            state=kept.state,
            update_id=kept.update_id,
            answer=kept.answer,
        )
        await self._database.write(lambda session: session.merge(row))


def _linked(session: Session, conversation_id: str) -> tuple[dict[str, Any], ...]:
    chats = set(chats_of_payer(session, conversation_id)) - {conversation_id}
    if not chats:
        return ()
    rows = select(ConversationRow).where(col(ConversationRow.id).in_(chats))
    in_order = session.exec(rows.order_by(ConversationRow.id))
    return tuple(row.state for row in in_order)
