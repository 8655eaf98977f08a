"""Draws the payment card of an order, in its payer's language."""

import asyncio

from bot.chat_store import ChatStore
from bot.code_messages import card_words
from bot.messages import CardPicture
from bot.shop import Shop
from bot.words import words_in
from core.card import Card, Stamp, draw_card
from core.ports import Clock, Orders


class Painter:
    """Turns the recipe of a card into PNG bytes, off the event loop."""

    def __init__(
        self, orders: Orders, chats: ChatStore, shop: Shop, clock: Clock
    ) -> None:
        self._orders = orders
        self._chats = chats
        self._shop = shop
        self._clock = clock

    async def paint(self, picture: CardPicture) -> bytes:
        """Draw the card. Raises OrderNotFound."""
        order = await self._orders.get(picture.merchant_order_no)
        words = words_in((await self._chats.chat(order.conversation_id)).language)
        card = Card(
            language=words.language,
            words=card_words(words),
            merchant=words.pick(self._shop.name, self._shop.name_ar),
            product=words.pick(self._shop.product, self._shop.product_ar),
            amount=order.amount,
            account=order.account_name,
            order_no=order.merchant_order_no,
            pay_before=words.moment(order.expires_at, self._clock.now()),
            token_url=order.token_url,
            stamp=Stamp(picture.stamp) if picture.stamp else None,
        )
        return await asyncio.to_thread(draw_card, card)
