"""Keeps a chat's state together with the answer it led to."""

from dataclasses import replace

from pydantic import TypeAdapter

from bot.chats import Chat
from bot.messages import Outgoing
from core.database.conversations import KeptConversation, SqlConversations

_CHAT = TypeAdapter(Chat)
_ANSWER = TypeAdapter(tuple[Outgoing, ...])


class ChatStore:
    """Chats as the bot knows them, on top of the database's plain rows."""

    def __init__(self, conversations: SqlConversations) -> None:
        self._conversations = conversations

    async def chat(self, conversation_id: str) -> Chat:
        """Return the chat; a new one if nothing is known of it."""
        kept = await self._conversations.load(conversation_id)
        return _chat(conversation_id, kept)

    async def answered(
        self, conversation_id: str, update_id: str
    ) -> tuple[Chat, tuple[Outgoing, ...] | None]:
        """Return the chat, and its answer if this update has had one."""
        kept = await self._conversations.load(conversation_id)
        chat = _chat(conversation_id, kept)
        if kept.update_id != update_id:
            return chat, None
        return chat, _ANSWER.validate_python(kept.answer)

    async def save(
        self, chat: Chat, update_id: str, answer: tuple[Outgoing, ...]
    ) -> None:
        """Keep the chat's new state and the answer to the update, in one write."""
        kept = KeptConversation(
            state=_CHAT.dump_python(chat, mode="json"),
            update_id=update_id,
            answer=_ANSWER.dump_python(answer, mode="json"),
        )
        await self._conversations.save(chat.conversation_id, kept)


def _chat(conversation_id: str, kept: KeptConversation) -> Chat:
    if not kept.state:
        return Chat(conversation_id=conversation_id)
    return replace(_CHAT.validate_python(kept.state), conversation_id=conversation_id)
