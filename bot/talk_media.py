"""Shows who talks with a payer what the payer sent besides words: photos, documents.

On Telegram it is shown, from wherever it came; what has to be fetched from another
network is given up after a while, as what is said next waits for it. On WhatsApp it is
not: it would have to stand where everybody can fetch it.
"""

from collections.abc import Awaitable, Callable, Sequence

from bot.courier import PUSH_TRIES, REPLY_TRIES
from bot.messages import Outgoing
from bot.staff.case_screens import CaseScreens
from bot.telegram_updates import PREFIX as TELEGRAM
from core.database.messages import Delivery
from core.database.talks import SqlTalks
from core.domain.talks import PAYER, Line, Talk

_LOOKED_THROUGH = 100  # lines, of a talk and of the chat before it


Bring = Callable[[Talk, str, Outgoing, int], Awaitable[Delivery]]
"""Brings a message to who has taken a case, once under that name, in so many tries."""


class TalkMedia:
    """Brings photos and documents to a chat of staff, each once to who takes a case."""

    def __init__(self, *, talks: SqlTalks, screens: CaseScreens, bring: Bring) -> None:
        self._talks = talks
        self._screens = screens
        self._bring = bring

    async def show(self, talk: Talk) -> Sequence[Line]:
        """Show all that was sent lately; return what cannot be, of which staff hear."""
        lines = await self._talks.lines(talk, _LOOKED_THROUGH)
        sent = [line for line in lines if line.medium and line.who == PAYER]
        return [line for line in sent if not await self._is_shown(talk, line)]

    async def _is_shown(self, talk: Talk, line: Line) -> bool:
        name = f"medium:{line.id}:{talk.settled_by}"
        if talk.taken_in.startswith(TELEGRAM) and line.medium_ref:
            is_copied = line.conversation_id.startswith(TELEGRAM)
            tries = PUSH_TRIES if is_copied else REPLY_TRIES
            medium = self._screens.medium(talk, line)
            state = await self._bring(talk, f"{name}:0", medium, tries)
            if state not in {Delivery.REFUSED, Delivery.WAITING}:
                return True
        unseen = self._screens.unseen(talk, line)
        await self._bring(talk, f"{name}:1", unseen, PUSH_TRIES)
        return False
