"""The bodies of the control API's calls that are not a phone's."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from sandbox import faults
from sandbox.api import Question
from sandbox.faults import Fault
from sandbox.payby.notices import Signature
from sandbox.payby.requests import Amount
from sandbox.pos_troubles import Trouble

_TEN_MINUTES_MS = 600_000
_DAY_S = 86_400
_MOST_TIMES = 1000

Text = Annotated[str, Field(min_length=1, max_length=500)]
Wait = Annotated[int, Field(ge=0, le=_TEN_MINUTES_MS)]
Times = Annotated[int, Field(ge=1, le=_MOST_TIMES)]


class Look(Question):
    """The cashier scans a code."""

    qr: Text
    store: Text


class Scan(Look):
    """The cashier scans a code and enters the password."""

    password: str
    at: Annotated[int, Field(ge=0, lt=10**14)] | None = None
    """When the cashier did it, in ms since the epoch; None: now."""

    late: bool = False
    """Whether PayBy takes the money though the order has just ended."""

    trouble: Trouble | None = None


class BeginRefund(Question):
    """Somebody gives money back at PayBy's portal, without the merchant's server."""

    amount: Amount | None = None
    """In AED; None: all that is left."""


class Notify(Question):
    """Send a notice, again or changed."""

    times: Times = 1
    signature: Signature = "good"
    delay_ms: Wait = 0
    mutate: dict[str, Any] = Field(default_factory=dict)
    concurrent: bool = False


def _fault_times(value: object) -> object:
    if value == "until cleared" or (type(value) is int and 1 <= value <= _MOST_TIMES):
        return value
    raise PydanticCustomError(
        "times", f'Input should be 1 to {_MOST_TIMES} or "until cleared"'
    )


class NewFault(Question):
    """Let the next calls of a target go wrong."""

    target: Text
    mode: Text
    times: Annotated[faults.Times, PlainValidator(_fault_times)] | None = None
    chance: Annotated[Decimal | int, Field(gt=0, le=1)] | None = None
    seed: int | None = None
    delay_ms: Wait | None = None
    retry_after: Annotated[int, Field(ge=0, le=3600)] | None = None
    about: Text | None = None

    def fault(self) -> Fault:
        """Fill in what is usual: one call, or for a chance as many as come."""
        usual: faults.Times = 1 if self.chance is None else "until cleared"
        return Fault(
            target=self.target,
            mode=self.mode,
            times=self.times or usual,
            chance=None if self.chance is None else float(self.chance),
            seed=self.seed,
            delay_ms=self.delay_ms,
            retry_after=self.retry_after,
            about=self.about,
        )


class SetClock(Question):
    """Put PayBy's clock forward, or with a minus back."""

    ahead_seconds: Annotated[int, Field(ge=-_DAY_S, le=_DAY_S)]
