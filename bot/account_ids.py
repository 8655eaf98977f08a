"""An account's id as people type it."""

import re

from bot.ports import TopUps
from bot.understanding import ascii_digits
from bot.words import Words
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable

_LONGEST = 64
_ALLOWED = re.compile(r"[A-Za-z0-9._-]+")


class BadAccount(ValueError):
    """No account can be topped up under that text; the text says why to a payer."""


async def find_account(topups: TopUps, typed: str, words: Words) -> Account:
    """Return the open account that was typed, or raise BadAccount.

    Digits of any script count. A phone's keyboard begins with a capital: where the
    id as typed is unknown, the same in small letters is tried.
    """
    account_id = ascii_digits(typed.strip())
    if len(account_id) > _LONGEST:
        raise BadAccount(
            words.say(
                "That is too long for an account ID. Please check and send it again."
            )
        )
    if not _ALLOWED.fullmatch(account_id):
        raise BadAccount(
            words.say(
                "An account ID has only letters, digits, dots, dashes and underscores, "
                "and no spaces. Please send it again."
            )
        )
    try:
        return await topups.find_account(account_id)
    except AccountNotCreditable as refusal:
        if refusal.closed:
            raise BadAccount(not_creditable(refusal, words)) from refusal
    try:
        return await topups.find_account(account_id.lower())
    except AccountNotCreditable as refusal:
        shown = AccountNotCreditable(account_id, refusal.closed)
        raise BadAccount(not_creditable(shown, words)) from refusal


def not_creditable(refusal: AccountNotCreditable, words: Words) -> str:
    """Say that an account is closed or unknown."""
    if refusal.closed:
        return words.say(
            "The account *{account}* is closed and cannot be topped up. Please send "
            "another one.",
            account=refusal.account_id,
        )
    return words.say(
        "I cannot find the account *{account}*. Please check and send it again.",
        account=refusal.account_id,
    )
