"""What is said when a limit leaves no room for a wish: what remains, and until when."""

from datetime import datetime

from bot.words import Words
from core.domain.limits import Breach, Rule
from core.domain.money import Money

_ABOUT_THE_ACCOUNT = {Rule.ACCOUNT_DAY, Rule.ACCOUNT_MONTH}


def leaves_room(breach: Breach, minimum: Money) -> bool:
    """Tell whether a smaller amount would do."""
    return breach.room >= minimum


def is_about_the_account(breach: Breach) -> bool:
    """Tell whether another account would do."""
    return breach.rule in _ABOUT_THE_ACCOUNT


def over_limit(breach: Breach, minimum: Money, words: Words, now: datetime) -> str:
    """Say how much may still be topped up, or from when on."""
    if leaves_room(breach, minimum):
        text = _what_is_left(breach, words)
    else:
        text = _nothing_left(breach, words, now)
    if breach.with_unpaid and breach.rule is not Rule.OPEN_CODES:
        hint = words.say("Codes that are not paid yet count too.")
        text = f"{text}\n{hint}"
    return text


def _what_is_left(breach: Breach, words: Words) -> str:
    match breach.rule:
        case Rule.ACCOUNT_DAY:
            return words.say(
                "This account can get *{room}* more today. Please send another amount.",
                room=breach.room,
            )
        case Rule.ACCOUNT_MONTH:
            return words.say(
                "This account can get *{room}* more this month. Please send another "
                "amount.",
                room=breach.room,
            )
        case Rule.PAYER_MONTH | Rule.CHAT_MONTH:
            return words.say(
                "You can top up *{room}* more this month. Please send another amount.",
                room=breach.room,
            )
        case Rule.FIRST:
            return words.say(
                "As you are new here, you can top up *{room}* more for now. Please "
                "send another amount.",
                room=breach.room,
            )
        case _:
            return words.say(
                "You can top up *{room}* more today. Please send another amount.",
                room=breach.room,
            )


def _nothing_left(breach: Breach, words: Words, now: datetime) -> str:
    again = words.moment(breach.again_at, now) if breach.again_at else ""
    match breach.rule:
        case Rule.ACCOUNT_DAY | Rule.ACCOUNT_MONTH:
            return words.say(
                "This account has got as much as it can for now. More is possible "
                "from *{time}*. Please send another account.",
                time=again,
            )
        case Rule.FIRST:
            return _nothing_for_somebody_new(again, words)
        case Rule.OPEN_CODES:
            return words.say(
                "You have as many unpaid codes as you can have at once. Please pay one "
                "or cancel one first."
            )
        case Rule.PACE:
            return words.say(
                "Those were many codes in a short time. You can have the next one from "
                "*{time}*.",
                time=again,
            )
        case Rule.PAYER_MONTH | Rule.CHAT_MONTH:
            return words.say(
                "You have topped up as much as you can this month. More is possible "
                "from *{time}*.",
                time=again,
            )
        case Rule.PAYER_DAY | Rule.CHAT_DAY:
            return words.say(
                "You have topped up as much as you can today. More is possible from "
                "*{time}*.",
                time=again,
            )


def _nothing_for_somebody_new(again: str, words: Words) -> str:
    if again:
        return words.say(
            "As you are new here, you cannot top up more for now. More is possible "
            "from *{time}*.",
            time=again,
        )
    return words.say(
        "As you are new here, you cannot top up more for now. Please pay the code that "
        "you have first."
    )
