"""The log of PayBy's calls: which request came when, and how it was answered."""

import time
from collections import deque
from dataclasses import dataclass, field

from starlette.responses import Response

from sandbox.hangup import HangUp
from sandbox.payby.wire import loads

_KEPT = 20_000


@dataclass(kw_only=True)
class Call:
    """One request on its way through."""

    call: str
    """As a fault names it, without ``payby.``: ``getOrder``, ``refund.getOrder`` …"""

    merchant_order_no: str
    """The number in it of an order, also of one that is refunded; empty for none."""

    at: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    """When the whole request was read, in ms since the epoch."""

    took_ms: int = 0
    """How long we worked on the answer; a silence before hanging up is not work."""

    status: int = 0
    """The HTTP status; 0: hung up, or given up by the caller."""

    code: str = ""
    """PayBy's code; empty: none was given."""

    def answered(self, response: Response) -> None:
        """Keep how it was answered."""
        self.took_ms = time.time_ns() // 1_000_000 - self.at
        if not isinstance(response, HangUp):
            self.status = response.status_code
            self.code = _in(bytes(response.body), "head", "code")

    def to_json(self) -> dict[str, object]:
        """Write it for the control API."""
        return {
            "call": self.call,
            "merchantOrderNo": self.merchant_order_no,
            "at": self.at,
            "took_ms": self.took_ms,
            "status": self.status,
            "code": self.code,
        }


class CallLog:
    """The newest calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()

    def note(self, call: str, body: bytes) -> Call:
        """Note that a call has come."""
        number, refunded = (
            _in(body, "bizContent", name)
            for name in ("merchantOrderNo", "originMerchantOrderNo")
        )
        noted = Call(call=call, merchant_order_no=number or refunded)
        self._calls.append(noted)
        return noted

    def found(self, call: str | None, merchant_order_no: str | None) -> list[Call]:
        """Return the calls of that name, about that order; None for any."""
        return [
            noted
            for noted in self._calls
            if call in {None, noted.call}
            and merchant_order_no in {None, noted.merchant_order_no}
        ]


def _in(body: bytes, part: str, name: str) -> str:
    """Look a text up in a body that may be anything; empty when it is not there."""
    try:
        found = loads(body)[part][name]
    except (ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) else ""
