"""Sends through Twilio to WhatsApp: our messages in, its errors out, sorted.

A message is tried once, but for choices that Twilio does not take as buttons or a list:
they go as a text then. What else is tried again is decided by the courier. That Twilio
has taken a message does not mean that it arrived: bot.whatsapp_progress hears of that.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from twilio.rest import Client

from bot.channel import Refused, SendError, Unconfirmed
from bot.messages import InShort, Outgoing
from bot.twilio_client import FAILURES, NO_CONTENT, NO_TEMPLATE, twilio_errors
from bot.whatsapp_forms import ADDRESS
from bot.whatsapp_letters import Letter, Letters
from core.database.menus import SqlMenus
from core.database.messages import Spacing, SqlMessages
from core.database.whatsapp import Contact, SqlContacts
from core.ports import Clock

_WINDOW = timedelta(hours=23, minutes=50)  # Meta's day, less a margin
_SPACING = Spacing(timedelta(seconds=1), most=20, within=timedelta(minutes=2))
_CLOCKS_DIFFER = timedelta(seconds=5)
_MOST_LISTED = 200
_DEFAULT_LANGUAGE: Final = "en"


class WhatsAppChannel:
    """The Channel of WhatsApp's chats, as Twilio brings them."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        client: Client,
        *,
        sender: str,
        public_url: str,
        letters: Letters,
        contacts: SqlContacts,
        menus: SqlMenus,
        messages: SqlMessages,
        clock: Clock,
        in_doubt_s: float,
    ) -> None:
        """`sender` is our own number. `in_doubt_s`: see twilio_errors."""
        self._client = client
        self._sender = sender
        self._public_url = public_url
        self._letters = letters
        self._contacts = contacts
        self._menus = menus
        self._messages = messages
        self._clock = clock
        self._in_doubt_s = in_doubt_s

    def spacing(self, _conversation_id: str) -> Spacing:
        """Tell how messages should be spread: Meta's limits per person.

        One in six seconds in the long run; several in a row are taken before that.
        """
        return _SPACING

    async def send(
        self, conversation_id: str, message: Outgoing, message_id: str
    ) -> str:
        """Send a message; return Twilio's sid of it. Raises SendError."""
        contact = await self._contact(conversation_id)
        trouble = await self._trouble(message_id)
        if not self._is_open(contact):
            letter = await self._letters.prepared(_in_short(message, trouble))
            return await self._bring(contact, letter, message_id)
        *better, text = await self._letters.freely(conversation_id, message)
        for letter in [] if trouble in NO_CONTENT else better:
            try:
                return await self._bring(contact, letter, message_id)
            except Refused as error:
                if _number(error.why) not in NO_CONTENT:
                    raise
        return await self._bring(contact, text, message_id)

    async def find(
        self, conversation_id: str, message: Outgoing, since: datetime
    ) -> str | None:
        """Look the message up in Twilio's list. Raises SendError.

        What Twilio took and could not bring was not sent.
        """
        contact = await self._contact(conversation_id)
        bodies = await self._letters.bodies(conversation_id, message)
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

    def can_amend(self, _conversation_id: str) -> bool:
        """Tell that nobody can change a message on WhatsApp."""
        return False

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        """Leave it as it is.

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

    async def _trouble(self, message_id: str) -> int:
        """Return why Twilio could not bring the message before; 0 if it never tried."""
        record = await self._messages.get(message_id)
        return _number(record.trouble) if record else 0

    async def _bring(self, contact: Contact, letter: Letter, message_id: str) -> str:
        """Send a letter, its choices kept first: an answer may come at once."""
        conversation_id = contact.conversation_id
        if letter.menu:
            await self._menus.show(conversation_id, letter.menu, message_id)
        try:
            async with twilio_errors(self._in_doubt_s):
                sent = await self._client.messages.create_async(
                    to=address_of(contact),
                    from_=f"{ADDRESS}{self._sender}",
                    status_callback=self._callback(message_id),
                    **letter.parameters,
                )
        except SendError as error:
            if not isinstance(error, Unconfirmed):
                await self._menus.take_back(conversation_id, message_id)
            raise
        return str(sent.sid)

    def _callback(self, message_id: str) -> str:
        return f"{self._public_url}/twilio/status?{urlencode({'m': message_id})}"


def address_of(contact: Contact) -> str:
    """Return where Twilio finds a person: by phone where known, else by user id."""
    return f"{ADDRESS}{contact.phone or contact.user_id}"


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else 0


def _in_short(message: Outgoing, trouble: int) -> InShort | None:
    """Return the sentence to use; English where Meta lacks it in another language."""
    in_short = message.in_short
    if in_short is None or trouble not in NO_TEMPLATE:
        return in_short
    if in_short.language == _DEFAULT_LANGUAGE:
        return None
    return replace(in_short, language=_DEFAULT_LANGUAGE)
