"""Money: whole fils of UAE dirhams, read from what people type, never a float."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

FILS_PER_DIRHAM = 100
_MOST_WHOLE_DIGITS = 12  # PayBy: money, at most 12 digits before the point
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "،": ","})
_PLAIN = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?")


class AmountFault(StrEnum):
    """Why a text is not an amount that can be paid."""

    NOT_A_NUMBER = "not_a_number"
    NOT_POSITIVE = "not_positive"
    TOO_PRECISE = "too_precise"
    TOO_LARGE = "too_large"


class BadAmount(ValueError):
    """A text that is not an amount; `fault` says why."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, order=True)
class Money:
    """An amount in fils (1/100 AED); negative only as one side of a posting."""

    fils: int

    @classmethod
    def from_aed(cls, aed: Decimal) -> Self:
        """Exact dirhams as money.

        Raises BadAmount when there is a fraction of a fils or no finite value.
        """
        if not aed.is_finite():
            raise BadAmount(AmountFault.NOT_A_NUMBER)
        fils = aed * FILS_PER_DIRHAM
        if fils != fils.to_integral_value():
            raise BadAmount(AmountFault.TOO_PRECISE)
        return cls(int(fils))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a typed amount: "50", "1,000.50", "٥٠", "५०".

        Digits of any script count; a comma only groups thousands. Raises BadAmount.
        """
        plain = _with_ascii_digits(text.strip()).translate(_SEPARATORS)
        negative = plain.startswith(("-", "−"))
        match = _PLAIN.fullmatch(plain[1:] if negative else plain)
        if not match:
            raise BadAmount(AmountFault.NOT_A_NUMBER)
        if negative:
            raise BadAmount(AmountFault.NOT_POSITIVE)
        if len(match[1] or "") > 2:  # noqa: PLR2004  (fils are two decimals)
            raise BadAmount(AmountFault.TOO_PRECISE)
        number = match[0].replace(",", "")
        if len(number.partition(".")[0]) > _MOST_WHOLE_DIGITS:
            raise BadAmount(AmountFault.TOO_LARGE)
        money = cls.from_aed(Decimal(number))
        if not money.fils:
            raise BadAmount(AmountFault.NOT_POSITIVE)
        return money

    @property
    def aed(self) -> Decimal:
        """The amount in dirhams with exactly two decimals."""
        return Decimal(self.fils).scaleb(-2)

    def __add__(self, other: "Money") -> "Money":
        """Add fils to fils."""
        return Money(self.fils + other.fils)

    def __neg__(self) -> "Money":
        """Turn the amount into the other side of a posting."""
        return Money(-self.fils)

    def __str__(self) -> str:
        """Write the amount as people in the UAE do: AED 1,000.50."""
        return f"AED {self.aed:,.2f}"


NOTHING = Money(0)


def _with_ascii_digits(text: str) -> str:
    return "".join(
        str(digit) if (digit := unicodedata.decimal(sign, None)) is not None else sign
        for sign in text
    )
