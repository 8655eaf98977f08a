"""Takes what people send, once and in order, and answers it."""

import asyncio
import json
from typing import Any

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.apologies import Apologies
from bot.channel import SendError
from bot.chat_store import ChatStore
from bot.chats import Answer
from bot.conversation import Conversation
from bot.courier import REPLY_TRIES, Courier, Parcel
from bot.guidance import trouble
from bot.messages import Incoming, Outgoing
from bot.outbox import Outbox
from bot.telegram_channel import TelegramChannel
from bot.telegram_updates import Json, Received, conversation_of, read, update_id
from bot.words import words_in
from core import engine
from core.database.engine import AWAY
from core.ports import Clock

log = structlog.get_logger()


@DBOS.dbos_class("Inbox")
class Inbox(DBOSConfiguredInstance):
    """One job per update: durable before it is accepted, in order in its chat."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        bot_id: int,
        conversation: Conversation,
        chats: ChatStore,
        courier: Courier,
        outbox: Outbox,
        telegram: TelegramChannel,
        clock: Clock,
    ) -> None:
        super().__init__("inbox")
        self._bot_id = bot_id
        self._conversation = conversation
        self._chats = chats
        self._courier = courier
        self._outbox = outbox
        self._telegram = telegram
        self._clock = clock
        self._apologies = Apologies(telegram, clock)

    async def accept(self, update: dict[str, Any]) -> None:
        """Keep an update until it is answered; the same one again changes nothing."""
        number, conversation_id = update_id(update), conversation_of(update)
        if number is None or conversation_id is None:
            log.info("update_not_for_us", update_id=number)
            return
        with self._apologies.if_it_fails(update):
            await engine.enqueue(
                engine.Queue.INBOX,
                f"tg:{self._bot_id}:{number}",
                self.receive,
                json.dumps(update),
                partition=conversation_id,
            )

    @engine.job("receive")
    async def receive(self, update: str) -> None:
        """Answer one update; before that, show what the person has missed."""
        raw = json.loads(update)
        with self._apologies.if_it_fails(raw):
            if conversation_id := conversation_of(raw):
                await self._outbox.show_held(conversation_id)
            for parcel in await self._converse(raw):
                await self._courier.deliver(parcel)
                if parcel.message.card:
                    await self._outbox.follow_code(parcel)

    async def _converse(self, raw: Json) -> list[Parcel]:
        """Find the answer, or the answer already found, and stop the spinner."""
        received = read(raw, self._clock.now())
        if received is None:
            return []
        job_id = f"tg:{self._bot_id}:{update_id(raw)}"
        answer, _ = await asyncio.gather(
            self._answer(received.incoming, job_id), self._acknowledge(received)
        )
        return [
            Parcel(
                id=f"{job_id}:{index}",
                conversation_id=received.incoming.conversation_id,
                message=message,
                tries=REPLY_TRIES,
                merchant_order_no=message.card.merchant_order_no
                if message.card
                else "",
            )
            for index, message in enumerate(answer)
        ]

    async def _answer(self, incoming: Incoming, job_id: str) -> tuple[Outgoing, ...]:
        chat, answer = await self._chats.answered(incoming.conversation_id, job_id)
        if answer is not None:
            return answer
        try:
            answered = await self._conversation.answer(chat, incoming)
        except AWAY:
            raise  # the job runs again when the database is back
        except Exception:
            log.exception("conversation_failed", update=job_id)
            answered = Answer(chat, (trouble(words_in(chat.language)),))
        await self._chats.save(answered.chat, job_id, answered.messages)
        return answered.messages

    async def _acknowledge(self, received: Received) -> None:
        if not received.callback_query_id:
            return
        try:
            await self._telegram.acknowledge(received.callback_query_id)
        except SendError as error:
            log.info("tap_not_acknowledged", why=error.why)
