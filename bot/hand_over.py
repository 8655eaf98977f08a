"""Brings what a payer and a person of support say to each other, once and in order.

Each line is kept before it is brought, and brought by a durable job; the jobs of a case
run one after the other in each direction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.asking_person import cannot_be_shown, passed_on, said_by_person
from bot.chat_lines import told
from bot.chat_store import ChatStore
from bot.chats import Answer, Chat
from bot.courier import PUSH_TRIES, REPLY_TRIES, Courier, Parcel
from bot.messages import BOLD_OFF, BOLD_ON, Incoming, Outgoing
from bot.pushes import queue_of
from bot.staff.case_screens import CaseScreens
from bot.talk_media import TalkMedia
from bot.words import words_in
from core import engine
from core.database.messages import Delivery, SqlMessages
from core.database.staff import SqlStaff
from core.database.talks import SqlTalks, TalkRule
from core.domain.staff import Role
from core.domain.talks import BOT, PAYER, Line, Talk, TalkFault, TalkStage, remind_at
from core.engine import Queue, Urgency
from core.ports import Clock

log = structlog.get_logger()

_PART = 1400  # what fits into one message on every network, with what stands before it
_SHOWN_LATER = {Delivery.UNREACHABLE, Delivery.WAITING, Delivery.SENDING}


@DBOS.dbos_class("HandOver")
class HandOver(DBOSConfiguredInstance):
    """Between payers and the people of support."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        talks: SqlTalks,
        screens: CaseScreens,
        staff: SqlStaff,
        chats: ChatStore,
        courier: Courier,
        messages: SqlMessages,
        support_chat: str,
        remind_after: timedelta,
        clock: Clock,
    ) -> None:
        """`support_chat` is a conversation like "tg:-100123", or empty for none."""
        super().__init__("hand_over")
        self._talks = talks
        self._media = TalkMedia(talks=talks, screens=screens, bring=self._to_taker)
        self._screens = screens
        self._staff = staff
        self._chats = chats
        self._courier = courier
        self._messages = messages
        self._support_chat = support_chat
        self._remind_after = remind_after
        self._clock = clock

    async def ask(self, conversation_id: str, merchant_order_no: str) -> Talk:
        """Open a payer's case and show it to staff; one that is open goes on."""
        talk = await self._talks.open(conversation_id, merchant_order_no)
        log.info("talk", number=talk.number, order=merchant_order_no)
        if talk.stage is TalkStage.WAITING:
            await self.show_to_staff(talk, f"{talk.opened_at:%Y%m%dT%H%M%S}")
        return talk

    async def heard(self, chat: Chat, incoming: Incoming, name: str) -> Answer | None:
        """Take what a payer says to a person; None when they talk to none."""
        if await self._talks.live(chat.conversation_id) is None:
            return None
        at = incoming.received_at
        line = Line(
            name=name,
            who=PAYER,
            text=told(incoming),
            at=at,
            medium=incoming.medium,
            medium_ref=incoming.medium_ref,
        )
        kept = await self._talks.hear(chat.conversation_id, line)
        if kept is None:  # it was closed in this very moment
            return None
        talk, line = kept
        if talk.stage is TalkStage.TAKEN:
            job = f"talk:{talk.number}:line:{line.id}"
            await engine.enqueue(
                Queue.INBOX, job, self.to_staff, line.id, partition=_staff_lane(talk)
            )
        return Answer(chat, passed_on(talk, words_in(chat.language)))

    async def tell(self, number: int, rule: TalkRule, line: Line) -> Talk | TalkFault:
        """Change a talk, and say to its payer what goes with that: once."""
        said = await self._talks.tell(number, rule, line)
        if isinstance(said, TalkFault):
            return said
        talk, kept = said
        job, lane = f"talk:{number}:said:{kept.id}", f"talk:{number}:payer"
        await engine.enqueue(Queue.INBOX, job, self.to_payer, kept.id, partition=lane)
        return talk

    async def show_to_staff(self, talk: Talk, occasion: str) -> None:
        """Show a case to all who can take it, once an occasion."""
        for chat in await self._audience(talk):
            name = f"talk:{talk.number}:{occasion}:{chat}"
            await engine.enqueue(
                queue_of(chat),
                name,
                self.show_case,
                talk.number,
                chat,
                name,
                urgency=Urgency.ANSWER,
            )

    async def show_media(self, talk: Talk) -> None:
        """Show who has just taken a case what its payer has sent besides words."""
        job, lane = f"talk:{talk.number}:media:{talk.settled_by}", _staff_lane(talk)
        await engine.enqueue(
            Queue.INBOX, job, self.media_to_staff, talk.number, partition=lane
        )

    async def tell_it_is_taken(self, talk: Talk, but: str) -> None:
        """Let the desk's own chat know who has a case that was taken elsewhere."""
        if self._support_chat not in {"", but}:
            name = f"talk:{talk.number}:taken:{talk.settled_by}"
            text = f"{talk.taken_by} has taken case {talk.number}."
            await engine.enqueue(
                queue_of(self._support_chat), name, self.note, text, name
            )

    async def show_held(self, conversation_id: str) -> None:
        """Show a payer who is back what support has said meanwhile, in its order."""
        for line in await self._talks.held(conversation_id):
            record = await self._messages.get(_name(line))
            if record:
                await self._messages.save(replace(record, state=Delivery.WAITING))
            if await self._show(line, REPLY_TRIES) in _SHOWN_LATER:
                return
            await self._talks.hold(line.id, is_held=False)

    async def look(self) -> None:
        """Remind staff of who waits for an answer; forget what was said long ago."""
        now = self._clock.now()
        for talk in await self._talks.all_live():
            due = remind_at(talk, self._remind_after)
            if talk.waits_since and due and now >= due:
                since = f"{talk.waits_since:%Y%m%dT%H%M%S}"
                await self.show_to_staff(talk, f"{since}-{talk.reminders}")
                await self._talks.change(talk.number, _reminded)
        await self._talks.forget()

    @engine.job("talk_case")
    async def show_case(self, number: int, chat: str, name: str) -> None:
        """Show a case in a chat of staff."""
        talk = await self._talks.get(number)
        if talk is None or not talk.is_live:
            return
        message = await self._screens.talk(talk)
        await self._courier.deliver(
            Parcel(
                id=f"{name}:0",
                conversation_id=chat,
                message=message,
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )

    @engine.job("talk_note")
    async def note(self, text: str, name: str) -> None:
        """Say something in the desk's own chat."""
        await self._courier.deliver(
            Parcel(
                id=f"{name}:0",
                conversation_id=self._support_chat,
                message=Outgoing(text),
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )

    @engine.job("talk_to_staff")
    async def to_staff(self, line_id: int) -> None:
        """Bring what the payer has said to who has taken the case."""
        line = await self._talks.line(line_id)
        talk = await self._talks.get(line.case_number or 0)
        if talk is None or talk.stage is not TalkStage.TAKEN:
            return
        if line.medium:
            await self._bring_media(talk)
            return
        text = line.text.replace(BOLD_ON, "").replace(BOLD_OFF, "")
        parts = [text[i : i + _PART] for i in range(0, len(text), _PART)]
        for index, part in enumerate(parts):
            message = self._screens.said(talk, part)
            await self._to_taker(talk, f"line:{line_id}:{index}", message)

    @engine.job("talk_media")
    async def media_to_staff(self, number: int) -> None:
        """Bring who has taken a case what its payer has sent besides words."""
        talk = await self._talks.get(number)
        if talk and talk.stage is TalkStage.TAKEN:
            await self._bring_media(talk)

    async def _bring_media(self, talk: Talk) -> None:
        """Bring it, each once; a payer whose photo cannot be shown hears so."""
        for line in await self._media.show(talk):
            chat = await self._chats.chat(line.conversation_id)
            says = Line(
                name=f"{line.name}:unseen",
                who=BOT,
                text=cannot_be_shown(words_in(chat.language)),
                at=self._clock.now(),
            )
            await self.tell(talk.number, _while_live, says)

    @engine.job("talk_to_payer")
    async def to_payer(self, line_id: int) -> None:
        """Bring what support has said; what cannot be brought waits, and staff hear."""
        line = await self._talks.line(line_id)
        state = await self._show(line, PUSH_TRIES)
        if state is Delivery.SENT:
            return
        if state in _SHOWN_LATER:
            await self._talks.hold(line_id, is_held=True)
        talk = await self._talks.get(line.case_number or 0)
        if talk and talk.taken_in and line.who != BOT:
            message = self._screens.not_brought(talk, state)
            await self._to_taker(talk, f"held:{line_id}:0", message)

    async def _show(self, line: Line, tries: int) -> Delivery:
        text = line.text
        if line.who != BOT:
            chat = await self._chats.chat(line.conversation_id)
            text = said_by_person(text, words_in(chat.language))
        return await self._courier.deliver(
            Parcel(
                id=_name(line),
                conversation_id=line.conversation_id,
                message=Outgoing(text),
                tries=tries,
            )
        )

    async def _to_taker(
        self, talk: Talk, name: str, message: Outgoing, tries: int = PUSH_TRIES
    ) -> Delivery:
        return await self._courier.deliver(
            Parcel(
                id=f"talk:{talk.number}:{name}",
                conversation_id=talk.taken_in,
                message=message,
                tries=tries,
            )
        )

    async def _audience(self, talk: Talk) -> Sequence[str]:
        """Return who is shown a case: who has taken it, else all who can."""
        if talk.taken_in:
            return [talk.taken_in]
        chats = [self._support_chat]
        for member in await self._staff.all():
            own = await self._staff.chats_of(member.name)
            if member.role.includes(Role.AGENT) and talk.conversation_id not in own:
                chats.append(await self._staff.chat_of(member))
        return [chat for chat in dict.fromkeys(chats) if chat]


def case_replied_to(message_id: str) -> int | None:
    """Return the case that a message in a chat of staff is about; None for none."""
    parts = message_id.split(":")
    is_for_staff = parts[0] == "talk" and parts[2:3] != ["said"]
    return int(parts[1]) if is_for_staff and parts[1].isdecimal() else None


def _while_live(talk: Talk) -> Talk | TalkFault:
    return talk if talk.is_live else TalkFault.CLOSED


def _staff_lane(talk: Talk) -> str:
    return f"talk:{talk.number}:staff"


def _reminded(talk: Talk) -> Talk:
    return replace(talk, reminders=talk.reminders + 1)


def _name(line: Line) -> str:
    return f"talk:{line.case_number}:said:{line.id}:0"
