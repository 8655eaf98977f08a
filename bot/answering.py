"""Finds the answer to what somebody sent, once, and brings it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.asking_person import is_for_a_person
from bot.chat_lines import said
from bot.chat_store import ChatStore
from bot.chats import Answer, Chat
from bot.conversation import Conversation
from bot.courier import REPLY_TRIES, Courier, Parcel
from bot.guidance import trouble
from bot.hand_over import HandOver
from bot.messages import Incoming, Outgoing, Rows
from bot.missed import Missed
from bot.outbox import Outbox
from bot.staff.desk import StaffDesk
from bot.words import words_in
from core.database.engine import AWAY

log = structlog.get_logger()


class Answering:
    """What every inbox does with what came in, whichever network it came by."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        conversation: Conversation,
        staff: StaffDesk,
        chats: ChatStore,
        courier: Courier,
        outbox: Outbox,
        hand_over: HandOver,
        missed: Missed,
    ) -> None:
        self._conversation = conversation
        self._staff = staff
        self._chats = chats
        self._courier = courier
        self._outbox = outbox
        self._hand_over = hand_over
        self._missed = missed

    async def show_held(self, conversation_id: str, job_id: str) -> None:
        """Show a chat that is back what may not have reached it."""
        await self._outbox.show_held(conversation_id)
        await self._hand_over.show_held(conversation_id)
        await self._missed.show(conversation_id, job_id)

    async def refusal(self, incoming: Incoming) -> str:
        """Say why nothing comes of a tap in a group, to who tapped; empty for no one.

        The group itself is told nothing of it.
        """
        return await self._staff.refusal(incoming)

    async def parcels(self, incoming: Incoming, job_id: str) -> list[Parcel]:
        """Find the answer, or the answer already found."""
        answer = await self._answer(incoming, job_id)
        return _parcels(incoming.conversation_id, job_id, answer)

    async def given(self, conversation_id: str, job_id: str) -> list[Parcel]:
        """Return the answer that was found; nothing when the chat has had another.

        Until it is sent the chat may have one, and a code in it may have been paid.
        """
        _, answer = await self._chats.answered(conversation_id, job_id)
        return [
            replace(parcel, is_true=partial(self._is_newest, parcel, job_id))
            for parcel in _parcels(conversation_id, job_id, answer or ())
        ]

    async def _is_newest(self, parcel: Parcel, job_id: str) -> bool:
        _, answer = await self._chats.answered(parcel.conversation_id, job_id)
        if answer is None:
            return False
        return not parcel.message.card or await self._outbox.shows_newest(parcel)

    async def further(
        self, incoming: Incoming, job_id: str, choices: Rows, part: int
    ) -> list[Parcel]:
        """Answer with another part of the choices that are on the screen."""
        chat = await self._chats.chat(incoming.conversation_id)
        text = words_in(chat.language).say("More to choose from:")
        message = Outgoing(text, choices, part=part)
        return _parcels(chat.conversation_id, job_id, (message,))

    async def deliver(self, parcels: Sequence[Parcel]) -> None:
        """Bring an answer, message by message."""
        for parcel in parcels:
            await self._courier.deliver(parcel)
            if parcel.message.card:
                await self._outbox.follow_code(parcel)

    async def _answer(self, incoming: Incoming, job_id: str) -> tuple[Outgoing, ...]:
        chat, answer = await self._chats.answered(incoming.conversation_id, job_id)
        if answer is not None:
            return answer
        try:
            answered = await self._answer_of(chat, incoming, job_id)
        except AWAY:
            raise  # the job runs again when the database is back
        except Exception:
            log.exception("conversation_failed", update=job_id)
            answered = Answer(chat, (trouble(words_in(chat.language)),))
        await self._chats.save(answered.chat, job_id, answered.messages, answered.lines)
        return answered.messages

    async def _answer_of(self, chat: Chat, incoming: Incoming, job_id: str) -> Answer:
        """Let staff be answered by their desk; in a group, nobody else is."""
        for_staff = await self._staff.answer(incoming, job_id)
        if for_staff is not None:
            return Answer(chat, for_staff)
        if incoming.sender:
            return Answer(chat)
        if is_for_a_person(chat, incoming):
            answer = await self._hand_over.heard(chat, incoming, job_id)
            if answer is not None:
                return answer
        answer = await self._conversation.answer(chat, incoming)
        return replace(answer, lines=said(incoming, answer, job_id))


def _parcels(
    conversation_id: str, job_id: str, answer: Sequence[Outgoing]
) -> list[Parcel]:
    return [
        Parcel(
            id=f"{job_id}:{index}",
            conversation_id=conversation_id,
            message=message,
            tries=REPLY_TRIES,
            merchant_order_no=message.card.merchant_order_no if message.card else "",
        )
        for index, message in enumerate(answer)
    ]
