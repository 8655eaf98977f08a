"""The card and the receipts of an order, as files to fetch."""

from collections import OrderedDict
from typing import Literal

from bot.chats import Language
from bot.code_messages import code_message, stage_of
from bot.messages import Receipt
from bot.words import words_in
from core.domain.gulf import GULF
from core.domain.orders import Order
from webhooks.order_page.parts import PageParts, in_time, language_of

_MOST_KEPT = 64  # of some 60 kB: Twilio asks for the HEAD of each, then for all of it


class Pictures:
    """Draws what is fetched; a card that was just drawn is not drawn again."""

    def __init__(self, parts: PageParts) -> None:
        self._parts = parts
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()

    async def card(self, order: Order) -> bytes | None:
        """Return the card as the chat shows it now; None when no code was made.

        Once the code has ended, the card is stamped and holds none. Raises NotNow.
        """
        if not order.token_url:
            return None
        words = words_in(await language_of(self._parts, order))
        now = self._parts.clock.now()
        card = code_message(order, stage_of(order, now), words, now).card
        if card is None:
            return None
        today = str(now.astimezone(GULF).date())  # the card says "today", "tomorrow"
        until = order.expires_at.isoformat()
        key = (order.merchant_order_no, card.stamp, words.language, until, today)
        if key not in self._kept:
            self._kept[key] = await in_time(self._parts.painter.paint(card))
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    async def receipt(
        self,
        order: Order,
        form: Literal["picture", "pdf"],
        language: Language | None,
    ) -> bytes | None:
        """Return a paid order's receipt; None for any other.

        Without a language it is in its payer's. Raises NotNow.
        """
        if not order.is_paid:
            return None
        receipt = Receipt(order.merchant_order_no, form)
        return await in_time(self._parts.painter.receipt(receipt, language))
