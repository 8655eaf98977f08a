"""`make bench`: measure, and print a table. Ratios are to floors of the same run."""

import asyncio
import platform
from collections.abc import Iterator
from importlib.metadata import version

import psutil

from tests.bench.books import LINES, compare_books
from tests.bench.load import percentile, send_all
from tests.bench.notices import Floor, signed_notices
from tests.bench.open_orders import OPEN, with_open_orders
from tests.bench.pictures import card_ms, nearest_ms, qr_ms
from tests.bench.stage import Stage, demo_ready_after_s, stage
from tests.bench.stories import confirm_to_card, notice_to_push

_NOTICES = 4000
_CONNECTIONS = 32
Row = tuple[str, str, str]


def main() -> None:
    """Measure everything and print it."""
    packages = ("dbos", "fastapi", "uvicorn", "sqlalchemy", "pillow", "cryptography")
    print(f"{psutil.cpu_count()} cores, Python {platform.python_version()},", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in packages), end="\n\n")
    print(f"{'what':<46}{'measured':<34}aim")
    _print(_books())
    with stage() as running:
        for rows in (_alone(), _waits(running), _notices(running)):
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
    push = notice_to_push(running, per_second=30, seconds=30)
    waits = f"p50 {push.p50:.0f} ms, p99 {push.p99:.0f} ms of {push.count}"
    yield "notice → push, 30 a second for 30 s", waits, "p50 100, p99 400"


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
