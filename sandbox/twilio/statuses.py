"""Status callbacks: Twilio tells what becomes of a message."""

import asyncio
from collections.abc import Callable

from sandbox.faults import Fault, Faults
from sandbox.twilio.errors import LATER
from sandbox.twilio.json_types import Form
from sandbox.twilio.messages import API_VERSION, Message
from sandbox.twilio.phones import CHANNEL
from sandbox.twilio.posts import Posts
from sandbox.twilio.signing import Signer

TARGET = "twilio.status"
MODES = ("lost", "doubled", "late", "reordered")
"""`lost` is never sent, `doubled` twice at once, `late` after `delay_ms`.

`reordered` is held back until the message's next one was sent.
"""

_LATE_MS = 5_000


class Statuses:
    """Tells the product the status of its messages."""

    def __init__(
        self, account: str, posts: Posts, faults: Faults, signer: Callable[[], Signer]
    ) -> None:
        self._account = account
        self._posts = posts
        self._faults = faults
        self._signer = signer
        self._held: dict[str, Form] = {}
        faults.offer([TARGET], MODES)

    def clear(self) -> None:
        """Forget what is held back."""
        self._held.clear()

    async def tell(self, message: Message) -> None:
        """Post how a message stands now, if its sender wants to know."""
        if message.status_callback is None:
            return
        url, form = message.status_callback, self._form(message)
        fault = self._faults.take(TARGET, message.to.removeprefix(CHANNEL))
        if fault and fault.mode == "reordered":
            self._held[message.sid] = form
            return
        await self._send(url, form, fault)
        held = self._held.pop(message.sid, None)
        if held:
            await self._post(url, held)

    async def _send(self, url: str, form: Form, fault: Fault | None) -> None:
        match fault.mode if fault else "":
            case "lost":
                return
            case "doubled":
                await asyncio.gather(self._post(url, form), self._post(url, form))
            case "late":
                self._posts.begin(self._later(url, form, fault))
            case _:
                await self._post(url, form)

    async def _later(self, url: str, form: Form, fault: Fault | None) -> None:
        wanted = fault.delay_ms if fault else None
        await asyncio.sleep((_LATE_MS if wanted is None else wanted) / 1000)
        await self._post(url, form)

    async def _post(self, url: str, form: Form) -> None:
        called = url.partition("#")[0]
        headers = self._signer().headers(called, form)
        await self._posts.post("status", url, form, headers)

    def _form(self, message: Message) -> Form:
        form = {
            "AccountSid": self._account,
            "ApiVersion": API_VERSION,
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": message.to.removeprefix(CHANNEL),
            "From": message.sender,
            "MessageSid": message.sid,
            "MessageStatus": message.status,
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "To": message.to,
        }
        if message.error_code:
            form["ErrorCode"] = str(message.error_code)
            form["ErrorMessage"] = LATER[message.error_code]
        return form
