"""The buttons that belong to one order, alike wherever they appear."""

from datetime import datetime

from bot.buttons import Action, button
from bot.messages import Choice, Rows
from bot.words import Words
from core.domain.orders import Order


def again_button(order: Order, words: Words) -> Choice:
    """Return the button that prepares the same top-up once more."""
    return button(Action.AGAIN, words.say("Top up again"), order.merchant_order_no)


def check_button(order: Order, words: Words) -> Choice:
    """Return the button that asks PayBy now."""
    return button(Action.CHECK, words.say("Check now"), order.merchant_order_no)


def show_code_button(order: Order, words: Words) -> Choice:
    """Return the button that brings the code back."""
    return button(Action.SHOW_CODE, words.say("Show code"), order.merchant_order_no)


def problem_button(order: Order, words: Words) -> Choice:
    """Return the button for whoever cannot pay at the till."""
    title = words.say("Problem at the till")
    return button(Action.PROBLEM, title, order.merchant_order_no)


def stores_button(words: Words) -> Choice:
    """Return the button that looks for stores."""
    return button(Action.STORES, words.say("Nearby stores"))


def page_link(order: Order, words: Words) -> Rows:
    """Return the row that opens the order's page; none for an order without one."""
    if not order.page_token:
        return ()
    title = words.say("Order page")
    return ((Choice("", title, page_token=order.page_token),),)


def cancel_button(order: Order, words: Words) -> Choice:
    """Return the button that asks whether to call the code off."""
    return button(Action.CANCEL, words.say("Cancel code"), order.merchant_order_no)


def extend_button(
    order: Order, longer_end: datetime, words: Words, now: datetime
) -> Choice:
    """Return the button that lets the code live until then.

    It belongs to the code's end as it is now, so a second tap adds nothing.
    """
    title = words.say("Keep it until {moment}", moment=words.moment(longer_end, now))
    return button(
        Action.EXTEND, title, extend_key(order), short=words.say("Keep it longer")
    )


def payable_buttons(
    order: Order, longer_end: datetime | None, words: Words, now: datetime
) -> Rows:
    """Return what can be done with a code that can be paid.

    `longer_end` is until when one tap would extend it, if it can.
    """
    longer: Rows = ()
    if longer_end:
        longer = ((extend_button(order, longer_end, words, now),),)
    return (
        (show_code_button(order, words), check_button(order, words)),
        *longer,
        (stores_button(words), problem_button(order, words)),
        (cancel_button(order, words),),
    )


def extend_key(order: Order) -> str:
    """Return the key of the button that extends the code's present end."""
    return f"{order.merchant_order_no}.{int(order.expires_at.timestamp())}"


def money_back_button(order: Order, words: Words) -> Choice:
    """Return the button that explains how to get the money back."""
    return button(Action.MONEY_BACK, words.say("Money back?"), order.merchant_order_no)
