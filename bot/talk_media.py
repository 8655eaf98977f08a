"""Shows who talks with a payer what the payer sent besides words: photos, documents.

On Telegram it is shown, from wherever it came; what has to be fetched from another
network is given up after a while, as what is said next waits for it. On WhatsApp it is
not: it would have to stand where everybody can fetch it.
"""

from collections.abc import Sequence

from bot.courier import PUSH_TRIES, REPLY_TRIES, Courier, Parcel
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
        if talk.taken_in.startswith(_ON_TELEGRAM) and line.medium_ref:
            is_copied = line.conversation_id.startswith(_ON_TELEGRAM)
            tries = PUSH_TRIES if is_copied else REPLY_TRIES
            medium = self._screens.medium(talk, line)
            state = await self._bring(talk, line, 0, medium, tries)
            if state not in {Delivery.REFUSED, Delivery.WAITING}:
                return True
        await self._bring(talk, line, 1, self._screens.unseen(talk, line), PUSH_TRIES)
        return False

    async def _bring(
        self, talk: Talk, line: Line, index: int, message: Outgoing, tries: int
    ) -> Delivery:
        return await self._courier.deliver(
            Parcel(
                id=f"talk:{talk.number}:medium:{line.id}:{talk.settled_by}:{index}",
                conversation_id=talk.taken_in,
                message=message,
                tries=tries,
            )
        )
