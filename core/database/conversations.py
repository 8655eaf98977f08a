"""Where each conversation stands; what is in the state is the bot's affair."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from core.database.chat_lines import keep_chat_lines
from core.database.engine import Database
from core.database.links import payers_chats
from core.database.tables.chats import ConversationRow
from core.domain.talks import Line


@dataclass(frozen=True)
class KeptConversation:
    """A conversation's state and its answer to the newest update it saw."""

    state: dict[str, Any] = field(default_factory=dict)
    update_id: str = ""
    answer: list[Any] = field(default_factory=list)
    linked: tuple[dict[str, Any], ...] = ()
    """The states of the same payer's other chats; they are kept with those."""
    lines: Sequence[Line] = ()
    """What was said, to be kept along with it; it is not loaded again."""


class SqlConversations:
    """Conversations on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, conversation_id: str) -> KeptConversation:
        """Return what is known; an empty state for one that is new."""
        payers = select(ConversationRow).where(
            col(ConversationRow.id).in_(payers_chats(conversation_id))
        )

        def look(session: Session) -> KeptConversation:
            found = session.exec(payers.order_by(ConversationRow.id))
            rows = {row.id: row for row in found}
            own = rows.pop(conversation_id, None)
            linked = tuple(row.state for row in rows.values())
            if own is None:
                return KeptConversation(linked=linked)
            return KeptConversation(own.state, own.update_id, own.answer, linked)

        return await self._database.read(look)

    async def save(self, conversation_id: str, kept: KeptConversation) -> None:
        """Keep state, answer and lines, together."""
        row = ConversationRow(
            id=conversation_id,
            state=kept.state,
            update_id=kept.update_id,
            answer=kept.answer,
        )

        def work(session: Session) -> None:
            session.merge(row)
            if kept.lines:
                keep_chat_lines(session, conversation_id, kept.lines)

        await self._database.write(work)
