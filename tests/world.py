"""The running whole: the demo's sandbox and product, as processes."""

import asyncio
import base64
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from dotenv import dotenv_values

from sandbox.demo import prepare, set_up_twilio, topup
from sandbox.demo_settings import Desk, without_settings, write_settings
from sandbox.payby.signing import load_keys
from tests.phones import Phone
from tests.sandbox_client import Json, SandboxClient
from tests.waiting import until
from tests.whatsapp_phones import WhatsAppPhone

SPEED = 60
"""The sandbox's minutes are seconds, so PayBy's first repeat comes after two."""
ACCOUNTS = 300
_UNFINISHED = ("PENDING", "ENQUEUED")


class World(SandboxClient):
    """Everything there is, in a folder of its own and on ports of its own."""

    network = Phone.network
    """Where payers write to us, unless they say otherwise."""

    def __init__(
        self,
        folder: Path,
        *,
        sandbox_speed: float = SPEED,
        laid: Path | None = None,
        **settings: object,
    ) -> None:
        """Lay the desk; `settings` are the product's, where not the demo's.

        `laid` keeps the database of the first desk that is laid, for the others to
        begin with.
        """
        self._sandbox_speed = sandbox_speed
        self._laid = laid
        self.desk = Desk(port=free_port(), app_port=free_port(), data=folder)
        self.desk.log_file.parent.mkdir()
        self._payby_key = load_keys(folder / "keys").private
        write_settings(self.desk, **settings)
        super().__init__(self.desk.url)
        self._phones = 0
        self._sandbox: subprocess.Popen[bytes] | None = None
        self._product: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start the sandbox, then what the demo does, then the product."""
        self._sandbox = self._start(
            self.desk.log_file.with_name("sandbox.log"),
            *("sandbox", "serve", "--port", str(self.desk.port)),
            *("--data", str(self.desk.data), "--speed", str(self._sandbox_speed)),
            *("--product-url", self.desk.app_url),
        )
        until(self._sandbox_answers, "the sandbox")
        if self._laid and self._laid.exists():
            self._begin_with(self._laid)
        else:
            asyncio.run(prepare(self.desk))
            self.keep_accounts(*(f"tester-{number}" for number in range(ACCOUNTS)))
        if self._laid and not self._laid.exists():
            _copy(self.desk.database, self._laid)
        self.start_product()

    def _begin_with(self, laid: Path) -> None:
        """Take over tables, stores and accounts; Telegram and Twilio are new here."""
        _copy(laid, self.desk.database)
        asyncio.run(topup(self.desk, "telegram", "set-webhook"))
        asyncio.run(topup(self.desk, "whatsapp", "templates", "sync"))
        asyncio.run(set_up_twilio(self.desk))

    def close(self) -> None:
        """End everything."""
        for process in filter(None, (self._product, self._sandbox)):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        self.http.close()

    def start_product(self) -> None:
        """Start the product and wait until it is ready."""
        self.launch_product()
        self.until_ready()

    def until_ready(self) -> None:
        """Wait until the product can work."""
        until(self._is_ready, f"the product; see {self.desk.log_file}")

    def launch_product(self) -> None:
        """Start the product."""
        self._product = self._start(
            self.desk.log_file,
            *("webhooks", "--env-file", str(self.desk.env_file), "serve"),
        )

    def kill_product(self) -> None:
        """End the product in the middle of whatever it does: kill -9."""
        assert self._product
        self._product.kill()
        self._product.wait()

    def phone(self, language: str = "en", network: str = "") -> Phone:
        """Hand a phone that was never used to a payer with an account of their own."""
        self._phones += 1
        if (network or self.network) == WhatsAppPhone.network:
            name = f"+9715000{self._phones:05}"
            return WhatsAppPhone(self, name, self._phones, language)
        return Phone(self, str(700_000 + self._phones), self._phones, language)

    def logged(self, event: str) -> list[Json]:
        """The product's log lines of one kind of event."""
        lines = self.desk.log_file.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line.get("event") == event]

    def findings(self) -> Json:
        """How the product says that everything is."""
        url = f"{self.desk.app_url}/readyz"
        found: Json = httpx.get(url, trust_env=False, timeout=30).json()
        return found

    def setting(self, name: str) -> str:
        """A setting of the product."""
        return dotenv_values(self.desk.env_file)[f"TOPUP_{name.upper()}"] or ""

    def push_state(self, number: str, event: str) -> str:
        """How the first message of a push ended; empty while it has not."""
        name = f"{number}:{event}:0"
        ends = [d["state"] for d in self.logged("delivery") if d["message"] == name]
        return ends[-1] if ends else ""

    def tell_product(self, update: Json, secret: str = "") -> int:
        """Bring an update as Telegram does; the HTTP status of the answer."""
        known = self.setting("telegram_webhook_secret")
        answer = httpx.post(
            f"{self.desk.app_url}/telegram/updates",
            json=update,
            headers={"X-Telegram-Bot-Api-Secret-Token": secret or known},
            trust_env=False,
        )
        return answer.status_code

    def bring_notice(self, body: bytes) -> int:
        """Bring raw bytes signed by PayBy; the HTTP status of the answer."""
        signature = self._payby_key.sign(body, padding.PKCS1v15(), hashes.SHA256())
        answer = httpx.post(
            f"{self.desk.app_url}/payby/notices",
            content=body,
            headers={
                "Content-Type": "application/json",
                "sign": base64.b64encode(signature).decode(),
            },
            trust_env=False,
        )
        return answer.status_code

    def verdicts(self, number: str) -> list[str]:
        """What the product made of the notices with this order number."""
        return self._column(
            "select verdict from notices where is_heeded and merchant_order_no = ?",
            number,
        )

    def our_status(self, number: str) -> str:
        """How the product itself says an order stands."""
        (status,) = self._column(
            "select status from orders where merchant_order_no = ?", number
        )
        return status

    def cases(self, number: str) -> list[str]:
        """What support is asked to look at about an order."""
        return self._column(
            "select kind from cases where merchant_order_no = ?", number
        )

    def booked(self, number: str) -> list[str]:
        """The order's entries in the ledger: "payment", and "credit" behind it."""
        question = (
            "select kind from postings where merchant_order_no = ? and amount_fils > 0 "
            "order by id"
        )
        return self._column(question, number)

    def found_by(self, number: str) -> list[str]:
        """Who brought the order's payment: a notice, or some question to PayBy."""
        question = (
            "select facts ->> 'found_by' from happenings "
            "where merchant_order_no = ? and kind = 'settled'"
        )
        return self._column(question, number)

    def keep_accounts(self, *accounts: str, status: str = "open") -> None:
        """Let these online accounts exist, open or closed."""
        rows = [
            f"{each},Tester {each.rpartition('-')[2]},{status}" for each in accounts
        ]
        file = self.desk.data / "accounts.csv"
        file.write_text("\n".join(["id,name,status", *rows]), encoding="utf-8")
        asyncio.run(topup(self.desk, "accounts", "import", str(file)))

    def is_quiet(self) -> bool:
        """Tell whether no update, no notice and no job is on its way."""
        notices = "select count(*) from notices where not is_heeded"
        jobs = "select count(*) from workflow_status where status in (?, ?)"
        return (
            self.updates_are_taken()
            and _count(self.desk.database, notices) == 0
            and _count(self.desk.data / "engine.sqlite", jobs, *_UNFINISHED) == 0
        )

    def _column(self, question: str, number: str) -> list[str]:
        with closing(sqlite3.connect(self.desk.database)) as database:
            return [found for (found,) in database.execute(question, [number])]

    @contextmanager
    def database_held(self, file: str) -> Iterator[None]:
        """Let nobody else write into an SQLite file of the product."""
        path = self.desk.data / file
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("begin immediate")
            yield
            database.execute("rollback")

    def _start(self, log_file: Path, *arguments: str) -> subprocess.Popen[bytes]:
        with log_file.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own commands)
                [sys.executable, "-m", *arguments],
                stdout=log,
                stderr=log,
                env=without_settings(dict(os.environ)),
            )

    def _sandbox_answers(self) -> bool:
        _assert_alive(self._sandbox, self.desk)
        try:
            return self.http.get("/sandbox/faults").is_success
        except httpx.TransportError:
            return False

    def _is_ready(self) -> bool:
        _assert_alive(self._product, self.desk)
        return self.http.get("/sandbox/health").is_success


def _copy(database: Path, target: Path) -> None:
    """Copy an SQLite file with what its log still holds."""
    with (
        closing(sqlite3.connect(database)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)


def _count(file: Path, question: str, *values: str) -> int:
    with closing(sqlite3.connect(file, timeout=30)) as database:
        ((count,),) = database.execute(question, values)
        return int(count)


def free_port() -> int:
    """Find a port that nobody uses, below those that the system hands out itself."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # tests seed random alike
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def opened(
    folder: Path,
    *,
    sandbox_speed: float = SPEED,
    laid: Path | None = None,
    **settings: object,
) -> Iterator[World]:
    """Open a world, and end it."""
    world = World(folder, sandbox_speed=sandbox_speed, laid=laid, **settings)
    try:
        world.open()
        yield world
    finally:
        world.close()


def _assert_alive(process: subprocess.Popen[bytes] | None, desk: Desk) -> None:
    assert process
    assert process.poll() is None, f"It did not start; see {desk.log_file.parent}."
