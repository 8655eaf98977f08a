"""Payers on WhatsApp: they tap a button or an item of a list, or type a number."""

import re
from dataclasses import replace

from tests.phones import Message, Phone
from tests.sandbox_client import Json
from tests.waiting import until

_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


class WhatsAppPhone(Phone):
    """A payer's phone with WhatsApp; its name is its number."""

    network = "whatsapp"

    def messages(self) -> list[Message]:
        """Everything in the chat, oldest first; numbered choices are buttons."""
        return [with_choices(message) for message in super().messages()]

    def press(self, label: str, **how: int) -> Json:
        """Wait for a choice that begins so, and tap it, or type its number."""
        asked = until(lambda: self.said("", button=label), f"a choice {label!r}")[-1]
        answer = asked.data_of(label)
        if not answer.isdecimal():
            return self._act({"press": answer, "message_id": asked.id, **how})
        assert how.get("message_id", asked.id) == asked.id, "an old list is no menu"
        done: Json = {}
        for _ in range(how.get("times", 1)):
            done = self._act({"text": answer})
        return done

    def let_arrive(self) -> None:
        """Wait until Twilio has brought what it has taken."""
        until(lambda: not self._world.get(self.network)["webhook"]["under_way"])

    def bring(self, tap: str) -> int:
        """Bring what a button would, whoever was shown it; the HTTP status."""
        return int(self._act({"raw": {"ButtonPayload": tap}})["status"])


def with_choices(message: Message) -> Message:
    """Read the numbered choices of a message as its buttons, if it has no others."""
    taps = tuple((title, number) for number, title in _NUMBERED.findall(message.text))
    return replace(message, taps=taps) if taps and not message.taps else message
