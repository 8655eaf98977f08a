"""Welcome, help, and the commands a chat's menu lists."""

from bot.buttons import Action, button
from bot.messages import Choice, Outgoing, Rows
from bot.shop import Shop
from bot.understanding import Command
from bot.words import Words


def commands(words: Words) -> tuple[tuple[str, str], ...]:
    """Return the menu of commands: name and what it does, in a few words."""
    return (
        (Command.TOP_UP, words.say("Top up an account with cash")),
        (Command.STORES, words.say("Find a store near you")),
        (Command.PROBLEM, words.say("Problem at the till")),
        (Command.ORDERS, words.say("Your latest top-ups")),
        (Command.RECEIPT, words.say("Receipt of a top-up")),
        (Command.BALANCE, words.say("An account's balance")),
        (Command.LANGUAGE, words.say("English or Arabic")),
        (Command.LINK, words.say("Link your other chat")),
        (Command.HELP, words.say("How it works")),
        (Command.CANCEL, words.say("Stop, or cancel a code")),
        (Command.REFUND, words.say("How to get money back")),
        (Command.SUPPORT, words.say("Talk to a person")),
    )


def welcome(words: Words, shop: Shop) -> Outgoing:
    """Greet a payer and say what can be done here."""
    text = "\n".join(
        (
            words.say("Welcome to *{shop}*!", shop=words.pick(shop.name, shop.name_ar)),
            words.say(
                "Here you top up your account with cash at a store near you. No bank "
                "account needed."
            ),
        )
    )
    return Outgoing(text, main_menu(words))


def help_message(words: Words) -> Outgoing:
    """Say how it works in short, and list the commands."""
    lines = [
        words.say("*How it works*"),
        words.say(
            "Tell me the account and the amount. I send you a code, you pay in cash at "
            "a store, and the money is added to the account."
        ),
        "",
        *(
            words.say("{command} – {what}", command=f"/{name}", what=description)
            for name, description in commands(words)
        ),
        words.say("You can also just write, for example *top up 50*."),
    ]
    return Outgoing("\n".join(lines), main_menu(words))


def pointer(words: Words) -> Outgoing:
    """Answer a text that fits nothing."""
    text = words.say("I did not understand that. What would you like to do?")
    return Outgoing(text, (*main_menu(words), (person_button(words),)))


def stopped(words: Words) -> Outgoing:
    """Say that support has stopped top-ups, and how to ask why."""
    text = words.say(
        "Top-ups are paused here at the moment, and a person of support can tell you "
        "more. What you have paid is safe."
    )
    return Outgoing(text, ((person_button(words),),))


def news_off(words: Words) -> Outgoing:
    """Say what still comes, and how to have the rest again."""
    text = words.say(
        "All right: no more reminders and news. I still answer you and tell you what "
        "becomes of your cash; send *start* to get the rest again."
    )
    cancel = words.say("To cancel a code, send *cancel*.")
    return Outgoing(f"{text}\n{cancel}")


def news_on(words: Words) -> Outgoing:
    """Say that everything comes again."""
    text = words.say("All right: you get reminders and news again.")
    return Outgoing(text, main_menu(words))


def only_text(words: Words) -> Outgoing:
    """Answer a photo, a voice note or a sticker."""
    text = words.say(
        "Sorry, I can only read text and locations. What would you like to do?"
    )
    return Outgoing(text, main_menu(words))


def language_question(words: Words) -> Outgoing:
    """Ask for the language, in both."""
    row = (
        button(Action.LANGUAGE, "English", "en"),
        button(Action.LANGUAGE, "العربية", "ar"),
    )
    return Outgoing(words.say("Which language do you prefer?"), (row,))


def person_button(words: Words, merchant_order_no: str = "") -> Choice:
    """Make the button that asks for a person, about an order if one is named."""
    return button(Action.PERSON, words.say("Talk to a person"), merchant_order_no)


def main_menu(words: Words) -> Rows:
    """Return the buttons for what people come for."""
    return (
        (button(Action.TOP_UP, words.say("Top up")),),
        (
            button(Action.STORES, words.say("Nearby stores")),
            button(Action.ORDERS, words.say("My top-ups")),
        ),
        (button(Action.GUIDE, words.say("How it works")),),
    )


def trouble(words: Words) -> Outgoing:
    """Own up to a fault of ours."""
    return Outgoing(
        words.say("Something went wrong on our side. Please send that again.")
    )
