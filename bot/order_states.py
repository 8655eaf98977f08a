"""How an order stands, in a line or two."""

from datetime import datetime

from bot.buttons import Action, button
from bot.messages import Outgoing
from bot.words import Words
from core.domain.money import NOTHING
from core.domain.orders import Order, Status


def order_summary(order: Order, words: Words, now: datetime) -> tuple[str, str]:
    """Return which order it is, and how it stands."""
    line = words.say(
        "*{amount}* for {account}\nOrder: {order}",
        amount=order.amount,
        account=order.account_name,
        order=order.merchant_order_no,
    )
    return line, _state(order, words, now)


def none_yet(words: Words) -> Outgoing:
    """Say that this chat has no order."""
    text = words.say("You have no top-ups yet.")
    return Outgoing(text, ((button(Action.TOP_UP, words.say("Top up")),),))


def not_yours(words: Words) -> Outgoing:
    """Say the same of an order of another chat and of one that never was."""
    return Outgoing(words.say("I cannot find that among your top-ups."))


def given_back(words: Words) -> str:
    """Say where the cash of a payment is that PayBy has taken back."""
    return words.say(
        "PayBy gave the payment back to the store that took it, so nothing was added "
        "to the account. Please ask that store for your cash; support has been told."
    )


def _refunded(order: Order, words: Words) -> str:
    if order.is_refunded:
        return words.say(
            "Paid, and PayBy has given all of it back to the store that took it. The "
            "store gives you the cash."
        )
    return words.say(
        "✅ Paid. PayBy has given {refunded} of it back to the store that took it; the "
        "store gives you that in cash.",
        refunded=order.refunded,
    )


def _state(order: Order, words: Words, now: datetime) -> str:
    if order.refunded != NOTHING:
        return _refunded(order, words)
    match order.status:
        case Status.CREATING:
            text = words.say("Your code is being made. I will send it in a moment.")
        case Status.OPEN:
            text = _open(order, words, now)
        case Status.PAID:
            text = words.say(
                "✅ Paid. The money is safe and will be added to the account. Please "
                "do not pay again."
            )
        case Status.CREDITED:
            text = words.say(
                "✅ Paid {time}. The money is on the account.",
                time=words.date_and_time(order.paid_at or order.created_at),
            )
        case Status.EXPIRED:
            text = words.say("The time to pay is over. Nothing was charged.")
        case Status.CANCELLED if order.is_given_back:
            text = given_back(words)
        case Status.CANCELLED:
            text = words.say("Cancelled. Nothing was charged.")
        case Status.FAILED:
            text = words.say("The code could not be made. Nothing was charged.")
    return text


def _open(order: Order, words: Words, now: datetime) -> str:
    if order.expires_at <= now:
        return words.say(
            "The time to pay is over. Did you pay in time? Then choose *Check now*."
        )
    return words.say(
        "Waiting for your cash. Pay before *{deadline}*.",
        deadline=words.moment(order.expires_at, now),
    )
