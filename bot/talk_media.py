"""Shows who talks with a payer what the payer sent besides words: photos, documents."""

from collections.abc import Sequence

from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Outgoing
from bot.staff.case_screens import CaseScreens
from core.database.messages import Delivery
from core.database.talks import SqlTalks
from core.domain.talks import PAYER, Line, Talk

_LOOKED_THROUGH = 100  # lines, of a talk and of the chat before it
_ON_TELEGRAM = "tg:"


class TalkMedia:
    """Brings photos and documents to a chat of staff, each once to who takes a case."""

    def __init__(
        self, *, talks: SqlTalks, screens: CaseScreens, courier: Courier
    ) -> None:
        self._talks = talks
        self._screens = screens
        self._courier = courier

    async def show(self, talk: Talk) -> Sequence[Line]:
        """Show all that was sent lately; return what cannot be, of which staff hear."""
        lines = await self._talks.lines(talk, _LOOKED_THROUGH)
        sent = [line for line in lines if line.medium and line.who == PAYER]
        return [line for line in sent if not await self._is_shown(talk, line)]

    async def _is_shown(self, talk: Talk, line: Line) -> bool:
        if _can_be_shown(line, talk.taken_in):
            medium = self._screens.medium(talk, line)
            state = await self._bring(talk, line, 0, medium)
            if state is not Delivery.REFUSED:
                return True
        await self._bring(talk, line, 1, self._screens.unseen(talk, line))
        return False

    async def _bring(
        self, talk: Talk, line: Line, index: int, message: Outgoing
    ) -> Delivery:
        return await self._courier.deliver(
            Parcel(
                id=f"talk:{talk.number}:medium:{line.id}:{talk.settled_by}:{index}",
                conversation_id=talk.taken_in,
                message=message,
                tries=PUSH_TRIES,
            )
        )


def _can_be_shown(line: Line, where: str) -> bool:
    """Tell whether that can be shown in a chat: from Telegram on Telegram only.

    What comes by WhatsApp is behind Twilio's lock, and what goes there would have to
    stand where everybody can fetch it.
    """
    chats = (line.conversation_id, where)
    is_telegram = all(each.startswith(_ON_TELEGRAM) for each in chats)
    return is_telegram and bool(line.medium_ref)
