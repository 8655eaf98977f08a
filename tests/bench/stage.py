"""The running whole as a benchmark sees it, and how long the demo takes to be ready."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.networks import TELEGRAM
from tests.waiting import until
from tests.world import World, free_port, opened

PUSHES_PER_SECOND = 100
"""More than either network takes as a rule, to measure what is ours."""
_WITHIN_S = 60


@dataclass(frozen=True)
class Stage:
    """Sandbox and product as processes, with questions that a benchmark asks."""

    world: World

    @property
    def data(self) -> Path:
        """The folder of keys, settings and databases."""
        return self.world.desk.data

    @property
    def app_port(self) -> int:
        """The product's port."""
        return self.world.desk.app_port

    def memory_mib(self) -> float:
        """Return the resident memory of the product's process."""
        return self._product().memory_info().rss / 2**20

    def cpu_ms(self) -> float:
        """Return the processor time that the product's process has taken so far."""
        times = self._product().cpu_times()
        return (times.user + times.system) * 1000

    def _product(self) -> psutil.Process:
        env_file = str(self.world.desk.env_file)
        return next(
            process
            for process in psutil.process_iter(["cmdline"])
            if {"serve", env_file} <= set(process.info["cmdline"] or ())
        )

    def calls(self, chat_id: str) -> list[dict[str, Any]]:
        """Return the Bot API calls about a chat that the stand-in has answered."""
        return self.world.get("telegram/calls", chat_id=chat_id)["calls"]

    def send(self, phone: str, network: str = TELEGRAM, **what: str) -> None:
        """Let a phone type or tap."""
        self.world.post(f"{network}/{phone}/send", dict(what))

    def messages(self, phone: str, network: str = TELEGRAM) -> list[dict[str, Any]]:
        """Return what the phone shows."""
        return self.world.get(f"{network}/{phone}/messages")["messages"]

    def wait_for(
        self, phone: str, kind: str, *texts: str, network: str = TELEGRAM
    ) -> dict[str, Any]:
        """Wait until the bot's message with all these texts is there; return it."""

        def look() -> dict[str, Any] | None:
            for message in reversed(self.messages(phone, network)):
                shown = message["from"] == "bot" and message["kind"] == kind
                if shown and all(text in message["text"] for text in texts):
                    return message
            return None

        return until(look, f"a {kind} with {texts}", _WITHIN_S)


@contextmanager
def stage(looks_per_second: int = 10) -> Iterator[Stage]:
    """Run sandbox and product until the block ends."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(
            Path(folder).resolve(),
            telegram_pushes_per_second=PUSHES_PER_SECOND,
            whatsapp_pushes_per_second=PUSHES_PER_SECOND,
            payby_looks_per_second=looks_per_second,
        ) as world,
    ):
        yield Stage(world)


def demo_ready_after_s() -> float:
    """Run the demo, and return the seconds from the command to ready."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "demo", "--no-browser"]
    command += ["--port", str(port), "--app-port", str(free_port())]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        demo = subprocess.Popen(  # noqa: S603  (our own words)
            [*command, "--data", folder], stdout=subprocess.DEVNULL
        )
        try:
            until(lambda: _is_ready(port), "the demo", _WITHIN_S)
            return time.perf_counter() - started
        finally:
            demo.terminate()
            demo.wait()


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(
            f"http://127.0.0.1:{port}/sandbox/health", trust_env=False
        ).is_success
    except httpx.TransportError:
        return False
