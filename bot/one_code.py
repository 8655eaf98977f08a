"""What is said when a code for the account is in the way of a new one.

A payer has one live code per account: the old one is offered, or it is cancelled at
PayBy before the new one is made.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Choice, Outgoing, Rows
from bot.order_buttons import check_button
from bot.words import Words
from core.domain.money import Money
from core.domain.orders import Order, Status


@dataclass(frozen=True)
class InTheWay:
    """An old code, and the wish for a new one that it stands in the way of."""

    old: Order
    amount: Money
    """How much the new one shall be."""
    draft_id: str
    words: Words

    @property
    def key(self) -> str:
        """The key of the buttons that decide between old and new."""
        return f"{self.draft_id}.{self.old.merchant_order_no}"


def read_key(key: str) -> tuple[str, str]:
    """Return the draft and the old order's number."""
    draft_id, _, merchant_order_no = key.partition(".")
    return draft_id, merchant_order_no


def offered(chat: Chat, case: InTheWay, now: datetime) -> Answer:
    """Offer the old code; where there is nothing to decide, the wish is over."""
    is_made = case.old.status is not Status.CREATING
    message = _offer(case, now) if is_made else being_made(case)
    return Answer(chat if message.choices else chat.at_rest(), (message,))


def _offer(case: InTheWay, now: datetime) -> Outgoing:
    old, words = case.old, case.words
    there_is = words.say(
        "You already have a code for *{amount}* (account {account}), pay before "
        "*{deadline}*.",
        amount=old.amount,
        account=old.account_name,
        deadline=words.moment(old.expires_at, now),
    )
    if case.amount == old.amount:
        choice = words.say(
            "You can simply pay that one. If I make a new one, the old one stops "
            "working."
        )
        title, short = words.say("Make a new one"), ""
    else:
        choice = words.say(
            "An account has one code at a time. Shall I cancel that one and make a new "
            "one for *{amount}*?",
            amount=case.amount,
        )
        title, short = _replace_title(case), words.say("Replace it")
    return Outgoing(
        f"{there_is}\n{choice}",
        (
            (_keep(case),),
            (button(Action.REPLACE, title, case.key, short),),
            (
                button(
                    Action.CHANGE_ACCOUNT, words.say("Change account"), case.draft_id
                ),
            ),
        ),
    )


def being_made(case: InTheWay) -> Outgoing:
    """Ask for patience with the old code; the new one can still be wished for."""
    text = case.words.say(
        "Your code for *{amount}* is just being made. I will send it in a moment.",
        amount=case.old.amount,
    )
    rows: Rows = ()
    if case.amount != case.old.amount:
        title, short = _replace_title(case), case.words.say("Replace it")
        rows = ((button(Action.REPLACE, title, case.key, short),),)
    return Outgoing(text, rows)


def at_the_till(case: InTheWay) -> Outgoing:
    """Say that a cashier has the old code on the POS just now."""
    words = case.words
    text = words.say(
        "The cashier is just scanning your old code for *{amount}*, so I made no new "
        "one. If you pay it now, wait for my message. If nobody is scanning it any "
        "more, you can replace it all the same.",
        amount=case.old.amount,
    )
    anyway = button(Action.REPLACE_ANYWAY, words.say("Replace anyway"), case.key)
    return Outgoing(text, ((check_button(case.old, words),), (anyway,)))


def not_replaced(case: InTheWay) -> Outgoing:
    """Say that PayBy gives no answer: the old code may still be paid."""
    words = case.words
    text = words.say(
        "I cannot reach PayBy right now, so I made no new code. Your old code for "
        "*{amount}* may still be paid: please keep it, and try again in a minute.",
        amount=case.old.amount,
    )
    again = button(Action.REPLACE, words.say("Try again"), case.key)
    return Outgoing(text, ((again, _keep(case)),))


def paid_instead(case: InTheWay, state: Outgoing) -> Outgoing:
    """Add the wish for the new code to the state of the old one, which is paid."""
    title = case.words.say("Make the new one: {amount}", amount=case.amount)
    short = case.words.say("Make the new one")
    make_it = button(Action.CONFIRM, title, case.draft_id, short)
    return Outgoing(state.text, ((make_it,), *state.choices))


def _keep(case: InTheWay) -> Choice:
    return button(Action.KEEP_OLD, case.words.say("Show that code"), case.key)


def _replace_title(case: InTheWay) -> str:
    return case.words.say("Replace it: {amount}", amount=case.amount)
