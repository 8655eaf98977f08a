"""An amount as people type it, and the amounts we propose."""

from bot.ports import TopUps
from bot.understanding import read_top_up
from bot.words import Words
from core.domain.errors import AmountOutOfLimits
from core.domain.money import AmountFault, BadAmount, Money
from core.domain.terms import Limits

_USUAL = tuple(Money(aed * 100) for aed in (10, 20, 50, 100, 200, 500, 1000, 2000))
_MOST_PROPOSED = 6


class UnusableAmount(ValueError):
    """That cannot be topped up; the text says why, and what to type, to a payer."""


def read_amount(topups: TopUps, typed: str, words: Words) -> Money:
    """Return the amount that was typed, with or without a currency.

    Raises UnusableAmount.
    """
    bare, rest = read_top_up(typed)
    try:
        amount = Money.parse(bare if bare and not rest else typed)
    except BadAmount as bad:
        raise UnusableAmount(_fault(bad.fault, topups.limits, words)) from bad
    return usable(topups, amount, words)


def usable(topups: TopUps, amount: Money, words: Words) -> Money:
    """Return the amount if one order may be that much. Raises UnusableAmount."""
    try:
        topups.check_amount(amount)
    except AmountOutOfLimits as refusal:
        raise UnusableAmount(out_of_limits(amount, refusal, words)) from refusal
    return amount


def proposed(limits: Limits) -> tuple[Money, ...]:
    """Return the amounts to offer as buttons, smallest first."""
    allowed = [
        amount for amount in _USUAL if limits.minimum <= amount <= limits.maximum
    ]
    return tuple(allowed[:_MOST_PROPOSED]) or (limits.minimum,)


def out_of_limits(amount: Money, refusal: AmountOutOfLimits, words: Words) -> str:
    """Say that an amount is too small or too large, and what is possible."""
    if amount < refusal.minimum:
        return words.say(
            "The least you can top up is *{minimum}*. Please send another amount.",
            minimum=refusal.minimum,
        )
    return words.say(
        "The most you can top up at once is *{maximum}*. Please send another amount.",
        maximum=refusal.maximum,
    )


def _fault(fault: AmountFault, limits: Limits, words: Words) -> str:
    match fault:
        case AmountFault.NOT_A_NUMBER:
            return words.say(
                "I could not read an amount there. Please send just the number, for "
                "example *50*."
            )
        case AmountFault.NOT_POSITIVE:
            return words.say(
                "The amount must be more than zero. Please send a number, for example "
                "*50*."
            )
        case AmountFault.TOO_PRECISE:
            return words.say(
                "An amount has at most two digits after the point. Please send it "
                "like *50* or *50.25*."
            )
        case AmountFault.TOO_LARGE:
            return words.say(
                "The most you can top up at once is *{maximum}*. Please send another "
                "amount.",
                maximum=limits.maximum,
            )
