"""People with their phones, and the messages that stand in chats."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sandbox.telegram.json_types import JsonObject

Sender: TypeAlias = Literal["bot", "user"]


@dataclass(kw_only=True)
class Message:
    """One message as both sides see it."""

    id: int
    author: "Phone | None"
    """Who wrote it; None: the bot."""

    at: int
    """When it was sent, ms since the epoch."""

    content: JsonObject
    """What it says, in the Bot API's own fields: text, entities, photo, venue …"""

    markup: JsonObject | None = None
    """The inline keyboard under it."""

    keyboard: JsonObject | None = None
    """The reply keyboard that came with it, or the order to remove one."""

    edited_at: int | None = None
    version: int
    """Rises with everything visible that happens on any phone."""

    @property
    def sender(self) -> Sender:
        """Which side of the chat it came from."""
        return "user" if self.author else "bot"


@dataclass(kw_only=True)
class Answer:
    """What the bot answered to the last tap on a button."""

    text: str
    show_alert: bool
    at: int


@dataclass(kw_only=True)
class Phone:
    """A person, and what stands on their phone in the chat with the bot."""

    name: str
    """The id a test made up; it names the phone in the control API."""

    chat_id: int
    first_name: str = "Payer"
    language_code: str = "en"
    blocked: bool = False
    wrote: bool = False
    """Whether the bot may write: not before the person did."""

    messages: dict[int, Message] = field(default_factory=dict)
    keyboard_from: int | None = None
    """The message whose reply keyboard is shown now."""

    location: JsonObject | None = None
    """The location shared last."""

    pinned: int | None = None
    last_answer: Answer | None = None

    def user(self) -> JsonObject:
        """Return the person as the Bot API's User."""
        return {
            "id": self.chat_id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }

    def chat(self) -> JsonObject:
        """Return the chat as the Bot API's Chat."""
        return {"id": self.chat_id, "first_name": self.first_name, "type": "private"}

    def reply_keyboard(self) -> JsonObject | None:
        """Return the reply keyboard shown now, in the Bot API's fields."""
        shown = self.messages.get(self.keyboard_from or 0)
        return shown.keyboard if shown else None
