"""Takes what people send on WhatsApp, once and in order, and answers it."""

import structlog
from dbos import DBOS, DBOSConfiguredInstance
from pydantic import TypeAdapter

from bot.answering import Answering
from bot.apologies import Apologies
from bot.channel import Channel
from bot.menus import chosen
from bot.messages import Incoming
from bot.whatsapp_forms import Form, message_sid, read, sender_of
from core import engine
from core.database.whatsapp import SqlContacts
from core.ports import Clock

log = structlog.get_logger()

_INCOMING = TypeAdapter(Incoming)


@DBOS.dbos_class("WhatsAppInbox")
class WhatsAppInbox(DBOSConfiguredInstance):
    """One job per message: durable before it is accepted, in order in its chat."""

    def __init__(
        self,
        *,
        answering: Answering,
        channel: Channel,
        contacts: SqlContacts,
        clock: Clock,
    ) -> None:
        super().__init__("whatsapp-inbox")
        self._answering = answering
        self._contacts = contacts
        self._clock = clock
        self._apologies = Apologies(channel, clock)

    async def accept(self, form: Form) -> None:
        """Keep a message until it is answered; the same one again changes nothing.

        Nobody can be owned up to while the contacts cannot be read.
        """
        sid, (phone, user_id) = message_sid(form), sender_of(form)
        if not sid or not (phone or user_id):
            log.info("form_not_for_us", sid=sid)
            return
        conversation_id = await self._contacts.heard(phone, user_id)
        incoming = read(form, conversation_id, self._clock.now())
        with self._apologies.if_it_fails(incoming, _number(incoming)):
            await engine.enqueue(
                engine.Queue.INBOX,
                f"wa:{sid}",
                self.receive,
                f"wa:{sid}",
                _INCOMING.dump_json(incoming).decode(),
                partition=conversation_id,
            )

    @engine.job("receive-whatsapp")
    async def receive(self, job_id: str, said: str) -> None:
        """Answer one message; before that, show what the person has missed."""
        incoming = _INCOMING.validate_json(said)
        with self._apologies.if_it_fails(incoming, _number(incoming)):
            await self._answering.show_held(incoming.conversation_id)
            parcels = await self._answering.parcels(await self._meant(incoming), job_id)
            await self._answering.deliver(parcels)

    async def _meant(self, incoming: Incoming) -> Incoming:
        """Read a number as the choice that it names on the screen."""
        contact = await self._contacts.get(incoming.conversation_id)
        return chosen(incoming, contact.menu if contact else ())


def _number(incoming: Incoming) -> int:
    """Return the message's second as its number: none is brought again for long."""
    return int(incoming.received_at.timestamp())
