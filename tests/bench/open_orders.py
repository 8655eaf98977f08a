"""What a hundred thousand open orders cost: every figure with them and without.

Two worlds stand side by side, one of them full; only one product runs at a time, so
that a machine which slows down does so for both.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import httpx

from tests.bench.crowd import crowd, one_order
from tests.bench.payments import notice_to_push, open_codes
from tests.bench.stage import Stage, stage
from tests.waiting import until
from webhooks.settings import read_settings

OPEN = 100_000
_TURNS = 3
_PER_SECOND, _SECONDS = 10, 6
_DUE = 100
_ROUND_S = 3.0
_ROUNDS = 3
_SETTLES_S = 4.0
_WITHIN_S = 60


@dataclass(frozen=True)
class Turn:
    """One run of the product, in one world."""

    start_s: float
    memory_mib: float
    push_p50_ms: float
    push_p99_ms: float
    payment_ms: float
    """Processor time of the whole product for each of those payments."""
    round_ms: float
    """The same, for a few seconds in which the watch looks at what is due."""


@dataclass(frozen=True)
class Scene:
    """A world, and the orders in it that will be due."""

    here: Stage
    numbers: Sequence[str]

    def turn(self) -> Turn:
        """Run the product once, and measure."""
        started = time.perf_counter()
        self.here.world.launch_product()
        until(self._is_up, "the product", _WITHIN_S)
        start_s = time.perf_counter() - started
        time.sleep(_SETTLES_S)
        memory_mib = self.here.memory_mib()
        before = self.here.cpu_ms()
        push = notice_to_push(self.here, _PER_SECOND, _SECONDS)
        payment_ms = (self.here.cpu_ms() - before) / push.count
        round_ms = min(self.look() for _ in range(_ROUNDS))
        self.here.world.kill_product()
        return Turn(start_s, memory_mib, push.p50, push.p99, payment_ms, round_ms)

    def look(self) -> float:
        """Let the orders be due; return the ms of a few seconds in which they are."""
        before, ends = self.here.cpu_ms(), time.monotonic() + _ROUND_S
        now = int(time.time() * 1000)
        self._ask("update orders set look_at = ? where", now)
        due = "select count(*) from orders where look_at <= ? and"
        until(lambda: self._ask(due, now) == [(0,)], "the watch", _WITHIN_S)
        time.sleep(max(ends - time.monotonic(), 0))
        return self.here.cpu_ms() - before

    def _ask(self, question: str, now: int) -> list[tuple[object, ...]]:
        marks = ", ".join("?" * len(self.numbers))
        about = f"{question} merchant_order_no in ({marks})"
        database = self.here.world.desk.database
        with closing(sqlite3.connect(database, timeout=30)) as product, product:
            return product.execute(about, [now, *self.numbers]).fetchall()

    def _is_up(self) -> bool:
        try:
            url = f"{self.here.world.desk.app_url}/readyz"
            return httpx.get(url, trust_env=False).is_success
        except httpx.TransportError:
            return False


def with_open_orders() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured, the figure with its ratio, and the aim."""
    with stage(looks_per_second=_DUE) as empty, stage(looks_per_second=_DUE) as full:
        without, among = _set(empty, 0), _set(full, OPEN)
        turns = [(without.turn(), among.turn()) for _ in range(_TURNS)]
    for what, figure, unit, digits in _FIGURES:
        base = min(figure(turn) for turn, _ in turns)  # other work only ever adds
        cost = min(figure(turn) for _, turn in turns)
        yield what, f"{cost:.{digits}f} {unit}, {cost / base:.2f} x without", "1.2 x"


def _set(here: Stage, count: int) -> Scene:
    """Open so many orders, and those that will be due."""
    one_order(here)
    here.world.kill_product()
    if count:
        crowd(here, count)
    here.world.start_product()
    phones = [str(850_000 + number) for number in range(_DUE)]
    for phone in phones:
        here.send(phone, text="/start")
    settings = read_settings(here.data / "demo.env")
    orders = asyncio.run(
        open_codes(settings, [f"tg:{phone}" for phone in phones], _DUE)
    )
    scene = Scene(here, [order.merchant_order_no for order in orders])
    scene.look()  # their payers are shown their codes now, and never again
    for phone in phones:
        here.wait_for(phone, "text", "How to pay")
    here.world.kill_product()
    return scene


_FIGURES: tuple[tuple[str, Callable[[Turn], float], str, int], ...] = (
    ("start to ready", lambda turn: turn.start_s, "s", 1),
    ("memory, idle", lambda turn: turn.memory_mib, "MiB", 0),
    ("notice → push, 10 a second, p50", lambda turn: turn.push_p50_ms, "ms", 0),
    ("notice → push, 10 a second, p99", lambda turn: turn.push_p99_ms, "ms", 0),
    ("a payment, idle work and all", lambda turn: turn.payment_ms, "ms CPU", 0),
    ("3 s in which 100 are due", lambda turn: turn.round_ms, "ms CPU", 0),
)
