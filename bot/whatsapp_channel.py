"""Sends through Twilio to WhatsApp: our messages in, its errors out, sorted.

Every request is made once; what is tried again is decided by the courier. That Twilio
has taken a message does not mean that it arrived: bot.whatsapp_progress hears of that.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from twilio.rest import Client

from bot.channel import Refused, Unreachable
from bot.chat_store import ChatStore
from bot.links import page_address, with_addresses
from bot.messages import InShort, Outgoing, Place
from bot.twilio_client import FAILURES, twilio_errors
from bot.whatsapp_forms import ADDRESS
from bot.whatsapp_templates import wordings_of
from bot.whatsapp_text import as_text, marked, menu_of
from bot.words import words_in
from core.database.whatsapp import Contact, SqlContacts, SqlTemplates
from core.ports import Clock, Orders

log = structlog.get_logger()

APPROVED: Final = "approved"
_WINDOW = timedelta(hours=23, minutes=50)  # Meta's day, less a margin
_GAP = timedelta(seconds=1)
_CLOCKS_DIFFER = timedelta(seconds=5)
_MOST_LISTED = 200


class WhatsAppChannel:
    """The Channel of WhatsApp's chats, as Twilio brings them."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        client: Client,
        *,
        sender: str,
        public_url: str,
        contacts: SqlContacts,
        templates: SqlTemplates,
        orders: Orders,
        chats: ChatStore,
        clock: Clock,
        in_doubt_s: float,
    ) -> None:
        """`sender` is our own number. `in_doubt_s`: see twilio_errors."""
        self._client = client
        self._sender = sender
        self._public_url = public_url
        self._contacts = contacts
        self._templates = templates
        self._orders = orders
        self._chats = chats
        self._clock = clock
        self._in_doubt_s = in_doubt_s

    def gap(self, _conversation_id: str) -> timedelta:
        """Tell how far apart messages to a person should be."""
        return _GAP

    async def send(
        self, conversation_id: str, message: Outgoing, message_id: str
    ) -> str:
        """Send a message; return Twilio's sid of it. Raises SendError."""
        contact = await self._contact(conversation_id)
        is_open = self._is_open(contact)
        content = await self._freely(contact, message) if is_open else {}
        if not is_open:
            content = await self._as_prepared(message.in_short)
        async with twilio_errors(self._in_doubt_s):
            sent = await self._client.messages.create_async(
                to=address_of(contact),
                from_=f"{ADDRESS}{self._sender}",
                status_callback=self._callback(message_id),
                **content,
            )
        menu = menu_of(message.choices)
        if is_open and menu:
            await self._contacts.show_menu(conversation_id, menu)
        return str(sent.sid)

    async def find(
        self, conversation_id: str, message: Outgoing, since: datetime
    ) -> str | None:
        """Look the message up in Twilio's list. Raises SendError.

        What Twilio took and could not bring was not sent.
        """
        contact = await self._contact(conversation_id)
        bodies = await self._bodies(contact, message)
        async with twilio_errors(self._in_doubt_s):
            listed = await self._client.messages.list_async(
                to=address_of(contact), date_sent_after=since, limit=_MOST_LISTED
            )
        for each in listed:
            made_at = each.date_created
            is_late_enough = made_at and made_at >= since - _CLOCKS_DIFFER
            is_lost = each.status in FAILURES
            if is_late_enough and each.body in bodies and not is_lost:
                return str(each.sid)
        return None

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        """Leave it: nobody can change a message on WhatsApp.

        The order's page shows how things stand, and what happens is said anew.
        """

    async def _contact(self, conversation_id: str) -> Contact:
        contact = await self._contacts.get(conversation_id)
        if contact is None:
            raise Refused("nobody has that conversation")
        return contact

    def _is_open(self, contact: Contact) -> bool:
        """Tell whether Meta lets us say what we like."""
        heard_at = contact.heard_at
        return heard_at is not None and self._clock.now() - heard_at < _WINDOW

    async def _freely(self, contact: Contact, message: Outgoing) -> dict[str, Any]:
        if message.place:
            return _pin(message.place)
        text = as_text(with_addresses(message, self._public_url))
        if message.ask_location:
            text = f"{text}\n\n{await self._how_to_share(contact)}"
        media = await self._media(message)
        return {"body": text} | ({"media_url": [media]} if media else {})

    async def _bodies(self, contact: Contact, message: Outgoing) -> Sequence[str]:
        """Return each text that the message may have been sent with."""
        freely = await self._freely(contact, message)
        if message.in_short is None:
            return [freely["body"]]
        values = _filling(message.in_short.values)
        prepared = wordings_of(message.in_short)
        return [freely["body"], *(wording.filled(values) for wording in prepared)]

    async def _how_to_share(self, contact: Contact) -> str:
        chat = await self._chats.chat(contact.conversation_id)
        return words_in(chat.language).say(
            "To share where you are: tap the clip or +, then Location, then "
            "Send your current location. Or type your area."
        )

    async def _media(self, message: Outgoing) -> str:
        """Give the address where Twilio fetches the picture; empty for none."""
        if message.card:
            return await self._on_page(message.card.merchant_order_no, "code.png")
        if message.receipt:
            name = "png" if message.receipt.form == "picture" else "pdf"
            number = message.receipt.merchant_order_no
            return await self._on_page(number, f"receipt.{name}")
        return ""

    async def _on_page(self, merchant_order_no: str, file: str) -> str:
        order = await self._orders.get(merchant_order_no)
        if not order.page_token:
            return ""
        return f"{page_address(self._public_url, order.page_token)}/{file}"

    async def _as_prepared(self, in_short: InShort | None) -> dict[str, Any]:
        """Say it in a sentence that Meta has approved. Raises Unreachable."""
        if in_short:
            known = await self._templates.all()
            for wording in wordings_of(in_short):
                template = known.get(wording.name)
                if template and template.approval == APPROVED:
                    return {
                        "content_sid": template.sid,
                        "content_variables": _variables(in_short.values),
                    }
            log.error("no_approved_template", prepared=str(in_short.prepared))
        raise Unreachable("not written to us for a day")

    def _callback(self, message_id: str) -> str:
        return f"{self._public_url}/twilio/status?{urlencode({'m': message_id})}"


def address_of(contact: Contact) -> str:
    """Return where Twilio finds a person: by phone where known, else by user id."""
    return f"{ADDRESS}{contact.phone or contact.user_id}"


def _pin(place: Place) -> dict[str, Any]:
    name = marked(place.title).replace("|", " ")
    return {
        "body": name,
        "persistent_action": [f"geo:{place.latitude},{place.longitude}|{name}"],
    }


def _variables(values: Sequence[str]) -> str:
    filling = _filling(values)
    return json.dumps({str(n): value for n, value in enumerate(filling, 1)})


def _filling(values: Sequence[str]) -> Sequence[str]:
    """Leave out what Twilio takes in no value: new lines, tabs, rows of spaces."""
    return [" ".join(value.split()) or "-" for value in values]
