"""What a payer hears of money that goes back, without asking.

PayBy returns it to the wallet that paid, and that is the store's. So what we can say
is when the store has it, and that the cash is handed out there.
"""

from bot.messages import InShort, Outgoing, Prepared
from bot.words import Words
from core.domain.orders import Order, Status
from core.domain.refunds import Refund, RefundStatus
from core.domain.stores import Store


def refund_news(
    order: Order, refund: Refund, words: Words, store: Store | None
) -> Outgoing:
    """Say how a refund of the order stands; the store is where it was paid, if told."""
    match refund.status:
        case RefundStatus.DONE:
            lines = _done(order, refund, words, store)
        case RefundStatus.FAILED:
            lines = _failed(order, refund, words)
        case _:
            lines = _asked(order, refund, words)
    which = (
        words.say("Account: {account}", account=order.account_name),
        words.say("Order: {order}", order=order.merchant_order_no),
    )
    values = (order.merchant_order_no, str(order.amount), order.account_name)
    return Outgoing(
        "\n".join((*lines, "", *which)),
        in_short=InShort(Prepared.NEWS, words.language, values),
    )


def _asked(order: Order, refund: Refund, words: Words) -> tuple[str, ...]:
    lines = (
        words.say("*Money back: {amount}*", amount=refund.amount),
        words.say(
            "Support has asked PayBy to give it back. PayBy returns it to the wallet "
            "that paid, and that is the store's; the store then gives you the cash."
        ),
        words.say(
            "Please do not go there yet, and keep your receipt: I will write to you as "
            "soon as PayBy is done."
        ),
    )
    if order.status is not Status.CREDITED:
        return lines
    return (*lines, words.say("Until then it is set aside from your account."))


def _done(
    order: Order, refund: Refund, words: Words, store: Store | None
) -> tuple[str, ...]:
    lines = [
        words.say("✅ *PayBy has given back {amount}.*", amount=refund.amount),
        _where(order, words, store),
    ]
    if order.refunded != refund.amount:
        lines.append(
            words.say(
                "With what went back before, that is {refunded} of {amount}.",
                refunded=order.refunded,
                amount=order.amount,
            )
        )
    return tuple(lines)


def _where(order: Order, words: Words, store: Store | None) -> str:
    paid_at = words.date_and_time(order.paid_at or order.created_at)
    if store is None:
        return words.say(
            "It is in the wallet of the store where you paid ({time}). Please go there "
            "with your receipt: the store gives you the cash.",
            time=paid_at,
        )
    return words.say(
        "It is in the wallet of *{store}*, where you paid ({time}). Please go there "
        "with your receipt: the store gives you the cash.",
        store=words.pick(store.name, store.name_ar),
        time=paid_at,
    )


def _failed(order: Order, refund: Refund, words: Words) -> tuple[str, ...]:
    is_credited = order.status is Status.CREDITED
    return (
        words.say("PayBy could not give back *{amount}*.", amount=refund.amount),
        words.say("The money is on your account again.")
        if is_credited
        else words.say("Your money is safe."),
        words.say("Support has been told and will write to you."),
    )
