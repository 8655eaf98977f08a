"""What to tell a payer whose cash is not taken at the till."""

from datetime import datetime
from typing import assert_never

from bot.buttons import Action, button
from bot.code_messages import POS_MENU
from bot.messages import Outgoing
from bot.words import Words
from core.domain.orders import Order
from core.domain.stores import Trouble


def trouble_question(order: Order, words: Words) -> Outgoing:
    """Ask what goes wrong."""
    titles = {
        Trouble.REFUSED: words.say("The store refuses"),
        Trouble.NO_BALANCE: words.say("The store has no balance"),
        Trouble.POS_ERROR: words.say("The POS shows an error"),
        Trouble.EXTRA_FEE: words.say("An extra fee is asked"),
        Trouble.WRONG_AMOUNT: words.say("The amount is wrong"),
    }
    rows = tuple(
        (button(Action.TROUBLE, title, f"{order.merchant_order_no}.{trouble}"),)
        for trouble, title in titles.items()
    )
    text = words.say(
        "*What goes wrong at the till?* Keep your cash until this is clear."
    )
    return Outgoing(text, rows)


def advice(
    order: Order, trouble: Trouble, words: Words, now: datetime, *, is_sure: bool
) -> str:
    """Say what to do; `is_sure` when PayBy has just said that it is not paid."""
    valid = words.say(
        "Your code stays valid until *{deadline}*.",
        deadline=words.moment(order.expires_at, now),
    )
    lines = [_what_to_do(order, trouble, words), valid]
    if not is_sure:
        unsure = words.say(
            "I cannot reach PayBy right now. If the cashier already has your cash, "
            "stay and wait for my message, or choose *Check now*."
        )
        lines.append(unsure)
    elif trouble is Trouble.POS_ERROR:
        lines.insert(0, words.say("No payment has reached PayBy so far."))
    return "\n\n".join(lines)


def paid_after_all(words: Words) -> str:
    """Say that what the till shows is not true."""
    return words.say("*It is paid*, whatever the till shows. Please do not pay again.")


def _what_to_do(order: Order, trouble: Trouble, words: Words) -> str:
    match trouble:
        case Trouble.REFUSED:
            return words.say(
                "Ask the cashier to open *{menu}* and scan the code there. If the "
                "store still refuses, keep your cash: the code works at every other "
                "store too.",
                menu=POS_MENU,
            )
        case Trouble.NO_BALANCE:
            return words.say(
                "Keep your cash. This store's PayBy balance is too low for {amount}. "
                "Nothing is wrong with your code: another store can take it.",
                amount=order.amount,
            )
        case Trouble.POS_ERROR:
            return words.say(
                "Keep your cash. If the cashier already has it, ask for it back before "
                "you leave, unless I write that the payment went through. Another "
                "store can scan the same code."
            )
        case Trouble.EXTRA_FEE:
            return words.say(
                "Pay exactly *{amount}*: nobody may ask for more. If the cashier "
                "insists, keep your cash and go to another store.",
                amount=order.amount,
            )
        case Trouble.WRONG_AMOUNT:
            return words.say(
                "The code is for exactly *{amount}*, and no cashier can change that. "
                "If you are asked for anything else, keep your cash. To pay another "
                "amount, make a new code.",
                amount=order.amount,
            )
        case _:  # pragma: no cover
            assert_never(trouble)
