"""Takes what people send on Telegram, once and in order, and answers it."""

import asyncio
import json
from contextlib import AbstractContextManager
from typing import Any

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.answering import Answering
from bot.apologies import Apologies
from bot.channel import SendError
from bot.courier import Parcel
from bot.telegram_channel import TelegramChannel
from bot.telegram_updates import (
    Received,
    conversation_of,
    group_of,
    read,
    update_id,
)
from core import engine
from core.ports import Clock

log = structlog.get_logger()


@DBOS.dbos_class("Inbox")
class Inbox(DBOSConfiguredInstance):
    """One job per update: durable before it is accepted, in order in its chat."""

    def __init__(
        self,
        *,
        bot_id: int,
        answering: Answering,
        telegram: TelegramChannel,
        clock: Clock,
        staff_group: str = "",
    ) -> None:
        """`staff_group` is the one group that is answered, like "tg:-100123"."""
        super().__init__("inbox")
        self._bot_id = bot_id
        self._answering = answering
        self._telegram = telegram
        self._staff_group = staff_group
        self._clock = clock
        self._apologies = Apologies(telegram.send, clock)

    async def accept(self, update: dict[str, Any]) -> None:
        """Keep an update until it is answered; the same one again changes nothing."""
        number = update_id(update)
        conversation_id = conversation_of(update, self._staff_group)
        if number is None or conversation_id is None:
            log.info("update_not_for_us", update_id=number, group=group_of(update))
            return
        with self._owning_up(self._read(update), number):
            await engine.enqueue(
                engine.Queue.INBOX,
                self._name(number),
                self.receive,
                json.dumps(update),
                partition=conversation_id,
            )

    @engine.job("receive")
    async def receive(self, update: str) -> None:
        """Answer one update; before that, show what the person has missed."""
        raw = json.loads(update)
        received, number = self._read(raw), update_id(raw) or 0
        with self._owning_up(received, number):
            if conversation_id := conversation_of(raw, self._staff_group):
                await self._answering.show_held(conversation_id, self._name(number))
            if received:
                await self._answering.deliver(await self._parcels(received, number))

    def _read(self, update: dict[str, Any]) -> Received | None:
        return read(update, self._clock.now(), self._staff_group)

    def _owning_up(
        self, received: Received | None, number: int
    ) -> AbstractContextManager[None]:
        incoming = received.incoming if received else None
        return self._apologies.if_it_fails(incoming, number)

    async def _parcels(self, received: Received, number: int) -> list[Parcel]:
        """Find the answer, and stop the spinner."""
        parcels, _ = await asyncio.gather(
            self._answering.parcels(received.incoming, self._name(number)),
            self._acknowledge(received),
        )
        return parcels

    def _name(self, number: int) -> str:
        return f"tg:{self._bot_id}:{number}"

    async def _acknowledge(self, received: Received) -> None:
        if not received.callback_query_id:
            return
        refusal = await self._answering.refusal(received.incoming)
        try:
            await self._telegram.acknowledge(received.callback_query_id, refusal)
        except SendError as error:
            log.info("tap_not_acknowledged", why=error.why)
