"""What the page of an order says: how it stands, how to pay, what a cashier presses."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.code_messages import Stage, stage_of
from bot.order_states import order_summary
from bot.words import Words
from core.domain.orders import Order, Status


class PageState(StrEnum):
    """What a page shows."""

    MAKING = "making"  # no code yet
    WAITING = "waiting"  # the code, to be paid
    PAID = "paid"  # paid, and the account is not credited yet
    CREDITED = "credited"  # paid, and the account is credited
    EXPIRED = "expired"
    VOID = "void"  # called off
    FAILED = "failed"  # never made


CASHIER_MENU = "E-\u2060ATM → Cash\u00a0In"  # broken at the arrow, if anywhere


def page_state(order: Order, now: datetime) -> PageState:
    """Tell what the order's page shows at that time."""
    told_by_status = {
        Status.CREATING: PageState.MAKING,
        Status.CREDITED: PageState.CREDITED,
        Status.FAILED: PageState.FAILED,
    }
    return (
        told_by_status.get(order.status)
        or {
            Stage.WAITING: PageState.WAITING,
            Stage.SCANNED: PageState.WAITING,
            Stage.PAID: PageState.PAID,
            Stage.EXPIRED: PageState.EXPIRED,
            Stage.VOID: PageState.VOID,
        }[stage_of(order, now)]
    )


def headline(state: PageState, words: Words) -> str:
    """Say in a word or two how it stands."""
    return {
        PageState.MAKING: words.say("One moment"),
        PageState.WAITING: words.say("Waiting for your cash"),
        PageState.PAID: words.say("PAID"),
        PageState.CREDITED: words.say("PAID"),
        PageState.EXPIRED: words.say("EXPIRED"),
        PageState.VOID: words.say("CANCELLED"),
        PageState.FAILED: words.say("There is no code"),
    }[state]


def standing(order: Order, words: Words, now: datetime) -> str:
    """Say in a sentence or two how it stands."""
    if order.status is Status.CREATING:
        return words.say(
            "Your code is being made and appears here by itself. There is nothing to "
            "pay yet."
        )
    if order.status is not Status.OPEN:
        return order_summary(order, words, now)[1]
    if order.expires_at <= now:
        return words.say(
            "The time to pay is over. If you paid in time, this page says so in a "
            "moment: no payment gets lost."
        )
    return words.say(
        "Show this code at a store and pay exactly {amount} in cash.",
        amount=order.amount,
    )


def guide_steps(order: Order, words: Words) -> tuple[str, ...]:
    """Explain how to pay, a sentence for each picture."""
    return (
        words.say("Visit a store that takes part."),
        words.say("Show your code to the cashier."),
        words.say("Pay exactly *{amount}* in cash.", amount=order.amount),
        words.say("Stay at the till until this page says that it is paid."),
    )


def cashier_steps(order: Order, words: Words) -> tuple[str, ...]:
    """Tell a cashier what to press and to look at, in the order of it."""
    return (
        words.say("On the PayBy POS, open *{menu}*.", menu=CASHIER_MENU),
        words.say("Scan the code of the customer."),
        words.say("Check that the POS shows *{amount}*.", amount=order.amount),
        words.say("Take exactly *{amount}* in cash, and no fee.", amount=order.amount),
        words.say("Enter your password and wait for *Paid* on the POS."),
    )


def page_words(words: Words) -> Mapping[str, str]:
    """Return the fixed words of a page by what they are for."""
    return {
        "title": words.say("Top-up code"),
        "pay_exactly": words.say("Pay exactly this amount in cash"),
        "pay_before": words.say("Pay before"),
        "gulf_time": words.say("Gulf time"),
        "time_left": words.say("Time left"),
        "account": words.say("Account"),
        "product": words.say("Product"),
        "order": words.say("Order number"),
        "save_code": words.say("Save the code as a picture"),
        "print": words.say("Print this page"),
        "guide": words.say("*How to pay*"),
        "elsewhere": words.say(
            "If a store cannot take the payment, keep your cash: the code works at "
            "every other store too."
        ),
        "cashier": words.say("For the cashier"),
        "enlarge": words.say("Show it large"),
        "close": words.say("Close"),
        "stores": words.say("Where to pay"),
        "area": words.say("Name of your area"),
        "find": words.say("Find stores"),
        "locate": words.say("Use my location"),
        "not_kept": words.say(
            "Your location serves for this list only; nobody keeps it."
        ),
        "no_location": words.say(
            "Your phone did not tell where you are. Please write the name of your area."
        ),
        "directions": words.say("Directions"),
        "receipt": words.say("Receipt"),
        "receipt_pdf": words.say("The same as a PDF, to keep or print."),
        "offline": words.say(
            "No connection at the moment: this may not be the latest."
        ),
        "private": words.say(
            "Whoever has the address of this page can see it. Keep it to yourself."
        ),
    }


def qr_words(order: Order, words: Words) -> str:
    """Describe the code to somebody who does not see it."""
    return words.say(
        "QR code of order {order}, to be scanned by the cashier",
        order=order.merchant_order_no,
    )


def no_such_page(words: Words) -> tuple[str, str]:
    """Say that an address leads nowhere, and what to do."""
    return (
        words.say("There is no such page"),
        words.say("Please open the link in your chat once more."),
    )


def page_later(words: Words) -> tuple[str, str]:
    """Say that a page cannot be shown now, and what to do."""
    return (
        words.say("This page cannot be shown at the moment"),
        words.say("Please try again in a minute. A code you have stays valid."),
    )
