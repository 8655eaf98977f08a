"""Messages as Twilio takes them: what a request says of each, and how it then reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channel import Unworded
from bot.chat_store import ChatStore
from bot.day_address import DayAddress
from bot.links import page_address, with_addresses
from bot.messages import InShort, Outgoing, Place
from bot.whatsapp_choices import filled, from_part, kind_of, part_of
from bot.whatsapp_templates import APPROVED, wordings_of
from bot.whatsapp_text import as_text, marked, menu_of, without_choices
from bot.words import Words, words_in
from core.database.menus import Menu
from core.database.whatsapp import SqlTemplates
from core.ports import Orders

log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """A message in Twilio's parameters."""

    parameters: dict[str, Any]
    body: str
    """Its text as Twilio lists it."""
    menu: Menu | None = None
    """The choices that are on the screen then; without any, those before stay."""


class Letters:
    """Writes messages to somebody on WhatsApp."""

    def __init__(
        self,
        public_url: str,
        *,
        templates: SqlTemplates,
        orders: Orders,
        chats: ChatStore,
        day_address: DayAddress,
    ) -> None:
        self._public_url = public_url
        self._day_address = day_address
        self._templates = templates
        self._orders = orders
        self._chats = chats

    async def freely(self, conversation_id: str, message: Outgoing) -> Sequence[Letter]:
        """Write it for who has written within a day: as WhatsApp shows it best, first.

        The last one is the whole message as a text, which WhatsApp always takes.
        """
        if message.place:
            return [_pin(message.place)]
        message = with_addresses(message, self._public_url)
        choices = await self._with_choices(conversation_id, message)
        text = await self._as_text(conversation_id, message)
        return [choices, text] if choices else [text]

    async def prepared(self, in_short: InShort | None) -> Letter:
        """Write it in a sentence that Meta has approved. Raises Unworded."""
        if in_short:
            for wording in wordings_of(in_short):
                template = await self._templates.get(wording.name)
                if template and template.approval == APPROVED:
                    values = _values(in_short.values)
                    variables = {str(n): value for n, value in enumerate(values, 1)}
                    return Letter(
                        {
                            "content_sid": template.sid,
                            "content_variables": json.dumps(variables),
                        },
                        wording.filled(values),
                    )
            log.error("no_approved_template", prepared=str(in_short.prepared))
        raise Unworded("not written to us for a day")

    async def bodies(self, conversation_id: str, message: Outgoing) -> Sequence[str]:
        """Return each text that Twilio may list the message with."""
        bodies = [each.body for each in await self.freely(conversation_id, message)]
        if message.in_short:
            values = _values(message.in_short.values)
            wordings = wordings_of(message.in_short)
            bodies += [wording.filled(values) for wording in wordings]
        return bodies

    async def _with_choices(
        self, conversation_id: str, message: Outgoing
    ) -> Letter | None:
        """Write it with buttons or a list; None where there is no way to."""
        items = menu_of(message.choices)
        if not items or message.card or message.receipt or message.day:
            return None
        opens = more = ""
        if kind_of(items) == "list":
            words = await self._words(conversation_id)
            opens, more = words.say("Choose"), words.say("More")
        shown = part_of(items, message.part, more)
        content = filled(without_choices(message), shown, opens)
        template = await self._templates.get(content.name) if content else None
        if content is None or template is None:
            return None
        return Letter(
            {"content_sid": template.sid, "content_variables": content.variables},
            content.body,
            Menu(shown, items),
        )

    async def _as_text(self, conversation_id: str, message: Outgoing) -> Letter:
        text = as_text(message)
        if message.ask_location:
            words = await self._words(conversation_id)
            how = words.say(
                "To share where you are: tap the clip or +, then Location, then "
                "Send your current location. Or type your area."
            )
            text = f"{text}\n\n{how}"
        media = await self._media(message)
        shown = from_part(menu_of(message.choices), message.part)
        return Letter(
            {"body": text} | ({"media_url": [media]} if media else {}),
            text,
            Menu(shown, shown) if shown else None,
        )

    async def _media(self, message: Outgoing) -> str:
        """Give the address where Twilio fetches the picture; empty for none."""
        if message.card:
            return await self._on_page(message.card.merchant_order_no, "code.png")
        if message.receipt:
            name = "png" if message.receipt.form == "picture" else "pdf"
            number = message.receipt.merchant_order_no
            return await self._on_page(number, f"receipt.{name}")
        if message.day:
            return f"{self._public_url}{self._day_address.path_to(message.day.day)}"
        return ""

    async def _on_page(self, merchant_order_no: str, file: str) -> str:
        order = await self._orders.get(merchant_order_no)
        if not order.page_token:
            return ""
        return f"{page_address(self._public_url, order.page_token)}/{file}"

    async def _words(self, conversation_id: str) -> Words:
        return words_in((await self._chats.chat(conversation_id)).language)


def _pin(place: Place) -> Letter:
    name = marked(place.title).replace("|", " ")
    action = f"geo:{place.latitude},{place.longitude}|{name}"
    return Letter({"body": name, "persistent_action": [action]}, name)


def _values(values: Sequence[str]) -> Sequence[str]:
    """Leave out what Twilio takes in no value: new lines, tabs, rows of spaces."""
    return [" ".join(value.split()) or "-" for value in values]
