"""JSON as PayBy writes it: compact, and money as literal decimals, never floats."""

import json
from decimal import Decimal
from typing import Any, NoReturn

CURRENCY = "AED"

_LARGEST_EXPONENT = 100


def loads(body: bytes) -> Any:  # noqa: ANN401 any JSON value
    """Parse JSON with decimals kept exact; raises ValueError."""
    try:
        return json.loads(body, parse_float=_decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("a number out of range")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def dumps(value: object) -> bytes:
    """Write compact UTF-8 JSON; a Decimal keeps its scale: ``50.00``.

    Half a surrogate pair, which UTF-8 can't hold, is written as JSON's escape.
    """
    return _text(value).encode("utf-8", "backslashreplace")


def _text(value: object) -> str:
    match value:
        case dict():
            pairs = (f"{_text(str(k))}:{_text(v)}" for k, v in value.items())
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
        case Decimal():
            return f"{value:f}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def money(amount: Decimal) -> dict[str, object]:
    """Money as PayBy writes it, with two decimals."""
    return {"amount": amount.quantize(Decimal("0.01")), "currency": CURRENCY}
