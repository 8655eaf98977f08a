"""Calling a code off: asked once before, since it cannot be undone."""

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Choice, Outgoing, Rows
from bot.my_orders import MyOrders
from bot.order_buttons import again_button, check_button, show_code_button
from bot.ports import TopUps
from bot.words import Words, words_in
from core.domain.errors import AtTheTill, GatewayError
from core.domain.orders import Order, Status

_MOST_OTHERS = 4


class CallingOff:
    """Cancels a payer's own codes: at PayBy first, then here."""

    def __init__(self, topups: TopUps, my_orders: MyOrders) -> None:
        self._topups = topups
        self._my_orders = my_orders

    async def ask_newest(self, chat: Chat) -> Answer:
        """Ask about the newest code that can be paid; the others are buttons."""
        payable = await self._my_orders.payable(chat)
        if not payable:
            return await self._nothing(chat)
        newest, *others = payable
        return _question(chat, newest, others[:_MOST_OTHERS])

    async def ask(self, chat: Chat, order: Order) -> Answer:
        """Ask whether to cancel the order's code."""
        if not self._my_orders.can_be_paid(order):
            return await self._my_orders.state(chat, order)
        return _question(chat, order)

    async def cancel(self, chat: Chat, order: Order) -> Answer:
        """Cancel the code, unless a cashier is just scanning it."""
        return await self._cancel(chat, order, even_at_the_till=False)

    async def cancel_anyway(self, chat: Chat, order: Order) -> Answer:
        """Cancel the code even while a cashier has it on the POS."""
        return await self._cancel(chat, order, even_at_the_till=True)

    async def _nothing(self, chat: Chat) -> Answer:
        words = words_in(chat.language)
        latest = await self._my_orders.latest(chat)
        if latest and latest.status is Status.CREATING:
            return await self._my_orders.state(chat, latest)
        nothing = words.say("There is no code to cancel.")
        if latest and (latest.is_paid or latest.is_waiting):
            message = self._my_orders.state_message(chat, latest, nothing)
        else:
            message = Outgoing(nothing)
        return Answer(chat, (message,))

    async def _cancel(
        self, chat: Chat, order: Order, *, even_at_the_till: bool
    ) -> Answer:
        words = words_in(chat.language)
        if not order.is_waiting:
            return await self._my_orders.state(chat, order)
        try:
            order = await self._topups.cancel(
                order.merchant_order_no, even_at_the_till=even_at_the_till
            )
        except AtTheTill:
            return Answer(chat, (_at_the_till(order, words),))
        except GatewayError:
            return Answer(chat, (_unreachable(order, words),))
        if order.status is Status.CANCELLED:
            return Answer(chat, (_cancelled(order, words),))
        note = (
            words.say("That code has been paid, so it cannot be cancelled.")
            if order.is_paid
            else ""
        )
        return Answer(chat, (self._my_orders.state_message(chat, order, note),))


def _question(chat: Chat, order: Order, others: list[Order] | None = None) -> Answer:
    words = words_in(chat.language)
    lines = [
        words.say(
            "Cancel the code for *{amount}* (account {account})?",
            amount=order.amount,
            account=order.account_name,
        ),
        words.say("It then stops working for good, and you pay nothing."),
    ]
    number = order.merchant_order_no
    rows: Rows = (
        (
            button(Action.CANCEL_NOW, words.say("Yes, cancel it"), number),
            button(Action.ORDER, words.say("Keep it"), number),
        ),
    )
    if others:
        lines.append(words.say("Or did you mean another code?"))
        rows += tuple((_other(other, words),) for other in others)
    return Answer(chat, (Outgoing("\n".join(lines), rows),))


def _other(order: Order, words: Words) -> Choice:
    title = words.say(
        "{amount} for {account}", amount=order.amount, account=order.account_name
    )
    return button(Action.CANCEL, title, order.merchant_order_no)


def _cancelled(order: Order, words: Words) -> Outgoing:
    text = words.say(
        "Your code for *{amount}* is cancelled: it can no longer be paid, and nothing "
        "was charged.",
        amount=order.amount,
    )
    number = words.say("Order: {order}", order=order.merchant_order_no)
    return Outgoing(f"{text}\n{number}", ((again_button(order, words),),))


def _at_the_till(order: Order, words: Words) -> Outgoing:
    text = words.say(
        "The cashier is just scanning your code for *{amount}*, so I did not cancel "
        "it. If you are paying, wait for my message. If nobody is scanning it any "
        "more, you can cancel it all the same.",
        amount=order.amount,
    )
    anyway = words.say("Cancel anyway")
    return Outgoing(
        text,
        (
            (check_button(order, words),),
            (button(Action.CANCEL_ANYWAY, anyway, order.merchant_order_no),),
        ),
    )


def _unreachable(order: Order, words: Words) -> Outgoing:
    text = words.say(
        "I cannot reach PayBy right now, so your code for *{amount}* may still be "
        "paid. Please keep it, and try again in a minute.",
        amount=order.amount,
    )
    again = button(Action.CANCEL_NOW, words.say("Try again"), order.merchant_order_no)
    return Outgoing(text, ((again, show_code_button(order, words)),))
