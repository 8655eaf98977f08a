"""A load generator that is cheap enough to share a machine with what it measures."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What a run of requests measured."""

    per_second: float
    latencies_ms: Sequence[float]


def request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Write a POST request's bytes."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def send_all(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Send every request once over that many connections; each must get a 200."""
    waiting = iter(requests)
    latencies: list[float] = []
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_send_some(port, waiting, latencies))
    seconds = time.perf_counter() - started
    return Load(len(latencies) / seconds, sorted(latencies))


async def _send_some(port: int, waiting, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for one in waiting:
        started = time.perf_counter()
        writer.write(one)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b" 200 " not in head[:16]:
            raise RuntimeError(f"answered {head[:80]!r} {body[:200]!r}")
        latencies.append((time.perf_counter() - started) * 1000)
    writer.close()


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the value below which that share of the values lies."""
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]
