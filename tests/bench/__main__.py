"""`make bench`: measure, and print a table. Ratios are to floors of the same run."""

import asyncio
import platform
import time
from collections.abc import Iterator
from importlib.metadata import version

import psutil

from tests.bench.bare import sends_per_second
from tests.bench.books import LINES, compare_books
from tests.bench.load import percentile, send_all
from tests.bench.notices import Floor, signed_notices
from tests.bench.open_orders import OPEN, with_open_orders
from tests.bench.payments import Told, in_turn, pay, payers
from tests.bench.pictures import card_ms, nearest_ms, qr_ms
from tests.bench.stage import Stage, demo_ready_after_s, stage
from tests.bench.stories import confirm_to_card
from tests.networks import TELEGRAM, WHATSAPP

_NOTICES = 4000
_CEILINGS = {TELEGRAM: 30, WHATSAPP: 80}
"""What the networks take in a second."""
_CONNECTIONS = 32
_SETTLES_S = 4.0
Row = tuple[str, str, str]


def main() -> None:
    """Measure everything and print it."""
    packages = ("dbos", "fastapi", "uvicorn", "sqlalchemy", "pillow", "cryptography")
    print(f"{psutil.cpu_count()} cores, Python {platform.python_version()},", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in packages), end="\n\n")
    print(f"{'what':<46}{'measured':<34}aim")
    _print(_books())
    with stage() as running:
        for rows in (_alone(), _waits(running), _pushes(running), _notices(running)):
            _print(rows)
    print(f"\nwith {OPEN:,} open orders, and with none")
    _print(with_open_orders())


def _print(rows: Iterator[Row]) -> None:
    for what, measured, aim in rows:
        print(f"{what:<46}{measured:<34}{aim}", flush=True)


def _alone() -> Iterator[Row]:
    yield "demo: command to ready", f"{demo_ready_after_s():.1f} s", "15 s"
    for language in ("en", "ar"):
        yield f"card ({language})", f"{card_ms(language):.1f} ms", "25 ms"
    ours, theirs = qr_ms()
    yield "QR", f"{ours:.1f} ms, {theirs / ours:.1f} x faster", "3 x make_image"
    yield "nearest 5 of 100,000 stores", f"{nearest_ms(100_000):.2f} ms", "5 ms"


def _books() -> Iterator[Row]:
    took = compare_books()
    what = f"statement of {LINES:,} lines compared"
    yield what, f"{took.seconds:.1f} s, {took.peak_mib:.0f} MiB", "10 s, 300 MiB"
    ratio = took.seconds / took.floor_s
    yield "the same, to a floor that reads it as csv", f"{ratio:.0f} times", ""


def _waits(running: Stage) -> Iterator[Row]:
    yield "memory of the product, idle", f"{running.memory_mib():.0f} MiB", ""
    card = confirm_to_card(running, 50)
    yield (
        "confirm → card sent",
        f"p50 {card.p50:.0f} ms, p99 {card.p99:.0f} ms",
        "p50 100",
    )
    yield "processor, idle", f"{_idle_percent(running):.1f} % of a core", ""


def _idle_percent(running: Stage) -> float:
    time.sleep(_SETTLES_S)
    before = running.cpu_ms()
    time.sleep(_SETTLES_S)
    return (running.cpu_ms() - before) / _SETTLES_S / 10


def _pushes(running: Stage) -> Iterator[Row]:
    of = {
        network: payers(running, network, most * 2)
        for network, most in _CEILINGS.items()
    }
    for network, who in of.items():
        for per_second, aim in ((10, ""), (30, "p50 100, p99 400")):
            told = pay(running, who, per_second, seconds=8)
            what = f"notice → push on {network}, {per_second} a second"
            yield what, _spread(told, network), aim
        yield "  the processor's part of each", f"{told.cpu_ms:.0f} ms", ""
    both = in_turn(*of.values())
    most = sum(_CEILINGS.values())
    sustained = pay(running, both, most, seconds=4)
    rate = f"{sustained.per_second:.0f} a second"
    yield f"pushes on both, {most} a second paid for", rate, "30 + 80 a second"
    for network in of:
        yield f"  their waits on {network}", _spread(sustained, network), ""
    floor = asyncio.run(sends_per_second(running, both, count=most * 4))
    yield "floor: a bare client sends as many", f"{floor:.0f} a second", ""
    share = sustained.per_second / floor
    yield "pushes on both, share of the floor", f"{share:.2f}", ""


def _spread(told: Told, network: str) -> str:
    wait = told.waits[network]
    return f"p50 {wait.p50:.0f} ms, p99 {wait.p99:.0f} ms of {wait.count}"


def _notices(running: Stage) -> Iterator[Row]:
    notices = signed_notices(running, _NOTICES, "/payby/notices")
    ours = asyncio.run(send_all(running.app_port, notices, _CONNECTIONS))
    with Floor(running) as floor:
        same = [one.replace(b"/payby/notices", b"/floor") for one in notices]
        least = asyncio.run(send_all(floor.port, same, _CONNECTIONS))
    for name, load in (
        ("notice accepted", ours),
        ("floor: verify, commit a row", least),
    ):
        rate = (
            f"{load.per_second:.0f}/s, p99 {percentile(load.latencies_ms, 0.99):.0f} ms"
        )
        yield name, rate, ""
    share = ours.per_second / least.per_second
    yield "notice accepted, share of the floor", f"{share:.2f}", "0.5"
    memory = f"{running.memory_mib():.0f} MiB"
    yield "memory of the product, after it all", memory, ""


if __name__ == "__main__":
    main()
