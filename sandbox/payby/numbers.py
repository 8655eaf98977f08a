"""Numbers PayBy gives out."""

import secrets
from itertools import count

_serial = count(secrets.randbelow(1000))


def new_order_no(now: int) -> str:
    """Make PayBy's number of an order or refund: 18 digits, rising with time."""
    return f"13{now}{next(_serial) % 1000:03}"


def new_notify_id(day: str) -> str:
    """Make a notice's id: the day and ten digits."""
    return f"{day}{secrets.randbelow(10**10):010}"


def new_token() -> str:
    """Make the secret of a QR."""
    return secrets.token_hex(16)


def new_trace_code() -> str:
    """Make the code by which PayBy's support finds an answer again."""
    return f"{secrets.randbelow(10**6):06}"
