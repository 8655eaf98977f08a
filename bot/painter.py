"""Draws an order's card and receipt in its payer's language, and a day for staff."""

import asyncio
from collections.abc import Callable

from bot.chat_store import ChatStore
from bot.chats import Language
from bot.code_messages import card_words
from bot.messages import CardPicture, DayPicture, Receipt
from bot.ports import Store
from bot.receipt_messages import receipt_words
from bot.shop import Shop
from bot.words import Words, words_in
from core.card import Card, Stamp, draw_card
from core.database.day_figures import SqlDayFigures
from core.day_chart import draw_day
from core.domain.orders import Order
from core.ports import Clock, Orders
from core.receipt import ReceiptFacts, draw_receipt, write_receipt


class Painter:
    """Turns the recipe of a picture or a file into bytes, off the event loop."""

    def __init__(
        self,
        *,
        orders: Orders,
        chats: ChatStore,
        store_by_id: Callable[[str], Store | None],
        shop: Shop,
        days: SqlDayFigures,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._chats = chats
        self._store_by_id = store_by_id
        self._shop = shop
        self._days = days
        self._clock = clock

    async def paint(self, picture: CardPicture) -> bytes:
        """Draw the card. Raises OrderNotFound."""
        order, words = await self._about(picture.merchant_order_no)
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

    async def receipt(
        self, receipt: Receipt, language: Language | None = None
    ) -> bytes:
        """Draw the receipt as PNG, or write it as PDF. Raises OrderNotFound.

        With a language it is in that one instead of its payer's.
        """
        order, words = await self._about(receipt.merchant_order_no)
        words = words_in(language or words.language)
        draw = draw_receipt if receipt.form == "picture" else write_receipt
        facts = self._facts(order, words)
        return await asyncio.to_thread(draw, facts, receipt_words(words))

    async def day(self, picture: DayPicture) -> bytes:
        """Draw the chart of a day as it stands now."""
        seen = await self._days.of(picture.day)
        return await asyncio.to_thread(
            draw_day, picture.day, seen.created_by_hour, seen.paid_by_hour
        )

    async def _about(self, merchant_order_no: str) -> tuple[Order, Words]:
        order = await self._orders.get(merchant_order_no)
        chat = await self._chats.chat(order.conversation_id)
        return order, words_in(chat.language)

    def _facts(self, order: Order, words: Words) -> ReceiptFacts:
        store = self._store_by_id(order.store_id)
        return ReceiptFacts(
            merchant=words.pick(self._shop.name, self._shop.name_ar),
            product=words.pick(self._shop.product, self._shop.product_ar),
            amount=order.amount,
            account=order.account_name,
            paid_at=words.date_and_time(order.paid_at or order.created_at),
            merchant_order_no=order.merchant_order_no,
            payby_order_no=order.payby_order_no,
            store=words.pick(store.name, store.name_ar) if store else "",
            address=words.pick(store.address, store.address_ar) if store else "",
        )
