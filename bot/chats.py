"""What we remember of a chat between two messages."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.messages import Outgoing
from core.domain.money import Money

Language: TypeAlias = Literal["en", "ar"]


class Step(StrEnum):
    """What the payer's next free text is most likely about."""

    IDLE = "idle"
    ACCOUNT = "account"  # which account to top up
    AMOUNT = "amount"  # how much
    CONFIRM = "confirm"  # a confirmation is on the screen
    BALANCE = "balance"  # whose balance
    AREA = "area"  # where to look for stores


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat's state. A new chat is `Chat(conversation_id=…)`."""

    conversation_id: str
    language: Language = "en"
    language_chosen: bool = False
    """Chosen by the payer; until then the language follows the phone's."""
    step: Step = Step.IDLE
    account_id: str = ""
    """The account of the top-up being prepared."""
    amount: Money | None = None
    """The amount of the top-up being prepared."""
    draft_id: str = ""
    """The confirmation on the screen, while it may still be confirmed."""
    last_account_id: str = ""
    """The account used last, offered next time."""

    def at_rest(self) -> "Chat":
        """Return the chat with nothing being prepared."""
        return replace(self, step=Step.IDLE, account_id="", amount=None, draft_id="")


@dataclass(frozen=True)
class Answer:
    """What to remember and what to send, in order."""

    chat: Chat
    messages: tuple[Outgoing, ...] = ()
