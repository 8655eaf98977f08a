"""The message with the payment code, the guide that follows it, and their buttons."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, assert_never

from bot.buttons import Action, button
from bot.messages import CardPicture, Outgoing, Rows
from bot.order_buttons import (
    cancel_button,
    check_button,
    page_link,
    problem_button,
    stores_button,
)
from bot.words import Words
from core.card import CardWords
from core.domain.money import Money
from core.domain.orders import Order, Status


class Stage(StrEnum):
    """Where the message with the code stands."""

    WAITING = "waiting"
    SCANNED = "scanned"
    PAID = "paid"
    EXPIRED = "expired"
    VOID = "void"


POS_MENU = "PayBy POS → E-ATM → Cash In"
_STAMPS: dict[Stage, Literal["", "paid", "void", "expired"]] = {
    Stage.WAITING: "",
    Stage.SCANNED: "",
    Stage.PAID: "paid",
    Stage.EXPIRED: "expired",
    Stage.VOID: "void",
}


def stage_of(order: Order, now: datetime) -> Stage:
    """Tell where the message with the code should stand."""
    if order.is_paid:
        return Stage.PAID
    if order.status in {Status.CANCELLED, Status.FAILED}:
        return Stage.VOID
    if order.status is Status.EXPIRED or order.expires_at <= now:
        return Stage.EXPIRED
    return Stage.WAITING


def code_message(order: Order, stage: Stage, words: Words, now: datetime) -> Outgoing:
    """Return the message with the code as it looks in that stage."""
    caption = "\n".join(
        (
            _headline(order, stage, words, now),
            words.say("Account: {account}", account=order.account_name),
            words.say("Order: {order}", order=order.merchant_order_no),
            "",
            _what_to_do(order, stage, words),
        )
    )
    card = CardPicture(order.merchant_order_no, _STAMPS[stage])
    return Outgoing(caption, _code_buttons(order, stage, words), card=card)


def guide_message(words: Words, amount: Money | None = None) -> Outgoing:
    """Explain how to pay, with a button that shares the phone's location.

    Its steps have no numbers, which would be taken for those of the code's choices.
    """
    exact = (
        words.say("Pay exactly *{amount}* in cash.", amount=amount)
        if amount
        else words.say("Pay exactly the amount on the code, in cash.")
    )
    steps = (
        words.say("Visit a store that takes part."),
        words.say("Show your code to the cashier."),
        words.say("The cashier opens {menu} and scans the code.", menu=POS_MENU),
        exact,
        words.say("Stay at the till until I write that the payment went through."),
    )
    marked = [f"• {step}" for step in steps]
    closing = words.say(
        "To find a store near you, share your location or send me the name of your "
        "area."
    )
    elsewhere = words.say(
        "If a store cannot take the payment, keep your cash and choose *Problem at "
        "the till* under the code: it works at every other store too."
    )
    text = "\n".join((words.say("*How to pay*"), *marked, "", elsewhere, closing))
    return Outgoing(text, ask_location=location_title(words))


def location_title(words: Words) -> str:
    """Return the title of the button that shares the phone's location."""
    return words.say("📍 Share my location")


def card_words(words: Words) -> CardWords:
    """Return the fixed words of a payment card."""
    return CardWords(
        title=words.say("Top-up code"),
        pay_exactly=words.say("Pay exactly this amount in cash"),
        pay_before=words.say("Pay before"),
        account=words.say("Account"),
        product=words.say("Product"),
        order=words.say("Order number"),
        step_store=words.say("Visit a store"),
        step_show=words.say("Show this code"),
        step_pay=words.say("Pay in cash"),
        paid=words.say("PAID"),
        paid_note=words.say("This code has been used"),
        void=words.say("CANCELLED"),
        void_note=words.say("This code cannot be paid"),
        expired=words.say("EXPIRED"),
        expired_note=words.say("This code can no longer be paid"),
    )


def _headline(order: Order, stage: Stage, words: Words, now: datetime) -> str:
    match stage:
        case Stage.PAID:
            return words.say("✅ *PAID* · {amount}", amount=order.amount)
        case Stage.EXPIRED:
            return words.say("⌛ *EXPIRED* · {amount}", amount=order.amount)
        case Stage.VOID:
            return words.say("*CANCELLED* · {amount}", amount=order.amount)
        case Stage.WAITING | Stage.SCANNED:
            return words.say(
                "*{amount}* · pay before *{deadline}*",
                amount=order.amount,
                deadline=words.moment(order.expires_at, now),
            )
        case _:  # pragma: no cover
            assert_never(stage)


def _what_to_do(order: Order, stage: Stage, words: Words) -> str:
    match stage:
        case Stage.WAITING:
            return words.say(
                "Show this code at a store and pay exactly {amount} in cash.",
                amount=order.amount,
            )
        case Stage.SCANNED:
            return words.say("The cashier has scanned this code.")
        case Stage.PAID:
            return words.say("This code has been used. There is nothing more to do.")
        case Stage.EXPIRED | Stage.VOID:
            return words.say("Please do not pay with this code any more.")
        case _:  # pragma: no cover
            assert_never(stage)


def _code_buttons(order: Order, stage: Stage, words: Words) -> Rows:
    check = check_button(order, words)
    problem = problem_button(order, words)
    if stage is Stage.WAITING:
        guide = button(Action.GUIDE, words.say("How it works"))
        return (
            (check, problem),
            (stores_button(words), guide),
            *page_link(order, words),
            (cancel_button(order, words),),
        )
    if stage is Stage.SCANNED:
        return ((check, problem), *page_link(order, words))
    return ()
