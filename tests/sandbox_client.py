"""The sandbox's control API, as scripts and tests use it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

Json = dict[str, Any]


class Refused(Exception):
    """The sandbox refuses; the text is its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Expect the sandbox to refuse what is done in the block, saying this."""
    with pytest.raises(Refused, match=re.escape(sentence)):
        yield


class SandboxClient:
    """What can be done to the outside world. Each call raises Refused."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=90)

    def fault(self, target: str, mode: str, **how: Any) -> None:
        """Let the next calls go wrong: one, `times`, or by `chance`."""
        self.post("faults", {"target": target, "mode": mode, **how})

    def clear_faults(self) -> None:
        """Let nothing more go wrong."""
        self.http.delete("/sandbox/faults").raise_for_status()

    def fault_is_met(self) -> bool:
        """Tell whether every fault has been used up."""
        return not self.get("faults")["waiting"]

    def updates_are_taken(self) -> bool:
        """Tell whether all that people sent was brought, as far as it ever is."""
        return (
            self.get("telegram")["webhook"]["pending_update_count"] == 0
            and self.get("whatsapp")["webhook"]["under_way"] == 0
        )

    def order_numbers(self) -> set[str]:
        """The orders in PayBy's book."""
        orders = self.get("payby/orders")["orders"]
        return {order["merchantOrderNo"] for order in orders}

    def payby_order(self, number: str) -> Json:
        """PayBy's page about one order."""
        return self.get(f"payby/orders/{number}")

    def notify(self, number: str, **how: Any) -> list[Json]:
        """Send an order's notice; what the product answered, per try."""
        answers = self.http.post(f"/sandbox/payby/orders/{number}/notify", json=how)
        tries: list[Json] = _read(answers)
        return tries

    def payby_calls(self, call: str, number: str = "") -> list[Json]:
        """The calls of a name that PayBy got, about one order or any, oldest first."""
        about = {"merchantOrderNo": number} if number else {}
        calls: list[Json] = self.get("payby/calls", call=call, **about)["calls"]
        return calls

    def scan(
        self, qr: str, store: str = "store-001", password: str = "", **how: Any
    ) -> Json:
        """Be the cashier, who knows the password. Raises Refused with what POS says.

        `trouble` lets the cashier fail, `late` takes money after the order's end.
        """
        known = password or self.store(store)["password"]
        scan = {"qr": qr, "store": store, "password": known, **how}
        return self.post("pos/scan", scan)

    def leave(self, qr: str, store: str = "store-001") -> None:
        """Be the cashier who gives the code back."""
        self.post("pos/leave", {"qr": qr, "store": store})

    def set_payby_clock(self, ahead_seconds: int) -> None:
        """Put PayBy's clock forward or back, so that the product's looks wrong."""
        self.post("clock", {"ahead_seconds": ahead_seconds})

    def look(self, qr: str, store: str = "store-001") -> Json:
        """Be the cashier before the password."""
        return self.post("pos/look", {"qr": qr, "store": store})

    def store(self, store: str) -> Json:
        """A store as its POS knows it, with balance and password."""
        stores: list[Json] = self.get("pos/stores")["stores"]
        return next(each for each in stores if each["id"] == store)

    def calls(self, method: str) -> list[Json]:
        """The calls of a Bot API method so far."""
        calls: list[Json] = self.get("telegram/calls", method=method)["calls"]
        return calls

    def get(self, path: str, **query: object) -> Json:
        """Ask the sandbox."""
        answer: Json = _read(self.http.get(f"/sandbox/{path}", params=_text(query)))
        return answer

    def post(self, path: str, body: Json) -> Json:
        """Tell the sandbox. Raises Refused."""
        answer: Json = _read(self.http.post(f"/sandbox/{path}", json=body))
        return answer


def _read(response: httpx.Response) -> Any:
    if response.is_error:
        raise Refused(response.status_code, response.json()["error"])
    return response.json()


def _text(query: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items()}
