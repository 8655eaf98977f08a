"""The demo: sandbox and product side by side, until it is told to stop.

The product is started as whoever runs it for real starts it, by its command.
"""

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import typer

from sandbox.app import Sandbox
from sandbox.config import Config
from sandbox.demo_settings import Desk, without_settings, write_settings
from sandbox.payby.signing import KeysUnusable
from sandbox.pos import StoresUnusable
from sandbox.server import SandboxServer

_SAMPLES = Path(__file__).with_name("data")
_READY_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.1
_STOP_WITHIN_S = 15.0


class DemoFailed(Exception):
    """The demo cannot go on; the text is a sentence for the person at the desk."""


def run(desk: Desk, *, browser: bool) -> None:
    """Run the demo until Ctrl-C or SIGTERM. Raises DemoFailed."""
    with _folder_held(desk), _port_held(desk.port) as listener:
        with _port_held(desk.app_port):
            pass
        if desk.database.exists():
            typer.echo("The product knows its orders of last time, the sandbox none.")
        try:
            sandbox = Sandbox(
                Config(data=desk.data, port=desk.port, product_url=desk.app_url)
            )
            write_settings(desk)
        except (KeysUnusable, StoresUnusable) as error:
            raise DemoFailed(str(error)) from error
        except OSError as error:
            raise _unusable(desk.data, error) from error
        asyncio.run(_until_told(_play(desk, sandbox, listener, browser=browser)))
    typer.echo(f"Stopped. The product's data stays in {desk.data}.")


async def topup(desk: Desk, *arguments: str) -> None:
    """Run a `topup` command to its end. Raises DemoFailed."""
    process = await _start(desk, *arguments, output=PIPE)
    try:
        said, _ = await process.communicate()
    finally:
        await _ended(process)
    with desk.log_file.open("ab") as log:
        log.write(said)
    if process.returncode:
        command = " ".join(arguments[:2])
        why = _reason(said.decode(errors="replace"))
        raise DemoFailed(f"topup {command} failed: {why} (see {desk.log_file})")


async def prepare(desk: Desk) -> None:
    """Give the product its tables, stores, accounts, webhooks and templates.

    What needs nothing of another goes at the same time.
    """
    stores, accounts = _SAMPLES / "stores.csv", _SAMPLES / "accounts.csv"
    await _together(topup(desk, "migrate"), topup(desk, "telegram", "set-webhook"))
    await _together(
        topup(desk, "stores", "import", str(stores)),
        topup(desk, "accounts", "import", str(accounts)),
        topup(desk, "whatsapp", "templates", "sync"),
    )
    await set_up_twilio(desk)


async def set_up_twilio(desk: Desk) -> None:
    """Let what people send on WhatsApp be posted to the product: Twilio's console."""
    async with httpx.AsyncClient(base_url=desk.url, trust_env=False) as http:
        where = {"webhook_url": f"{desk.app_url}/twilio/messages#rp=all&rc=5"}
        (await http.post("/sandbox/whatsapp", json=where)).raise_for_status()


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[Process]:
    """Run the product's server; it is asked to stop at the end, and then made to."""
    with desk.log_file.open("ab") as log:
        process = await _start(desk, "serve", output=log.fileno())
    try:
        yield process
    finally:
        await _ended(process)


async def _play(
    desk: Desk, sandbox: Sandbox, listener: socket.socket, *, browser: bool
) -> None:
    began = time.monotonic()
    async with _served(sandbox, listener):
        await prepare(desk)
        async with serving(desk) as product:
            await _ready(desk, product)
            _welcome(desk, time.monotonic() - began)
            if browser:
                await _open_browser(desk.url)
            await product.wait()
            raise _died(desk)


async def _until_told(story: Coroutine[Any, Any, None]) -> None:
    """Let it go on until it ends or a signal asks to stop; then it cleans up."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    telling, playing = asyncio.create_task(told.wait()), asyncio.create_task(story)
    await asyncio.wait({telling, playing}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing


class _Server(SandboxServer):
    """The sandbox's server, which leaves signals to the demo."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def _served(sandbox: Sandbox, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(sandbox)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _ready(desk: Desk, product: Process) -> None:
    async with httpx.AsyncClient(
        base_url=desk.url, timeout=_READY_WITHIN_S, trust_env=False
    ) as http:
        for _ in range(int(_READY_WITHIN_S / _LOOK_EVERY_S)):
            if product.returncode is not None:
                raise _died(desk)
            health = await http.get("/sandbox/health")
            if health.status_code == HTTPStatus.OK:
                return
            await asyncio.sleep(_LOOK_EVERY_S)
    raise DemoFailed(f"{health.json()['error']} {desk.log_file} may say why.")


def _reason(said: str) -> str:
    """Make one line of a complaint; of a traceback, its last."""
    if "Traceback" in said:
        said = said.strip().rpartition("\n")[2]
    return " ".join(said.split())


def _died(desk: Desk) -> DemoFailed:
    last = desk.log_file.read_text(errors="replace").strip().rpartition("\n")[2]
    why = "" if last.startswith("{") else f": {last}"
    return DemoFailed(f"The product ended by itself{why} (see {desk.log_file}).")


def _welcome(desk: Desk, seconds: float) -> None:
    typer.echo(
        f"Ready after {seconds:.1f} s. Ctrl-C ends it.\n"
        f"  page, PayBy, POS, Telegram  {desk.url}/\n"
        f"  the product                 {desk.app_url}/readyz\n"
        f"  its settings and its log    {desk.env_file}  {desk.log_file}"
    )


async def _open_browser(url: str) -> None:
    await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "webbrowser", url),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )


async def _start(desk: Desk, *arguments: str, output: int) -> Process:
    """Start a `topup` command out of reach of the terminal's Ctrl-C, which is ours."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "webhooks", "--env-file", str(desk.env_file)),
        *arguments,
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        env=without_settings(dict(os.environ)),
        start_new_session=True,
    )


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _together(*work: Coroutine[Any, Any, None]) -> None:
    """Do it side by side; when something fails, raise it after all has ended."""
    ends = await asyncio.gather(*work, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException):
            raise end


@contextmanager
def _folder_held(desk: Desk) -> Iterator[None]:
    """Make the folder ours until the end, so that no second demo works in it."""
    try:
        desk.log_file.parent.mkdir(parents=True, exist_ok=True)
        held = (desk.data / "demo.lock").open("w")
    except OSError as error:
        raise _unusable(desk.data, error) from error
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoFailed(
                f"Another demo works in {desk.data}; give this one a folder of its "
                "own (DATA=… for make, --data here)."
            ) from error
        yield


@contextmanager
def _port_held(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise DemoFailed(
            f"Port {port} cannot be used: {why}. Choose others (PORT=… and APP_PORT=… "
            "for make, --port and --app-port here)."
        ) from error
    with listener:
        yield listener


def _unusable(folder: Path, error: OSError) -> DemoFailed:
    return DemoFailed(
        f"The folder {folder} cannot be used: {error.strerror}. Choose another "
        "(DATA=… for make, --data here)."
    )
