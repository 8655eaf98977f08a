"""The ways in which a cashier fails to take the cash, on command."""

from decimal import Decimal
from typing import Literal, TypeAlias

from sandbox.api import Refused

Trouble: TypeAlias = Literal[
    "refused",
    "no_balance",
    "pos_error",
    "pos_error_after_payment",
    "extra_fee",
    "wrong_amount",
]

POS_ERRORS = frozenset({"pos_error", "pos_error_after_payment"})
"""Nobody at the till can tell the two apart: only in the second the order is paid."""

_TOO_MUCH = Decimal(5)


def failure(trouble: Trouble, store: str, amount: Decimal) -> Refused:
    """Say what goes wrong when this store should take this amount, in AED."""
    status = 503 if trouble in POS_ERRORS else 409
    sentence = _sentence(trouble, store, amount)
    return Refused(status, sentence, trouble=trouble)


def _sentence(trouble: Trouble, store: str, amount: Decimal) -> str:
    match trouble:
        case "refused":
            return f"The cashier of {store} will not do it."
        case "no_balance":
            return f"The balance of {store} is too low."
        case "extra_fee":
            fee = f"a fee of AED {_TOO_MUCH:.2f} on top of AED {amount:.2f}"
            return f"The cashier of {store} asks for {fee}."
        case "wrong_amount":
            wrong = f"AED {amount + _TOO_MUCH:.2f} instead of AED {amount:.2f}"
            return f"The cashier of {store} asks for {wrong}."
        case "pos_error" | "pos_error_after_payment":
            return f"The POS of {store} shows an error."
