"""The demo as a benchmark sees it: real processes, free ports, a folder of its own."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

_READY_WITHIN_S = 60
_SEEN_WITHIN_S = 60


@dataclass(frozen=True)
class Stage:
    """A running demo."""

    data: Path
    port: int
    app_port: int
    http: httpx.Client
    """To the sandbox."""
    ready_after_s: float
    """From the command to ready, on an installed clone."""

    def product(self) -> psutil.Process:
        """Return the product's process."""
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if "serve" in command and str(self.data / "demo.env") in command:
                return process
        raise RuntimeError("the product does not run")

    def calls(self, chat_id: str) -> list[dict]:
        """Return the Bot API calls about a chat that the stand-in has answered."""
        answer = self.http.get("/sandbox/telegram/calls", params={"chat_id": chat_id})
        return answer.json()["calls"]

    def send(self, phone: str, **what) -> None:
        """Let a phone type or tap."""
        self.http.post(f"/sandbox/telegram/{phone}/send", json=what).raise_for_status()

    def messages(self, phone: str) -> list[dict]:
        """Return what the phone shows."""
        return self.http.get(f"/sandbox/telegram/{phone}/messages").json()["messages"]

    def wait_for(self, phone: str, kind: str, *texts: str) -> dict:
        """Wait until the bot's message with all these texts is there; return it."""
        deadline = time.monotonic() + _SEEN_WITHIN_S
        while time.monotonic() < deadline:
            for message in reversed(self.messages(phone)):
                shown = message["from"] == "bot" and message["kind"] == kind
                if shown and all(text in message["text"] for text in texts):
                    return message
            time.sleep(0.02)
        raise RuntimeError(f"{phone} never saw a {kind} with {texts}")


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def stage() -> Iterator[Stage]:
    """Run the demo until the block ends."""
    port, app_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder).resolve()
        started = time.perf_counter()
        command = [sys.executable, "-m", "sandbox", "demo", "--no-browser"]
        command += ["--port", str(port), "--app-port", str(app_port)]
        command += ["--data", str(data)]
        demo = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  (our own words)
        try:
            http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)
            with http:
                _wait_until_ready(http)
                yield Stage(data, port, app_port, http, time.perf_counter() - started)
        finally:
            demo.terminate()
            demo.wait()


def _wait_until_ready(http: httpx.Client) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if http.get("/sandbox/health").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the demo was not ready within {_READY_WITHIN_S} s")
