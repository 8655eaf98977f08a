"""One tap that lets the same code live longer."""

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Outgoing
from bot.my_orders import MyOrders
from bot.order_buttons import extend_key
from bot.order_states import not_yours
from bot.ports import TopUps
from bot.words import Words, words_in
from core.domain.errors import CannotExtend, GatewayError
from core.domain.orders import Order
from core.ports import Clock


class Extending:
    """Extends a payer's own codes."""

    def __init__(self, topups: TopUps, my_orders: MyOrders, clock: Clock) -> None:
        self._topups = topups
        self._my_orders = my_orders
        self._clock = clock

    async def extend(self, chat: Chat, key: str) -> Answer:
        """Extend the code once; a second tap on the button only tells the end.

        Raises Frozen.
        """
        number = key.partition(".")[0]
        order = await self._my_orders.find(chat, number)
        words = words_in(chat.language)
        if order is None:
            return Answer(chat, (not_yours(words),))
        if not self._my_orders.can_be_paid(order) or key != extend_key(order):
            return self._how_it_stands(chat, order)
        await self._topups.demand_not_frozen(order)
        try:
            order = await self._topups.extend(number)
        except CannotExtend:
            return await self._cannot(chat, number)
        except GatewayError:
            return Answer(chat, (self._unreachable(order, words),))
        return self._how_it_stands(chat, order)

    def _how_it_stands(self, chat: Chat, order: Order) -> Answer:
        """Say until when the code can be paid, or what became of it meanwhile."""
        if not self._my_orders.can_be_paid(order):
            return Answer(chat, (self._my_orders.state_message(chat, order),))
        words = words_in(chat.language)
        rows = self._my_orders.buttons(order, words)
        return Answer(chat, (Outgoing(self._lives_until(order, words), rows),))

    async def _cannot(self, chat: Chat, number: str) -> Answer:
        """Say so, and how the order stands: it may have been paid or ended."""
        words = words_in(chat.language)
        order = await self._my_orders.find(chat, number)
        if order is None:
            return Answer(chat, (not_yours(words),))
        note = words.say("This code cannot be kept any longer.")
        return Answer(chat, (self._my_orders.state_message(chat, order, note),))

    def _lives_until(self, order: Order, words: Words) -> str:
        return words.say(
            "The code for *{amount}* stays the same, and you can pay it until "
            "*{deadline}*.",
            amount=order.amount,
            deadline=words.moment(order.expires_at, self._clock.now()),
        )

    def _unreachable(self, order: Order, words: Words) -> Outgoing:
        text = words.say(
            "I cannot reach PayBy right now. Please count on the end as it is, "
            "*{deadline}*, and try again in a minute.",
            deadline=words.moment(order.expires_at, self._clock.now()),
        )
        again = button(Action.EXTEND, words.say("Try again"), extend_key(order))
        return Outgoing(text, ((again,),))
