"""Takes what people send on WhatsApp, once and in order, and answers it.

Whose conversation it is stands in the database, which may be away when a message comes:
until it is looked up, the sender's address stands for it.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.answering import Answering
from bot.apologies import Apologies, Say
from bot.courier import Parcel
from bot.menus import chosen
from bot.messages import Incoming
from bot.whatsapp_choices import part_asked
from bot.whatsapp_forms import ADDRESS, Form, message_sid, read, sender_of
from bot.whatsapp_text import rows_of
from core import engine
from core.database.menus import Menu
from core.database.messages import Record
from core.database.whatsapp import Contact, SqlContacts
from core.ports import Clock

log = structlog.get_logger()

_CLOCKS_DIFFER = timedelta(seconds=10)


@DBOS.dbos_class("WhatsAppInbox")
class WhatsAppInbox(DBOSConfiguredInstance):
    """One job per message: durable before it is accepted, in order in its chat."""

    def __init__(
        self,
        *,
        answering: Answering,
        say: Say,
        contacts: SqlContacts,
        clock: Clock,
    ) -> None:
        """`say` reaches a sender by address, whatever the database is up to."""
        super().__init__("whatsapp-inbox")
        self._answering = answering
        self._contacts = contacts
        self._clock = clock
        self._apologies = Apologies(say, clock)

    async def accept(self, form: Form) -> None:
        """Keep a message until it is answered; the same one again changes nothing."""
        await self.take(form, self._clock.now())

    async def take(self, form: Form, written_at: datetime) -> bool:
        """Accept a message of that time; false if it is no new one."""
        sid = message_sid(form)
        if not sid or not _sender(form):
            log.info("form_not_for_us", sid=sid)
            return False
        incoming = _incoming(form, written_at)
        with self._apologies.if_it_fails(incoming, _number(incoming)):
            return await engine.enqueue(
                engine.Queue.INBOX,
                job_of(sid),
                self.receive,
                json.dumps(dict(form)),
                written_at.isoformat(),
                partition=_lane(form),
            )

    @engine.job("receive-whatsapp")
    async def receive(self, form: str, written_at: str) -> None:
        """Answer one message; before that, show what the person has missed."""
        said: Form = json.loads(form)
        incoming = _incoming(said, datetime.fromisoformat(written_at))
        with self._apologies.if_it_fails(incoming, _number(incoming)):
            conversation_id = await self._contacts.heard(
                *sender_of(said), incoming.received_at
            )
            incoming = replace(incoming, conversation_id=conversation_id)
            menu = await self._menu(incoming)
            job_id = job_of(message_sid(said))
            await self._answering.show_held(conversation_id, job_id)
            parcels = await self._parcels(incoming, menu, job_id)
            await self._answering.deliver(parcels)

    async def bring_again(self, failed: Record) -> None:
        """Bring an answer again, unless the chat has had another since.

        It waits in a row of its own: what the person says meanwhile does not.
        """
        await engine.enqueue(
            engine.Queue.INBOX,
            f"{failed.id}:again:{failed.failures}",
            self.answer_again,
            failed.conversation_id,
            failed.id.rpartition(":")[0],
            partition=failed.conversation_id,
        )

    @engine.job("answer-again-whatsapp")
    async def answer_again(self, conversation_id: str, job_id: str) -> None:
        """Bring what of an answer did not arrive."""
        parcels = await self._answering.given(conversation_id, job_id)
        await self._answering.deliver(parcels)

    async def _menu(self, incoming: Incoming) -> Menu:
        """Return the choices that were on the screen.

        Who has written again since has another screen by now.
        """
        contact = await self._contacts.get(incoming.conversation_id)
        if contact is None or _has_moved_on(contact, incoming):
            return Menu()
        return contact.menu

    async def _parcels(
        self, incoming: Incoming, menu: Menu, job_id: str
    ) -> list[Parcel]:
        """Find the answer; to who asks for more choices, those are it."""
        meant = chosen(incoming, menu)
        if part := part_asked(meant.choice_id, menu.all):
            rows = rows_of(menu.all)
            return await self._answering.further(meant, job_id, rows, part)
        return await self._answering.parcels(meant, job_id)


def job_of(sid: str) -> str:
    """Name the job that answers Twilio's message of this sid."""
    return f"wa:{sid}"


def is_answer(message_id: str) -> bool:
    """Tell whether a message of ours answers what somebody has sent."""
    return message_id.startswith(job_of(""))


def _incoming(form: Form, written_at: datetime) -> Incoming:
    return read(form, f"{ADDRESS}{_sender(form)}", written_at)


def _sender(form: Form) -> str:
    phone, user_id = sender_of(form)
    return phone or user_id


def _has_moved_on(contact: Contact, incoming: Incoming) -> bool:
    heard_at = contact.heard_at or incoming.received_at
    return heard_at - incoming.received_at > _CLOCKS_DIFFER


def _number(incoming: Incoming) -> int:
    """Return the message's second as its number: none is brought again for long."""
    return int(incoming.received_at.timestamp())


def _lane(form: Form) -> str:
    """Name the row in which a sender's messages wait, without telling who it is."""
    return sha256(_sender(form).encode()).hexdigest()
