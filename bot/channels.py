"""All chat networks as one: a conversation's id begins with the name of its own."""

from collections.abc import Mapping
from datetime import datetime

from bot.channel import Channel, Refused
from bot.messages import Outgoing
from core.database.messages import AT_ONCE, Spacing


class Channels:
    """The Channel that sends by whichever network the conversation is on."""

    def __init__(self, by_prefix: Mapping[str, Channel]) -> None:
        self._by_prefix = by_prefix

    def spacing(self, conversation_id: str) -> Spacing:
        """Tell how what we start should be spread in a chat."""
        channel = self._find(conversation_id)
        return channel.spacing(conversation_id) if channel else AT_ONCE

    async def send(
        self, conversation_id: str, message: Outgoing, message_id: str
    ) -> str:
        """Send a message. Raises SendError."""
        channel = self._of(conversation_id)
        return await channel.send(conversation_id, message, message_id)

    async def find(
        self, conversation_id: str, message: Outgoing, since: datetime
    ) -> str | None:
        """Look up a message that may have been sent. Raises SendError."""
        return await self._of(conversation_id).find(conversation_id, message, since)

    def can_amend(self, conversation_id: str) -> bool:
        """Tell whether a message can be changed once it is sent."""
        channel = self._find(conversation_id)
        return channel is not None and channel.can_amend(conversation_id)

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        """Make a sent message say this instead. Raises SendError."""
        channel = self._of(conversation_id)
        await channel.amend(conversation_id, provider_ref, message)

    def _of(self, conversation_id: str) -> Channel:
        if channel := self._find(conversation_id):
            return channel
        raise Refused("that chat network is switched off")

    def _find(self, conversation_id: str) -> Channel | None:
        for prefix, channel in self._by_prefix.items():
            if conversation_id.startswith(prefix):
                return channel
        return None
