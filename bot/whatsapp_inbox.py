"""Takes what people send on WhatsApp, once and in order, and answers it."""

import json
from dataclasses import replace

import structlog
from dbos import DBOS, DBOSConfiguredInstance
from pydantic import TypeAdapter

from bot.answering import Answering
from bot.menus import chosen
from bot.messages import Incoming
from bot.whatsapp_forms import Form, language_of, message_sid, said, sender_of
from core import engine
from core.database.whatsapp import SqlContacts
from core.ports import Clock

log = structlog.get_logger()

_INCOMING = TypeAdapter(Incoming)


@DBOS.dbos_class("WhatsAppInbox")
class WhatsAppInbox(DBOSConfiguredInstance):
    """One job per message: durable before it is accepted, in order in its chat."""

    def __init__(
        self, *, answering: Answering, contacts: SqlContacts, clock: Clock
    ) -> None:
        super().__init__("whatsapp-inbox")
        self._answering = answering
        self._contacts = contacts
        self._clock = clock

    async def accept(self, form: Form) -> None:
        """Keep a message until it is answered; the same one again changes nothing."""
        sid, (phone, user_id) = message_sid(form), sender_of(form)
        if not sid or not (phone or user_id):
            log.info("form_not_for_us", sid=sid)
            return
        conversation_id = await self._contacts.heard(phone, user_id)
        await engine.enqueue(
            engine.Queue.INBOX,
            f"wa:{sid}",
            self.receive,
            f"wa:{sid}",
            conversation_id,
            json.dumps(said(form)),
            partition=conversation_id,
        )

    @engine.job("receive-whatsapp")
    async def receive(self, job_id: str, conversation_id: str, what: str) -> None:
        """Answer one message; before that, show what the person has missed."""
        await self._answering.show_held(conversation_id)
        incoming = await self._incoming(conversation_id, what)
        await self._answering.deliver(await self._answering.parcels(incoming, job_id))

    async def _incoming(self, conversation_id: str, what: str) -> Incoming:
        incoming = _INCOMING.validate_python(
            {
                "conversation_id": conversation_id,
                "received_at": self._clock.now(),
                **json.loads(what),
            }
        )
        contact = await self._contacts.get(conversation_id)
        guessed = replace(incoming, language=language_of(incoming))
        return chosen(guessed, contact.menu if contact else ())
