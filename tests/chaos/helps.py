"""What support does for payers in a run, drawn in advance like everything else."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_HELPED = 0.25
"""How many acts there are for each payer."""
_COMES_LATER_S = (1.0, 10.0)
_CLERKS = 2
"""So long after a payer began, support is asked."""


class Help(StrEnum):
    """What somebody of support does to a payer's newest order; its command's name."""

    CHECK = "check"
    RETRY = "retry"
    RESEND = "resend"
    CANCEL = "cancel"
    REFUND = "refund"


_HELPS = {
    Help.CHECK: 25,
    Help.RETRY: 15,
    Help.RESEND: 15,
    Help.CANCEL: 15,
    Help.REFUND: 30,
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A payer who calls support, and what is done for them."""

    after: float
    """How many seconds after the payer began."""
    payer: int
    """Which of the payers."""
    help: Help
    clerks: tuple[int, ...]
    """Which people of support do it, at the same time."""
    taps: int
    """How often each taps the last word."""


def calls(dice: random.Random, payers: int) -> Iterator[Call]:
    """Draw who calls, and what for."""
    for _ in range(round(payers * _HELPED)):
        yield Call(
            after=dice.uniform(*_COMES_LATER_S),
            payer=dice.randrange(payers),
            help=dice.choices(tuple(_HELPS), tuple(_HELPS.values()))[0],
            clerks=tuple(dice.sample(range(_CLERKS), _together(dice))),
            taps=2 if dice.random() < 0.2 else 1,
        )


def _together(dice: random.Random) -> int:
    return _CLERKS if dice.random() < 0.25 else 1
