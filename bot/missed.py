"""Tells the desk's chat, when it can be written to again, what it has missed."""

from collections.abc import Sequence

from bot.courier import REPLY_TRIES, Courier, Parcel
from bot.messages import Outgoing
from bot.staff.table import staff_button
from core.database.lost_messages import SqlLostMessages
from core.database.messages import Delivery

_KINDS = {"case": "cases", "talk": "cases", "alarm": "alarms", "books": "days' books"}


class Missed:
    """What was for the desk's chat while it could not be written to.

    A group had put the bot out, a person had blocked it, or neither had let it in yet.

    Said in one message, since all of it would come too late and too much at once: the
    lists show what of it still stands.
    """

    def __init__(self, lost: SqlLostMessages, courier: Courier, chat: str) -> None:
        """`chat` is a conversation like "tg:-100123", or empty for none."""
        self._lost = lost
        self._courier = courier
        self._chat = chat

    async def show(self, conversation_id: str, update_id: str) -> None:
        """Show it, if it is that chat in which something has just happened."""
        if not self._chat or conversation_id != self._chat:
            return
        lost = await self._lost.of(conversation_id)
        text = _how_many(lost)
        if text and await self._say(text, update_id) is not Delivery.SENT:
            return
        if lost:
            await self._lost.pass_over(lost)

    async def _say(self, text: str, update_id: str) -> Delivery:
        rows = (
            (staff_button("cases", "Open cases"),),
            (staff_button("alarms", "What is wrong now"),),
        )
        return await self._courier.deliver(
            Parcel(
                id=f"{update_id}:missed",
                conversation_id=self._chat,
                message=Outgoing(text, rows),
                tries=REPLY_TRIES,
            )
        )


def _how_many(lost: Sequence[str]) -> str:
    """Say what was lost; what only answered somebody does not count."""
    kinds = [_KINDS.get(name.partition(":")[0]) for name in lost]
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds) if kind}
    if not counts:
        return ""
    listed = ", ".join(f"{kind}: {count}" for kind, count in counts.items())
    return f"This chat could not be written to for a while. Not told here: {listed}."
