"""The receipt as two messages, its button, and its words."""

from bot.buttons import Action, button
from bot.messages import Choice, Outgoing, Receipt
from bot.words import Words
from core.domain.orders import Order
from core.receipt import ReceiptWords


def receipt_messages(order: Order, words: Words) -> tuple[Outgoing, Outgoing]:
    """Return a paid order's receipt: a picture, then a file."""
    caption = words.say(
        "Receipt for *{amount}*\nOrder: {order}",
        amount=order.amount,
        order=order.merchant_order_no,
    )
    file = words.say("The same as a PDF, to keep or print.")
    number = order.merchant_order_no
    return (
        Outgoing(caption, receipt=Receipt(number, "picture")),
        Outgoing(file, receipt=Receipt(number, "pdf")),
    )


def receipt_button(order: Order, words: Words) -> Choice:
    """Return the button that brings a paid order's receipt."""
    return button(Action.RECEIPT, words.say("Receipt"), order.merchant_order_no)


def receipt_words(words: Words) -> ReceiptWords:
    """Return the fixed words of a receipt."""
    return ReceiptWords(
        language=words.language,
        title=words.say("Receipt"),
        paid_in_cash=words.say("Paid in cash"),
        account=words.say("Account"),
        product=words.say("Product"),
        paid_at=words.say("Time"),
        store=words.say("Store"),
        order=words.say("Order number"),
        payby_order=words.say("PayBy number"),
        note=words.say("Keep this receipt. If anything is not right, show it to us."),
    )
