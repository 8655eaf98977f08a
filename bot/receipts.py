"""A payer's receipts: of the newest paid order, or of the one that is named."""

from bot.chats import Answer, Chat
from bot.messages import Outgoing
from bot.my_orders import MyOrders
from bot.receipt_messages import receipt_messages
from bot.words import words_in
from core.domain.orders import Order


class Receipts:
    """Answers with receipts, for paid orders of the chat's own."""

    def __init__(self, my_orders: MyOrders) -> None:
        self._my_orders = my_orders

    async def show(self, chat: Chat, typed: str = "") -> Answer:
        """Send the receipt of the order whose number ends so, else the newest."""
        if typed:
            found = await self._my_orders.ending_in(chat, typed)
            if isinstance(found, Outgoing):
                return Answer(chat, (found,))
            return await self.of(chat, found)
        newest = await self._my_orders.latest_paid(chat)
        if newest is None:
            text = words_in(chat.language).say(
                "There is no receipt yet: none of your top-ups has been paid."
            )
            return Answer(chat, (Outgoing(text),))
        return await self.of(chat, newest)

    async def of(self, chat: Chat, order: Order) -> Answer:
        """Send an order's receipt; there is none of what is not paid."""
        words = words_in(chat.language)
        if order.is_paid:
            return Answer(chat, receipt_messages(order, words))
        text = words.say(
            "Order {order} has not been paid, so there is no receipt for it.",
            order=order.merchant_order_no,
        )
        return Answer(chat, (Outgoing(text),))
