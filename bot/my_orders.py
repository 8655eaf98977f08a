"""A payer's own orders, from all their chats: list, state, code, asking PayBy."""

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.code_messages import Stage, code_message, stage_of
from bot.messages import Outgoing, Rows
from bot.order_buttons import (
    again_button,
    check_button,
    money_back_button,
    payable_buttons,
)
from bot.order_states import none_yet, not_yours, order_summary
from bot.ports import Orders, TopUps
from bot.receipt_messages import receipt_button
from bot.understanding import fold
from bot.words import Words, words_in
from core.domain.errors import GatewayError
from core.domain.orders import Order, Status
from core.ports import Clock

_LISTED = 5
_SEARCHED = 100
_SHORTEST_PART = 3


class MyOrders:
    """Answers about orders, never about those of another payer."""

    def __init__(self, topups: TopUps, orders: Orders, clock: Clock) -> None:
        self._topups = topups
        self._orders = orders
        self._clock = clock

    async def latest(self, chat: Chat) -> Order | None:
        """Return the payer's newest order."""
        found = await self._orders.of_conversation(chat.conversation_id, 1)
        return found[0] if found else None

    async def latest_paid(self, chat: Chat) -> Order | None:
        """Return the payer's newest order that is paid."""
        return next((o for o in await self._all(chat) if o.is_paid), None)

    async def latest_payable(self, chat: Chat) -> Order | None:
        """Return the newest order whose code can be shown at a store now."""
        return next(iter(await self.payable(chat)), None)

    async def live(self, chat: Chat, account_id: str) -> Order | None:
        """Return the payer's waiting order for that account."""
        return await self._orders.live(chat.conversation_id, account_id)

    async def payable(self, chat: Chat) -> tuple[Order, ...]:
        """Return the orders whose codes can be shown at a store now, newest first."""
        return tuple(o for o in await self._all(chat) if self.can_be_paid(o))

    async def of_draft(self, chat: Chat, draft_id: str) -> Order | None:
        """Return the order that a confirmation of this chat has made."""
        order = await self._orders.of_draft(draft_id)
        is_own = order and order.conversation_id == chat.conversation_id
        return order if is_own else None

    async def find(self, chat: Chat, number: str) -> Order | None:
        """Return the payer's order by its full number."""
        return next(
            (o for o in await self._all(chat) if o.merchant_order_no == number), None
        )

    async def list(self, chat: Chat, _argument: str = "") -> Answer:
        """List the newest orders, each with a button."""
        words = words_in(chat.language)
        found = await self._orders.of_conversation(chat.conversation_id, _LISTED)
        if not found:
            return _said(chat, none_yet(words))
        lines = [
            words.count(
                "*Your top-up*", "*Your latest {count} top-ups*", count=len(found)
            )
        ]
        for order in found:
            lines += ("", *order_summary(order, words, self._clock.now()))
        rows = tuple(
            (button(Action.ORDER, order.merchant_order_no, order.merchant_order_no),)
            for order in found
        )
        return Answer(chat, (Outgoing("\n".join(lines), rows),))

    async def show(self, chat: Chat, typed: str) -> Answer:
        """Show the order with that number, or whose number ends so."""
        if not typed:
            return await self.list(chat)
        found = await self.ending_in(chat, typed)
        if isinstance(found, Order):
            found = self.state_message(chat, found)
        return _said(chat, found)

    async def ending_in(self, chat: Chat, typed: str) -> Order | Outgoing:
        """Return the order whose number ends so, or the message that none does."""
        words = words_in(chat.language)
        part = fold(typed).upper()
        found = [
            order
            for order in await self._all(chat)
            if order.merchant_order_no.endswith(part)
        ]
        if len(part) < _SHORTEST_PART or len(found) > 1:
            text = words.say("Please send a little more of the order number.")
            return Outgoing(text)
        return found[0] if found else not_yours(words)

    async def status(self, chat: Chat, _argument: str = "") -> Answer:
        """Answer "did it arrive?" for the newest order, from PayBy while it waits."""
        order = await self.latest(chat)
        if order is None:
            return _said(chat, none_yet(words_in(chat.language)))
        if order.status is Status.OPEN:
            return await self.check(chat, order)
        return _said(chat, self.state_message(chat, order))

    async def latest_code(self, chat: Chat, _argument: str = "") -> Answer:
        """Show the newest code that can be paid, or say how the newest order stands."""
        order = await self.latest_payable(chat) or await self.latest(chat)
        if order is None:
            return _said(chat, none_yet(words_in(chat.language)))
        return await self.code(chat, order)

    async def check(self, chat: Chat, order: Order) -> Answer:
        """Ask PayBy whether the order is paid, and say what it said."""
        words = words_in(chat.language)
        if order.is_paid or order.status in {Status.CREATING, Status.FAILED}:
            return _said(chat, self.state_message(chat, order))
        try:
            order = await self._topups.check(order.merchant_order_no)
        except GatewayError:
            return _said(chat, self._unreachable(order, words))
        if order.status is not Status.OPEN:
            return _said(chat, self.state_message(chat, order))
        text = words.say(
            "No payment has reached PayBy yet. I will write to you as soon as it does."
        )
        return _said(chat, Outgoing(text, self.buttons(order, words)))

    def can_be_paid(self, order: Order) -> bool:
        """Tell whether the order has a code that can be shown at a store now."""
        return order.status is Status.OPEN and not self.has_ended(order)

    def has_ended(self, order: Order) -> bool:
        """Tell whether nobody can pay the order any more, closed at PayBy or not."""
        return stage_of(order, self._clock.now()) is not Stage.WAITING

    async def code(self, chat: Chat, order: Order) -> Answer:
        """Show the order's code again, or say why there is none. Raises Frozen."""
        if not self.can_be_paid(order):
            return _said(chat, self.state_message(chat, order))
        await self._topups.demand_not_frozen(order)
        words = words_in(chat.language)
        now = self._clock.now()
        return _said(chat, code_message(order, Stage.WAITING, words, now))

    async def state(self, chat: Chat, order: Order) -> Answer:
        """Say how an order stands."""
        return _said(chat, self.state_message(chat, order))

    def state_message(self, chat: Chat, order: Order, note: str = "") -> Outgoing:
        """Say how an order stands, with the buttons that make sense now.

        A note before it says what came of what was asked for.
        """
        words = words_in(chat.language)
        summary = "\n".join(order_summary(order, words, self._clock.now()))
        text = f"{note}\n\n{summary}" if note else summary
        return Outgoing(text, self.buttons(order, words))

    def buttons(self, order: Order, words: Words) -> Rows:
        """Return the buttons that make sense now."""
        if order.is_refunded:
            return ((receipt_button(order, words),),)
        if order.is_paid:
            return ((receipt_button(order, words), money_back_button(order, words)),)
        if order.status is Status.CREATING:
            return ()
        if self.can_be_paid(order):
            longer_end = self._topups.longer_end(order)
            return payable_buttons(order, longer_end, words, self._clock.now())
        if order.status is Status.FAILED:
            return ((again_button(order, words),),)
        return ((again_button(order, words), check_button(order, words)),)

    async def _all(self, chat: Chat) -> tuple[Order, ...]:
        return tuple(
            await self._orders.of_conversation(chat.conversation_id, _SEARCHED)
        )

    def _unreachable(self, order: Order, words: Words) -> Outgoing:
        text = words.say(
            "I cannot reach PayBy right now. Please try again in a minute."
        )
        if self.can_be_paid(order):
            valid = words.say(
                "Your code stays valid until *{deadline}*.",
                deadline=words.moment(order.expires_at, self._clock.now()),
            )
            text = f"{text} {valid}"
        return Outgoing(text, ((check_button(order, words),),))


def _said(chat: Chat, message: Outgoing) -> Answer:
    return Answer(chat, (message,))
