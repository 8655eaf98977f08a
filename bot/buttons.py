"""Buttons and what comes back when one is tapped.

A tap is as untrusted as a typed text: whoever handles an action checks that its key
belongs to the chat.
"""

from enum import StrEnum

from bot.messages import CHOICE_ID_BYTES, Choice

_VERSION = "v1"


class Action(StrEnum):
    """What a button does, and what its key is."""

    TOP_UP = "topup"  # no key
    ACCOUNT = "account"  # no key: the account used last
    AMOUNT = "amount"  # fils, checked like a typed amount
    CONFIRM = "confirm"  # draft
    CHANGE_AMOUNT = "edit_amount"  # draft
    CHANGE_ACCOUNT = "edit_account"  # draft
    DROP = "drop"  # draft
    CHECK = "check"  # order
    SHOW_CODE = "code"  # order
    ORDER = "order"  # order
    AGAIN = "again"  # order
    CANCEL = "cancel"  # order: asks first
    CANCEL_NOW = "cancel_now"  # order
    CANCEL_ANYWAY = "cancel_anyway"  # order: even with a cashier scanning it
    EXTEND = "extend"  # order and its present end
    REPLACE = "replace"  # draft and the order in its way
    REPLACE_ANYWAY = "replace_anyway"  # the same: even with a cashier scanning it
    KEEP_OLD = "keep_old"  # the same
    MONEY_BACK = "money_back"  # order: explains
    REFUND = "refund"  # order: asks support
    RECEIPT = "receipt"  # order
    PROBLEM = "problem"  # order: asks what goes wrong at the till
    TROUBLE = "trouble"  # order and trouble
    AT_STORE = "at_store"  # order, trouble, and a sign of the store
    ORDERS = "orders"  # no key
    GUIDE = "guide"  # no key
    STORES = "stores"  # no key
    LANGUAGE = "language"  # language
    UNLINK = "unlink"  # payer
    PERSON = "person"  # order, or no key: about the newest


def button(action: Action, title: str, key: str = "", short: str = "") -> Choice:
    """Make a button. Raises ValueError when its id would be too long for a channel."""
    choice_id = f"{_VERSION}:{action}:{key}"
    if not choice_id.isascii() or len(choice_id) > CHOICE_ID_BYTES:
        raise ValueError(f"no channel carries the button id {choice_id!r}")
    return Choice(choice_id, title, short=short)


def tapped(choice_id: str) -> tuple[Action, str] | None:
    """Read a button's id; None when it is none of ours."""
    version, _, rest = choice_id.partition(":")
    action, _, key = rest.partition(":")
    if version != _VERSION or action not in set(Action):
        return None
    return Action(action), key
