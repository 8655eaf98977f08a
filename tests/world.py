"""The running whole: the demo's sandbox and product as processes, and its people.

What happens takes the time it takes: `until` looks until it is so.
"""

import asyncio
import base64
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import zxingcpp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from dotenv import dotenv_values
from PIL import Image

from sandbox.demo import prepare, topup
from sandbox.demo_settings import Desk, without_settings, write_settings
from sandbox.payby.signing import load_keys

Seen = TypeVar("Seen")
Json = dict[str, Any]

SPEED = 60
"""The sandbox's minutes are seconds, so PayBy's first repeat comes after two."""
ACCOUNTS = 300
_LOOK_EVERY_S = 0.03
_WITHIN_S = 30.0
_ORDER_NO = re.compile(r"T\d{6}-[2-9A-HJ-NP-Z]{8}")


def until(
    look: Callable[[], Seen | None],
    what: str = "it to be so",
    within: float = _WITHIN_S,
) -> Seen:
    """Look until there is something to see, and return it."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within:.0f} s for {what}.")
        time.sleep(_LOOK_EVERY_S)
    return seen


class Refused(Exception):
    """The sandbox refuses; the text is its sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Message:
    """A message as the payer sees it."""

    id: int
    sender: str
    kind: str
    text: str
    title: str
    photo_url: str
    taps: tuple[tuple[str, str], ...]
    """Its buttons: what each says, and what it brings back."""
    edited: bool

    def has_button(self, label: str) -> bool:
        """Tell whether one of its buttons begins so."""
        return any(button.startswith(label) for button in self.buttons)

    def data_of(self, label: str) -> str:
        """What a button brings back when it is tapped."""
        return next(data for text, data in self.taps if text.startswith(label))

    @property
    def buttons(self) -> tuple[str, ...]:
        """What its buttons say."""
        return tuple(text for text, _ in self.taps)

    @property
    def order_no(self) -> str:
        """The order number that stands in it."""
        found = _ORDER_NO.search(self.text)
        assert found, f"no order number in {self.text!r}"
        return found[0]


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Expect the sandbox to refuse what is done in the block, saying this."""
    with pytest.raises(Refused, match=re.escape(sentence)):
        yield


class World:
    """Everything there is, in a folder of its own and on ports of its own."""

    def __init__(self, folder: Path, **settings: object) -> None:
        """Lay the desk; `settings` are the product's, where not the demo's."""
        self.desk = Desk(port=free_port(), app_port=free_port(), data=folder)
        self.desk.log_file.parent.mkdir()
        self._payby_key = load_keys(folder / "keys").private
        write_settings(self.desk, **settings)
        self.http = httpx.Client(base_url=self.desk.url, trust_env=False, timeout=90)
        self._phones = 0
        self._sandbox: subprocess.Popen[bytes] | None = None
        self._product: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start the sandbox, then what the demo does, then the product."""
        self._sandbox = self._start(
            self.desk.log_file.with_name("sandbox.log"),
            *("sandbox", "serve", "--port", str(self.desk.port)),
            *("--data", str(self.desk.data), "--speed", str(SPEED)),
            *("--product-url", self.desk.app_url),
        )
        until(self._sandbox_answers, "the sandbox")
        accounts = self.desk.data / "accounts.csv"
        rows = [f"tester-{number},Tester {number},open" for number in range(ACCOUNTS)]
        accounts.write_text("\n".join(["id,name,status", *rows]), encoding="utf-8")
        asyncio.run(prepare(self.desk))
        asyncio.run(topup(self.desk, "accounts", "import", str(accounts)))
        self.start_product()

    def close(self) -> None:
        """End everything."""
        for process in filter(None, (self._product, self._sandbox)):
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        self.http.close()

    def start_product(self) -> None:
        """Start the product and wait until it is ready."""
        self._product = self._start(
            self.desk.log_file,
            *("webhooks", "--env-file", str(self.desk.env_file), "serve"),
        )
        until(self._is_ready, f"the product; see {self.desk.log_file}")

    def kill_product(self) -> None:
        """End the product in the middle of whatever it does: kill -9."""
        assert self._product
        self._product.kill()
        self._product.wait()

    def phone(self, language: str = "en") -> "Phone":
        """Hand a phone that was never used to a payer with an account of their own."""
        self._phones += 1
        return Phone(self, str(700_000 + self._phones), self._phones, language)

    def fault(self, target: str, mode: str, times: int = 1, **how: int) -> None:
        """Let the next calls go wrong."""
        self.post("faults", {"target": target, "mode": mode, "times": times, **how})

    def clear_faults(self) -> None:
        """Let nothing more go wrong."""
        self.http.delete("/sandbox/faults").raise_for_status()

    def fault_is_met(self) -> bool:
        """Tell whether every fault has been used up."""
        return not self.get("faults")["waiting"]

    def updates_are_taken(self) -> bool:
        """Tell whether the product has taken all that people sent."""
        return self.get("telegram")["webhook"]["pending_update_count"] == 0

    def order_numbers(self) -> set[str]:
        """The orders in PayBy's book."""
        orders = self.get("payby/orders")["orders"]
        return {order["merchantOrderNo"] for order in orders}

    def payby_order(self, number: str) -> Json:
        """PayBy's page about one order."""
        return self.get(f"payby/orders/{number}")

    def notify(self, number: str, **how: Any) -> list[Json]:
        """Send an order's notice; what the product answered, per try."""
        answers = self.http.post(f"/sandbox/payby/orders/{number}/notify", json=how)
        tries: list[Json] = _read(answers)
        return tries

    def scan(self, qr: str, store: str = "store-001", password: str = "") -> Json:
        """Be the cashier, who knows the password. Raises Refused with what POS says."""
        known = password or self.store(store)["password"]
        return self.post("pos/scan", {"qr": qr, "store": store, "password": known})

    def look(self, qr: str, store: str = "store-001") -> Json:
        """Be the cashier before the password."""
        return self.post("pos/look", {"qr": qr, "store": store})

    def store(self, store: str) -> Json:
        """A store as its POS knows it, with balance and password."""
        stores: list[Json] = self.get("pos/stores")["stores"]
        return next(each for each in stores if each["id"] == store)

    def calls(self, method: str) -> list[Json]:
        """The calls of a Bot API method so far."""
        calls: list[Json] = self.get("telegram/calls", method=method)["calls"]
        return calls

    def logged(self, event: str) -> list[Json]:
        """The product's log lines of one kind of event."""
        lines = self.desk.log_file.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line.get("event") == event]

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

    def get(self, path: str, **query: object) -> Json:
        """Ask the sandbox."""
        answer: Json = _read(self.http.get(f"/sandbox/{path}", params=_text(query)))
        return answer

    def post(self, path: str, body: Json) -> Json:
        """Tell the sandbox. Raises Refused."""
        answer: Json = _read(self.http.post(f"/sandbox/{path}", json=body))
        return answer

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


class Phone:
    """A payer's phone."""

    def __init__(self, world: World, name: str, number: int, language: str) -> None:
        self.name = name
        self.account = f"tester-{number}"
        self._world = world
        self._settings = {"language_code": language}
        self._acted = 0

    def type(self, text: str) -> None:
        """Write to the bot."""
        self._act({"text": text})

    def press(self, label: str, **how: int) -> Json:
        """Wait for a button that begins so, and tap it."""
        until(lambda: self.said("", button=label), f"a button {label!r}")
        return self._act({"press": label, **how})

    def share_location(self, latitude: float, longitude: float) -> None:
        """Share where the payer is."""
        self._act({"location": {"latitude": latitude, "longitude": longitude}})

    def send(self, **what: object) -> None:
        """Do anything else: photo=True, voice=True, block=True …"""
        self._act(what)

    def messages(self) -> list[Message]:
        """Everything in the chat, oldest first."""
        shown = self._world.get(f"telegram/{self.name}/messages")["messages"]
        return [_message(each) for each in shown]

    def said(
        self, text: str, kind: str = "", button: str = "", after: int = 0
    ) -> list[Message]:
        """What the bot has said with these words, or a button that begins so."""
        return [
            message
            for message in self.messages()
            if message.sender == "bot"
            and message.id > after
            and text in f"{message.text}{message.title}"
            and kind in ("", message.kind)
            and (not button or message.has_button(button))
        ]

    def texts(self) -> list[str]:
        """What the bot has said, in words."""
        return [message.text for message in self.said("")]

    def wait_for(self, text: str = "", kind: str = "", button: str = "") -> Message:
        """Wait for the bot to say something since the payer last did something."""
        after = self._acted
        what = f"{kind or 'a message'} with {text or button!r}"
        try:
            return until(lambda: self.said(text, kind, button, after), what)[0]
        except AssertionError as error:
            raise AssertionError(f"{error} The chat: {self.texts()}") from None

    def order(self, amount: str = "50") -> "Code":
        """Top up: ask, confirm, and wait for the code."""
        self.confirm(amount)
        return self.code()

    def confirm(self, amount: str = "50") -> None:
        """Ask for a top-up and confirm it."""
        self.type(f"/topup {amount} {self.account}")
        question = self.wait_for(button="Confirm")
        self.press("Confirm", message_id=question.id)

    def code(self) -> "Code":
        """Wait for the code and read it as a POS does."""
        message = self.wait_for(kind="photo")
        return Code(self._world, self, message)

    def picture(self, message: Message) -> Image.Image:
        """Open the picture of a message."""
        answer = self._world.http.get(message.photo_url).raise_for_status()
        return Image.open(io.BytesIO(answer.content))

    def balance(self) -> str:
        """Ask for the account's balance."""
        self.type(f"/balance {self.account}")
        told = {"en": "The balance of", "ar": "رصيد"}[self._settings["language_code"]]
        return self.wait_for(told).text

    def update(self, text: str = "", tap: str = "") -> Json:
        """Write an update that the product has not had: a text, or a button's data."""
        user = {"id": int(self.name), "is_bot": False, "first_name": "Payer"}
        user |= self._settings
        number = time.time_ns() // 1000
        message = {
            "message_id": number % 10**9,
            "date": int(time.time()),
            "chat": {"id": int(self.name), "type": "private"},
        }
        if not tap:
            said = message | {"from": user, "text": text}
            return {"update_id": number, "message": said}
        query = {"id": str(number), "from": user, "message": message, "data": tap}
        return {
            "update_id": number,
            "callback_query": query | {"chat_instance": "1"},
        }

    def _act(self, what: Json) -> Json:
        body = {**what, **self._settings}
        done = self._world.post(f"telegram/{self.name}/send", body)
        self._acted = done["id"]
        return done


class Code:
    """A code in a chat, and the order it pays."""

    def __init__(self, world: World, phone: Phone, message: Message) -> None:
        self.message = message
        self.number = message.order_no
        self.qr = read_qr(phone.picture(message))
        self._world = world
        self._phone = phone

    def pay(self, store: str = "store-001") -> Json:
        """Let the cashier take it."""
        return self._world.scan(self.qr, store)

    def becomes(self, text: str) -> Message:
        """Wait until the code's message says so."""
        return until(lambda: self._now(text), f"the code's message to say {text!r}")

    def in_payby(self) -> Json:
        """The order in PayBy's book."""
        return self._world.payby_order(self.number)

    def results(self) -> list[Message]:
        """Wait until the payer was told of the payment; every message that does."""
        until(
            lambda: self._world.push_state(self.number, "credited"),
            f"the result of {self.number}; the chat: {self._phone.texts()}",
        )
        told = self._phone.said("paid. Thank you!")
        return [message for message in told if message.order_no == self.number]

    def _now(self, text: str) -> Message | None:
        shown = next(m for m in self._phone.messages() if m.id == self.message.id)
        return shown if text in shown.text else None

    def notices_answered(self) -> list[int | None]:
        """The HTTP status of every attempt to bring its notices."""
        return [attempt["status"] for attempt in self.in_payby()["notices"]]


def read_qr(picture: Image.Image) -> str:
    """Read the one QR code of a picture."""
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def opened(folder: Path, **settings: object) -> Iterator[World]:
    """Open a world, and end it."""
    world = World(folder, **settings)
    try:
        world.open()
        yield world
    finally:
        world.close()


def _assert_alive(process: subprocess.Popen[bytes] | None, desk: Desk) -> None:
    assert process
    assert process.poll() is None, f"It did not start; see {desk.log_file.parent}."


def _read(response: httpx.Response) -> Any:
    if response.is_error:
        raise Refused(response.status_code, response.json()["error"])
    return response.json()


def _text(query: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in query.items()}


def _message(shown: Json) -> Message:
    return Message(
        id=shown["id"],
        sender=shown["from"],
        kind=shown["kind"],
        text=shown["text"],
        title=shown["title"] or "",
        photo_url=shown["photo_url"] or "",
        taps=tuple((each["text"], each["data"] or "") for each in shown["buttons"]),
        edited=shown["edited"],
    )
