"""What a payer hears of an order without asking."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot.buttons import Action, button
from bot.code_messages import Stage, code_message, guide_message
from bot.in_short import in_short
from bot.messages import Outgoing, Rows
from bot.order_buttons import (
    again_button,
    check_button,
    payable_buttons,
)
from bot.order_states import given_back
from bot.receipt_messages import receipt_button
from bot.shop import Shop
from bot.words import Words
from core.domain.money import Money
from core.domain.orders import Event, Order


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known beside the order; each event needs at most one of them."""

    balance: Money | None = None
    """What the account holds after a credit."""
    longer_end: datetime | None = None
    """Until when one tap would extend a code that ends soon; None when it cannot."""


NOTHING_MORE = Known()


def announce(
    order: Order,
    event: Event,
    words: Words,
    shop: Shop,
    now: datetime,
    known: Known = NOTHING_MORE,
) -> tuple[Outgoing, ...]:
    """Say what happened to an order."""
    match event:
        case Event.READY:
            code = code_message(order, Stage.WAITING, words, now)
            return (code, guide_message(words, order.amount))
        case Event.DELAYED:
            message = _delayed(words)
        case Event.FAILED:
            message = _failed(order, words)
        case Event.SCANNED:
            message = _scanned(order, words)
        case Event.CREDITED:
            message = _credited(order, words, shop, known.balance)
        case Event.HELD:
            message = _held(order, words, shop)
        case Event.REMINDER:
            message = _reminder(order, words, now, known.longer_end)
        case Event.EXPIRED:
            message = _expired(order, words)
        case Event.CANCELLED:
            message = _cancelled(order, words)
        case _:  # pragma: no cover
            assert_never(event)
    return (replace(message, in_short=in_short(order, event, words, now)),)


def _delayed(words: Words) -> Outgoing:
    return Outgoing(
        words.say(
            "PayBy needs a little longer for your code. I will send it as soon as it "
            "is there, or tell you if there will be none. There is nothing to pay yet."
        )
    )


def _failed(order: Order, words: Words) -> Outgoing:
    text = words.say(
        "Sorry, your code for {amount} could not be made. Nothing was charged. You can "
        "try again.",
        amount=order.amount,
    )
    again = button(Action.AGAIN, words.say("Try again"), order.merchant_order_no)
    return Outgoing(text, ((again,),))


def _scanned(order: Order, words: Words) -> Outgoing:
    return Outgoing(
        words.say(
            "The cashier has scanned your code. Pay exactly *{amount}* in cash and "
            "wait: I will write to you as soon as the payment has gone through.",
            amount=order.amount,
        )
    )


def _credited(
    order: Order, words: Words, shop: Shop, balance: Money | None
) -> Outgoing:
    lines = [
        words.say("✅ *{amount} paid.* Thank you!", amount=order.amount),
        words.say(
            "The money is now on your {shop} account.",
            shop=words.pick(shop.name, shop.name_ar),
        ),
        *_late(order, words),
        "",
        *_facts(order, words),
    ]
    if balance is not None:
        lines.append(words.say("New balance: *{balance}*", balance=balance))
    return Outgoing("\n".join(lines), ((receipt_button(order, words),),))


def _held(order: Order, words: Words, shop: Shop) -> Outgoing:
    lines = (
        words.say("✅ *{amount} paid.* Your money has arrived.", amount=order.amount),
        words.say(
            "It is not on your account yet, but it is safe: support at {shop} has been "
            "told and will see to it. Please do not pay again. I will write to you as "
            "soon as it is there.",
            shop=words.pick(shop.name, shop.name_ar),
        ),
        *_late(order, words),
        "",
        *_facts(order, words),
    )
    return Outgoing("\n".join(lines), ((receipt_button(order, words),),))


def _late(order: Order, words: Words) -> tuple[str, ...]:
    """Take the worry from a payer whose code had ended before the money came."""
    if not order.is_closed and (order.paid_at or order.created_at) <= order.expires_at:
        return ()
    return (words.say("It came after the code had ended, and counts all the same."),)


def _facts(order: Order, words: Words) -> tuple[str, ...]:
    paid_at = order.paid_at or order.created_at
    return (
        *_which(order, words),
        words.say("Time: {time}", time=words.date_and_time(paid_at)),
    )


def _which(order: Order, words: Words) -> tuple[str, str]:
    return (
        words.say("Account: {account}", account=order.account_name),
        words.say("Order: {order}", order=order.merchant_order_no),
    )


def _reminder(
    order: Order, words: Words, now: datetime, longer_end: datetime | None
) -> Outgoing:
    text = words.say(
        "⏰ Your code for *{amount}* ends *{deadline}*. After that it can no longer be "
        "paid.",
        amount=order.amount,
        deadline=words.moment(order.expires_at, now),
    )
    return Outgoing(
        "\n".join((text, *_which(order, words))),
        payable_buttons(order, longer_end, words, now),
    )


def _expired(order: Order, words: Words) -> Outgoing:
    text = words.say(
        "The time to pay *{amount}* is over, so the code no longer works. Nothing was "
        "charged.",
        amount=order.amount,
    )
    paid = words.say(
        "Did you pay in time? Then choose *Check now*: no payment gets lost."
    )
    lines = (text, *_which(order, words), "", paid)
    return Outgoing("\n".join(lines), _ended_buttons(order, words))


def _cancelled(order: Order, words: Words) -> Outgoing:
    if order.is_given_back:
        text = "\n".join((given_back(words), *_which(order, words)))
        return Outgoing(text, ((again_button(order, words),),))
    text = words.say(
        "The code for *{amount}* was cancelled at PayBy, so it no longer works. "
        "Nothing was charged.",
        amount=order.amount,
    )
    paid = words.say("Did you pay it? Then choose *Check now*: no payment gets lost.")
    lines = (text, *_which(order, words), "", paid)
    return Outgoing("\n".join(lines), _ended_buttons(order, words))


def _ended_buttons(order: Order, words: Words) -> Rows:
    return ((again_button(order, words),), (check_button(order, words),))
