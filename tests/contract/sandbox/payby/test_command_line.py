import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.contract.sandbox.payby.merchant import wait_until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "sandbox", "serve", *arguments],
        capture_output=True,
        check=False,
        text=True,
    )


def test_it_serves_until_ctrl_c_even_with_a_page_open(folder: Path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sandbox", "serve"]
    process = subprocess.Popen(  # noqa: S603 our own program
        [*command, "--port", str(port), "--data", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: _ready(url), seconds=30)
        with httpx.stream("GET", f"{url}/sandbox/events", timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": listening"
            os.kill(process.pid, signal.SIGINT)
            assert not any(lines)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert out == f"Sandbox on {url}/\nSandbox stopped.\n"


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/sandbox/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_taken_port_gets_one_sentence(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port), "--data", str(folder))
    assert done.returncode == 1
    assert done.stderr.startswith(f"The sandbox can't start on 127.0.0.1:{port}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "/dev/null"], "The sandbox can't start on"),
        (["--data", "/tmp", "--partner-id", "12"], "A Partner-Id has 12 digits"),  # noqa: S108 refused before it is looked at
    ],
)
def test_what_cannot_be_served_gets_one_sentence(arguments: list[str], sentence: str):
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
