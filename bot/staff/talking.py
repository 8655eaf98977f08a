"""Talking to a payer: a case is taken by one person, answered, given back, closed."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.asking_person import person_is_here, person_left, talk_is_over
from bot.chat_lines import keepable
from bot.chat_store import ChatStore
from bot.hand_over import HandOver
from bot.messages import BOLD_OFF, BOLD_ON, Outgoing
from bot.staff.case_book import CaseBook, behind_number
from bot.staff.case_screens import CaseScreens
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import clean
from bot.words import Words, words_in
from core.database.talks import SqlTalks, TalkRule
from core.domain.cases import Case
from core.domain.staff import Role
from core.domain.talks import (
    BOT,
    Line,
    Talk,
    TalkFault,
    answered,
    closed,
    left,
    taken,
)
from core.ports import Clock

_LONGEST_SAID = 1000
_CONTROLS = dict.fromkeys(
    [ord(BOLD_ON), ord(BOLD_OFF), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


class Talking:
    """What the people of support do in talks; each step is seen by the payer, once."""

    def __init__(
        self,
        *,
        book: CaseBook,
        talks: SqlTalks,
        hand_over: HandOver,
        screens: CaseScreens,
        chats: ChatStore,
        clock: Clock,
    ) -> None:
        self._book = book
        self._talks = talks
        self._hand_over = hand_over
        self._screens = screens
        self._chats = chats
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands of a talk."""
        return (
            StaffCommand(
                name="take",
                least=Role.AGENT,
                usage=" C: talk to the payer of a case",
                run=self._take,
            ),
            StaffCommand(
                name="answer",
                least=Role.AGENT,
                usage=" C text: write to the payer of a case that you have taken; or "
                "reply to a message of the case",
                run=self._answer,
            ),
            StaffCommand(
                name="release",
                least=Role.AGENT,
                usage=" C: give a case back, for somebody else to take",
                run=self._release,
            ),
        )

    async def close(self, asked: Asked, case: Case) -> Sequence[Outgoing]:
        """End a talk."""
        rule = partial(closed, by=asked.member, message=asked.update_id)
        after = await self._move(asked, case, rule, talk_is_over)
        if isinstance(after, Outgoing):
            return (after,)
        reason = behind_number(asked)
        await self._book.write_down(asked, case, "close", {"case": "closed"}, reason)
        return (await self._screens.talk(after, "Closed; the payer is told."),)

    async def _take(self, asked: Asked) -> Sequence[Outgoing]:
        case = await self._book.others(asked)
        if isinstance(case, Outgoing):
            return (case,)
        rule = partial(
            taken, by=asked.member, chat=asked.conversation_id, message=asked.update_id
        )
        after = await self._move(asked, case, rule, person_is_here)
        if isinstance(after, Outgoing):
            return (after,)
        await self._book.write_down(asked, case, "take", {"case": "taken"})
        await self._hand_over.tell_it_is_taken(after, asked.conversation_id)
        await self._hand_over.show_media(after)
        note = "It is yours; the payer is told that a person is here."
        return (await self._screens.talk(after, note),)

    async def _release(self, asked: Asked) -> Sequence[Outgoing]:
        case = await self._book.others(asked)
        if isinstance(case, Outgoing):
            return (case,)
        now = self._clock.now()
        rule = partial(left, by=asked.member, message=asked.update_id, now=now)
        after = await self._move(asked, case, rule, person_left)
        if isinstance(after, Outgoing):
            return (after,)
        await self._book.write_down(asked, case, "release", {"case": "waiting"})
        await self._hand_over.show_to_staff(after, f"back-{now:%Y%m%dT%H%M%S}")
        return (Outgoing(f"Case {case.number} waits for somebody else."),)

    async def _answer(self, asked: Asked) -> Sequence[Outgoing]:
        case = await self._book.others(asked)
        if isinstance(case, Outgoing):
            return (case,)
        text = keepable(behind_number(asked).translate(_CONTROLS).strip())
        if not text or len(text) > _LONGEST_SAID:
            how = f"Type /answer C and 1 to {_LONGEST_SAID} letters of text."
            return (Outgoing(how),)
        line = Line(
            name=asked.update_id,
            who=asked.member.name,
            text=text,
            at=self._clock.now(),
        )
        rule = partial(answered, by=asked.member)
        talk = await self._hand_over.tell(case.number, rule, line)
        if isinstance(talk, TalkFault):
            return (await self._fault(talk, case),)
        await self._book.write_down(asked, case, "answer", {"said": text})
        return (Outgoing(f"Case {case.number}: on its way to the payer."),)

    async def _move(
        self,
        asked: Asked,
        case: Case,
        rule: TalkRule,
        news: Callable[[Talk, Words], str],
    ) -> Talk | Outgoing:
        """Bring a talk into another stage, and let its payer see that."""
        before = await self._talks.get(case.number)
        if before is None:
            return await self._fault(TalkFault.UNKNOWN, case)
        chat = await self._chats.chat(before.conversation_id)
        line = Line(
            name=f"{asked.update_id}:news",
            who=BOT,
            text=news(before, words_in(chat.language)),
            at=self._clock.now(),
        )
        after = await self._hand_over.tell(case.number, rule, line)
        if isinstance(after, TalkFault):
            return await self._fault(after, case)
        return after

    async def _fault(self, fault: TalkFault, case: Case) -> Outgoing:
        number = case.number
        talk = await self._talks.get(number)
        who = clean(talk.taken_by) if talk else ""
        says = {
            TalkFault.UNKNOWN: f"In case {number} there is no payer to talk to.",
            TalkFault.ELSEWHERE: f"{who} has taken case {number}. Nothing was done.",
            TalkFault.YOURS: f"You have taken case {number} already.",
            TalkFault.NOT_TAKEN: f"Nobody has taken case {number}.",
            TalkFault.CLOSED: f"Case {number} is closed. Nothing was done.",
        }
        take = staff_button("take", "Take", str(number))
        return Outgoing(says[fault], ((take,),) if fault is TalkFault.NOT_TAKEN else ())
