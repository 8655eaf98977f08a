"""Where each conversation stands; what is in the state is the bot's affair."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from core.database.engine import Database
from core.database.tables import ConversationRow


@dataclass(frozen=True)
class KeptConversation:
    """A conversation's state and its answer to the newest update it saw."""

    state: dict[str, Any] = field(default_factory=dict)
    update_id: str = ""
    answer: list[Any] = field(default_factory=list)


class SqlConversations:
    """Conversations on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, conversation_id: str) -> KeptConversation:
        """Return what is known; an empty state for one that is new."""

        def look(session: Session) -> KeptConversation:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return KeptConversation()
            return KeptConversation(row.state, row.update_id, row.answer)

        return await self._database.read(look)

    async def save(self, conversation_id: str, kept: KeptConversation) -> None:
        """Keep state and answer, together."""
        row = ConversationRow(id=conversation_id, **vars(kept))
        await self._database.write(lambda session: session.merge(row))
