"""Keeps a chat's state together with the answer it led to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import TypeAdapter

from bot.chats import Chat
from bot.messages import Outgoing
from core.database.conversations import KeptConversation, SqlConversations
from core.domain.talks import Line

_CHAT = TypeAdapter(Chat)
_ANSWER = TypeAdapter(tuple[Outgoing, ...])
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
        self,
        chat: Chat,
        update_id: str,
        answer: tuple[Outgoing, ...],
        lines: tuple[Line, ...] = (),
    ) -> None:
        """Keep the chat's new state, the answer to the update and lines, in one write.

        Of a secret answer nothing is kept.
        """
        kept = KeptConversation(state=_CHAT.dump_python(chat, mode="json"))
        if not any(message.is_secret for message in answer):
            messages = _ANSWER.dump_python(answer, mode="json")
            kept = replace(kept, update_id=update_id, answer=messages, lines=lines)
        await self._conversations.save(chat.conversation_id, kept)


def _chat(conversation_id: str, kept: KeptConversation) -> Chat:
    own = _CHAT.validate_python({**kept.state, "conversation_id": conversation_id})
    return _shared(own, [_CHAT.validate_python(state) for state in kept.linked])


def _shared(chat: Chat, linked: Sequence[Chat]) -> Chat:
    """Give a chat what a payer has chosen in other chats: language and account."""
    if not linked:
        return chat
    chosen = [each for each in (chat, *linked) if each.language_chosen]
    newest = max(
        chosen, key=lambda each: each.language_chosen_at or _LONG_AGO, default=chat
    )
    accounts = (each.last_account_id for each in (chat, *linked))
    return replace(
        chat,
        language=newest.language,
        language_chosen=newest.language_chosen,
        language_chosen_at=newest.language_chosen_at,
        last_account_id=next(filter(None, accounts), ""),
    )
