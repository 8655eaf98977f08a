"""`make demo`: one command, one address, and a clean end."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

from tests.waiting import until
from tests.world import free_port


def _started(
    folder: Path, port: int = 0, app_port: int = 0, **settings: str
) -> subprocess.Popen[str]:
    ports = ("--port", port or free_port(), "--app-port", app_port or free_port())
    return subprocess.Popen(  # noqa: S603  (our own command)
        [
            *(sys.executable, "-m", "sandbox", "demo", "--no-browser"),
            *(*map(str, ports), "--data", str(folder)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | settings,
    )


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(url, trust_env=False).is_success
    return False


@contextmanager
def _running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    demo = _started(folder, port)
    health = f"http://127.0.0.1:{port}/sandbox/health"
    try:
        until(lambda: _answers(health), "the demo", within=90)
        yield demo
    finally:
        if demo.poll() is None:
            demo.kill()
        demo.communicate()


def test_the_demo_starts_and_ends_with_all_that_it_started(tmp_path: Path):
    folder, port = tmp_path / "it's a # folder", free_port()
    with _running(folder, port) as demo:
        children = psutil.Process(demo.pid).children(recursive=True)
        assert len(children) == 1
        assert _answers(f"http://127.0.0.1:{port}/")
        keys = folder / "keys" / "merchant_private.pem"
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "demo.env").stat().st_mode) == 0o600
        first_key = keys.read_bytes()
        assert _refusal(_started(folder)).startswith("Another demo works in ")
        demo.send_signal(signal.SIGINT)
        said, complaints = demo.communicate(timeout=20)
    assert (demo.returncode, complaints) == (0, "")
    assert f"http://127.0.0.1:{port}/" in said
    assert said.rstrip().endswith(f"stays in {folder}.")
    assert not any(child.is_running() for child in children)

    with _running(folder, port) as demo:
        assert keys.read_bytes() == first_key
        (product,) = psutil.Process(demo.pid).children(recursive=True)
        product.kill()
        said, complaints = demo.communicate(timeout=20)
    assert "The product knows its orders of last time" in said
    assert complaints.startswith("The product ended by itself")
    assert demo.returncode == 1


def _refusal(demo: subprocess.Popen[str]) -> str:
    _, complaints = demo.communicate(timeout=30)
    assert demo.returncode == 1
    (sentence,) = complaints.splitlines()
    return sentence


def test_a_taken_port_is_one_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        refusals = [
            _refusal(_started(tmp_path, port=taken)),
            _refusal(_started(tmp_path, app_port=taken)),
        ]
    for refusal in refusals:
        assert refusal.startswith(f"Port {taken} cannot be used: Address already in")


def test_an_unusable_folder_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    refusal = _refusal(_started(tmp_path / "file"))
    assert "cannot be used: Not a directory" in refusal


def test_a_command_that_fails_is_told_with_its_reason(tmp_path: Path):
    (tmp_path / "topup.sqlite").write_text("This is no database." * 100)
    refusal = _refusal(_started(tmp_path))
    assert refusal.startswith("topup migrate failed: The database cannot be migrated")
    assert "file is not a database" in refusal
    assert "product.log" in refusal


def test_settings_of_the_shell_do_not_disturb_the_demo(tmp_path: Path):
    (tmp_path / "topup.sqlite").write_text("This is no database." * 100)
    refusal = _refusal(_started(tmp_path, TOPUP_PORT="none", TOPUP_DATABASE_URL="x"))
    assert "file is not a database" in refusal
