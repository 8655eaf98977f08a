"""Payers with their phones, and the codes that they show at a till."""

import io
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from tests.sandbox_client import Json
from tests.waiting import until

if TYPE_CHECKING:
    from tests.world import World

_ORDER_NO = re.compile(r"T\d{6}-[2-9A-HJ-NP-Z]{8}")

_PAGE = re.compile(r"http\S+/o/\S+")
_STAMPS = {
    "paid": "PAID",
    "credited": "PAID",
    "expired": "EXPIRED",
    "void": "CANCELLED",
}
_GUIDES = {"en": "How to pay", "ar": "طريقة الدفع"}


@dataclass(frozen=True)
class Message:
    """A message as the payer sees it."""

    id: int
    sender: str
    kind: str
    text: str
    title: str
    photo_url: str
    document_url: str
    file_name: str
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
        assert self.names, f"no order number in {self.text!r}"
        return self.names

    @property
    def names(self) -> str:
        """The order number that stands in it; empty when none does."""
        found = _ORDER_NO.search(self.text)
        return found[0] if found else ""


class Phone:
    """A payer's phone."""

    network = "telegram"

    def __init__(self, world: "World", name: str, number: int, language: str) -> None:
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

    def bring(self, tap: str) -> int:
        """Bring what a button would, whoever was shown it; the HTTP status."""
        return self._world.tell_product(self.update(tap=tap))

    def share_location(self, latitude: float, longitude: float) -> None:
        """Share where the payer is."""
        self._act({"location": {"latitude": latitude, "longitude": longitude}})

    def send(self, **what: object) -> None:
        """Do anything else: photo=True, voice=True, block=True …"""
        self._act(what)

    def messages(self) -> list[Message]:
        """Everything in the chat, oldest first."""
        shown = self._world.get(f"{self.network}/{self.name}/messages")["messages"]
        return [read_message(each) for each in shown]

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

    def order(self, amount: str = "50", account: str = "") -> "Code":
        """Top up: ask, confirm, and wait for the code and the guide behind it."""
        self.confirm(amount, account)
        code = self.code()
        self.wait_for(_GUIDES[self._settings["language_code"]])
        return code

    def ask(self, amount: str = "50", account: str = "") -> Message:
        """Ask for a top-up of the payer's own account, or another; what to confirm."""
        self.type(f"/topup {amount} {account or self.account}")
        return self.wait_for(button="Confirm")

    def confirm(self, amount: str = "50", account: str = "") -> None:
        """Ask for a top-up, and confirm it."""
        question = self.ask(amount, account)
        self.press("Confirm", message_id=question.id)

    def confirm_in_doubt(self) -> str:
        """Confirm while PayBy is uncertain; the number of the order."""
        self.confirm()
        self.wait_for("PayBy needs a little longer")
        number: str = self._world.payby_calls("placeOrder")[-1]["merchantOrderNo"]
        return number

    def code(self) -> "Code":
        """Wait for the code and read it as a POS does."""
        message = self.wait_for(kind="photo")
        return Code(self._world, self, message)

    def picture(self, message: Message) -> Image.Image:
        """Open the picture of a message."""
        return Image.open(io.BytesIO(self.download(message.photo_url)))

    def download(self, url: str) -> bytes:
        """Fetch a picture or a file that was sent."""
        return self._world.http.get(url).raise_for_status().content

    def let_arrive(self) -> None:
        """Wait until the network has brought what it has taken: it is there at once."""

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
        done = self._world.post(f"{self.network}/{self.name}/send", body)
        self._acted = done["id"]
        return done


class Code:
    """A code in a chat, and the order it pays."""

    def __init__(self, world: "World", phone: Phone, message: Message) -> None:
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

    def is_shown_as(self, state: str) -> None:
        """Wait until the payer can see that it is paid, credited, expired or void."""
        page = f'class="state {state}"'
        self.shows(_STAMPS[state] if self._can_change else page)

    def shows(self, words: str) -> None:
        """Wait until the payer can read these words with the code.

        That is at the code's message or, where nothing said can be changed, on the
        order's page.
        """
        if self._can_change:
            self.becomes(words)
            return
        page = _PAGE.search(self.message.text)
        assert page, f"no address of a page in {self.message.text!r}"
        what = f"the page of {self.number} to show {words!r}"
        until(lambda: words in self._phone.download(page[0]).decode(), what)

    def in_payby(self) -> Json:
        """The order in PayBy's book."""
        return self._world.payby_order(self.number)

    def results(self) -> list[Message]:
        """Wait until the payer was told of the payment; every message that does."""
        until(
            lambda: self._world.push_state(self.number, "credited"),
            f"the result of {self.number}; the chat: {self._phone.texts()}",
        )
        self._phone.let_arrive()
        told = self._phone.said("paid. Thank you!")
        return [message for message in told if message.order_no == self.number]

    def _now(self, text: str) -> Message | None:
        shown = self._shown()
        return shown if text in shown.text else None

    @property
    def _can_change(self) -> bool:
        return self._phone.network == Phone.network

    def _shown(self) -> Message:
        return next(m for m in self._phone.messages() if m.id == self.message.id)

    def notices_answered(self) -> list[int | None]:
        """The HTTP status of every attempt to bring its notices."""
        return [attempt["status"] for attempt in self.in_payby()["notices"]]


def read_qr(picture: Image.Image) -> str:
    """Read the one QR code of a picture."""
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


def read_message(shown: Json) -> Message:
    """Take a message from the control API."""
    return Message(
        id=shown["id"],
        sender=shown["from"],
        kind=shown["kind"],
        text=shown["text"],
        title=shown["title"] or "",
        photo_url=shown["photo_url"] or "",
        document_url=shown["document_url"] or "",
        file_name=shown["file_name"] or "",
        taps=tuple((each["text"], each["data"] or "") for each in shown["buttons"]),
        edited=shown["edited"],
    )
