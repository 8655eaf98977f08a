"""Typed reading of PayBy's JSON objects: lenient where an order can live without."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.domain.money import BadAmount, Money
from core.payby.codec import JsonObject, WireError

LONGEST_NUMBER = 64  # characters of an order number, ours or PayBy's
LATEST_MS = 253_402_300_799_999  # the end of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Amount:
    """Money as PayBy wrote it, in whatever currency."""

    value: Decimal
    """In the currency's main unit."""
    currency: str

    def to_money(self) -> Money:
        """Return AED as money. Raises WireError for another currency or finer parts."""
        if self.currency != "AED":
            raise WireError(f"{self.currency} is not AED.")
        try:
            return Money.from_aed(self.value)
        except BadAmount as error:
            raise WireError(f"{self.value} has a fraction of a fils.") from error


class Fields:
    """Reads the members of one JSON object; `path` names it in errors."""

    def __init__(self, value: JsonObject, path: str) -> None:
        self._value = value
        self._path = path

    def text(self, name: str) -> str:
        """Return a text; empty when it is missing or no text."""
        value = self._value.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> str:
        """Return an order number. Raises WireError when there is none."""
        value = self.text(name)
        if not value or len(value) > LONGEST_NUMBER:
            raise WireError(f"{self._path}{name} is not an order number.")
        return value

    def count(self, name: str) -> int:
        """Return a whole number from zero on. Raises WireError when there is none."""
        value = self._value.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise WireError(f"{self._path}{name} is not a count.")
        return value

    def time(self, name: str) -> datetime | None:
        """Return milliseconds since 1970 as UTC; None when it is no such number."""
        value = self._value.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        if not 0 < value <= LATEST_MS:
            return None
        return _EPOCH + timedelta(milliseconds=value)

    def flag(self, name: str) -> bool:
        """Return a yes or no, which PayBy writes as the text "true" or "false"."""
        return self._value.get(name) in ("true", True)

    def amount(self, name: str) -> Amount:
        """Return money. Raises WireError when there is none."""
        amount = self.amount_or_none(name)
        if amount is None:
            raise WireError(f"{self._path}{name} is not an amount of money.")
        return amount

    def amount_or_none(self, name: str) -> Amount | None:
        """Return money; None when it is missing or not a number with a currency."""
        inner = self.inner(name)
        value, currency = inner._value.get("amount"), inner.text("currency")  # noqa: SLF001  (own class)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        return Amount(Decimal(value), currency) if currency else None

    def has(self, name: str) -> bool:
        """Tell whether the member is there and is an object."""
        return isinstance(self._value.get(name), dict)

    def inner(self, name: str) -> "Fields":
        """Return a member that is an object; an empty one when it is missing."""
        value = self._value.get(name)
        return Fields(value if isinstance(value, dict) else {}, f"{self._path}{name}.")

    def each(self, name: str) -> list["Fields"]:
        """Return the objects of a list. Raises WireError when it is no list."""
        value = self._value.get(name)
        if not isinstance(value, list):
            raise WireError(f"{self._path}{name} is not a list.")
        path = f"{self._path}{name}[]."
        return [Fields(item, path) for item in value if isinstance(item, dict)]
