"""Payers and accounts whose top-ups support has stopped for a while.

No new order is made and no code shown again; what is paid all the same is held, and
credited once the stop is over.
"""

from dataclasses import dataclass
from datetime import datetime

_ACCOUNT, _PAYER = "account", "payer"


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """What is stopped, by whom and why."""

    subject: str
    reason: str
    frozen_by: str
    frozen_at: datetime


def of_account(account_id: str) -> str:
    """Name an account as what is stopped."""
    return f"{_ACCOUNT}:{account_id}"


def of_payer(conversation_id: str) -> str:
    """Name the payer of a chat as who is stopped."""
    return f"{_PAYER}:{conversation_id}"


def payer_of(subject: str) -> str:
    """Return the chat whose payer is meant; empty when it is an account."""
    kind, _, chat = subject.partition(":")
    return chat if kind == _PAYER else ""


def account_of(subject: str) -> str:
    """Return the account that is meant; empty when it is a payer."""
    kind, _, account = subject.partition(":")
    return account if kind == _ACCOUNT else ""
