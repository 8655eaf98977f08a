"""Brings what a chat does not take to the payer's other chats."""

from dataclasses import replace
from hashlib import sha256

from bot.courier import Courier, Parcel
from bot.ports import Links
from bot.pushes import via
from core.database.messages import Delivery


class Elsewhere:
    """The second way to a payer who has several chats."""

    def __init__(self, courier: Courier, links: Links) -> None:
        self._courier = courier
        self._links = links

    async def bring(self, parcel: Parcel) -> bool:
        """Send it to one of the other chats, each at most once; tell if one has it."""
        payer = await self._links.payer(parcel.conversation_id)
        for chat in payer.others(parcel.conversation_id) if payer else ():
            copy = replace(parcel, id=via(parcel.id, _sign(chat)), conversation_id=chat)
            if await self._courier.deliver(copy) is Delivery.SENT:
                return True
        return False


def _sign(conversation_id: str) -> str:
    return sha256(conversation_id.encode()).hexdigest()[:16]
