"""How a payer without a bank gets money back, told honestly, and the way to support.

PayBy returns a refund to the wallet that paid: the store's. The cash can only come
back over that store's counter.
"""

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Outgoing
from bot.my_orders import MyOrders
from bot.ports import Stores
from bot.receipt_messages import receipt_button
from bot.shop import Shop
from bot.words import Words, words_in
from core.domain.cases import CaseKind
from core.domain.orders import Order, Status
from core.ports import Support


class MoneyBack:
    """Explains how a paid top-up can be undone, and asks support to do it."""

    def __init__(
        self, my_orders: MyOrders, stores: Stores, support: Support, shop: Shop
    ) -> None:
        self._my_orders = my_orders
        self._stores = stores
        self._support = support
        self._shop = shop

    async def ask(self, chat: Chat, typed: str) -> Answer:
        """Explain it for the order whose number ends so, else the newest paid one."""
        if typed:
            found = await self._my_orders.ending_in(chat, typed)
            if isinstance(found, Outgoing):
                return Answer(chat, (found,))
            return await self.explain(chat, found)
        order = await self._my_orders.latest_paid(chat)
        if order is None:
            order = await self._my_orders.latest(chat)
        if order is None:
            text = words_in(chat.language).say(
                "There is nothing to give back: none of your top-ups has been paid."
            )
            return Answer(chat, (Outgoing(text),))
        return await self.explain(chat, order)

    async def explain(self, chat: Chat, order: Order) -> Answer:
        """Say how the order's money can come back, or that it has, or there is none."""
        if order.is_refunded:
            return Answer(chat, (self._my_orders.state_message(chat, order),))
        if not order.is_paid:
            return Answer(chat, (self._nothing_paid(chat, order),))
        words = words_in(chat.language)
        shop = words.pick(self._shop.name, self._shop.name_ar)
        lines = (
            words.say("*Money back for {amount}*", amount=order.amount),
            words.say("Order: {order}", order=order.merchant_order_no),
            "",
            words.say(
                "I cannot undo a payment in cash, but support at {shop} can ask PayBy "
                "to return it.",
                shop=shop,
            ),
            words.say(
                "PayBy returns the money to the wallet that paid, and that is the "
                "store's. The store then gives you the cash."
            ),
            self._where(order, words),
            words.say(
                "It can take some days. Once the money on the account has been spent, "
                "it may not be possible."
            ),
        )
        ask = button(Action.REFUND, words.say("Ask support"), order.merchant_order_no)
        rows = ((ask,), (receipt_button(order, words),))
        return Answer(chat, (Outgoing("\n".join(lines), rows),))

    async def ask_support(self, chat: Chat, order: Order) -> Answer:
        """Hand the order over to support; a second tap finds the same case."""
        if order.is_refunded:
            return Answer(chat, (self._my_orders.state_message(chat, order),))
        if not order.is_paid:
            return Answer(chat, (self._nothing_paid(chat, order),))
        number = await self._support.open_case(
            CaseKind.REFUND_ASKED,
            order.merchant_order_no,
            {"payer_reads": chat.language},
        )
        text = words_in(chat.language).say(
            "Support has your order (case *{case}*) and will write to you here. Please "
            "keep your receipt.",
            case=number,
        )
        return Answer(chat, (Outgoing(text),))

    def _nothing_paid(self, chat: Chat, order: Order) -> Outgoing:
        words = words_in(chat.language)
        note = words.say(
            "This top-up has not been paid, so there is nothing to give back."
        )
        if order.status not in {Status.CREATING, Status.FAILED}:
            doubt = words.say(
                "Did you pay it? Then choose *Check now*: no payment gets lost."
            )
            note = f"{note} {doubt}"
        return self._my_orders.state_message(chat, order, note)

    def _where(self, order: Order, words: Words) -> str:
        paid_at = words.date_and_time(order.paid_at or order.created_at)
        store = self._stores.by_id(order.store_id)
        if store is None:
            return words.say(
                "Please keep your receipt. You get the cash at the store where you "
                "paid ({time}), once support has written to you.",
                time=paid_at,
            )
        return words.say(
            "Please keep your receipt. You get the cash at *{store}*, where you paid "
            "({time}), once support has written to you.",
            store=words.pick(store.name, store.name_ar),
            time=paid_at,
        )
