"""What we remember of a chat between two messages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.messages import Outgoing
from core.domain.money import Money
from core.domain.stores import Trouble
from core.domain.talks import Line

Language: TypeAlias = Literal["en", "ar"]


class Step(StrEnum):
    """What the payer's next free text is most likely about."""

    IDLE = "idle"
    ACCOUNT = "account"  # which account to top up
    AMOUNT = "amount"  # how much
    CONFIRM = "confirm"  # a confirmation is on the screen
    BALANCE = "balance"  # whose balance
    AREA = "area"  # where to look for stores
    TILL = "till"  # where the till is that takes no payment


@dataclass(frozen=True)
class Search:
    """Where a payer looked for stores: around a point, or else in an area."""

    at: datetime
    point: tuple[float, float] | None = None
    """Degrees north and east."""
    area: str = ""
    store_ids: tuple[str, ...] = ()
    """The stores that were shown, best first."""

    def remembered(self, store_ids: Iterable[str]) -> "Search":
        """Return it as it is kept once these stores are shown.

        Where the payer stood is kept to some 100 m: enough to find another store,
        and not to find the payer.
        """
        point = (
            (round(self.point[0], 3), round(self.point[1], 3)) if self.point else None
        )
        return replace(self, point=point, store_ids=tuple(store_ids))


@dataclass(frozen=True)
class TillProblem:
    """What a payer told of the tills where an order could not be paid."""

    merchant_order_no: str
    trouble: Trouble
    store_ids: tuple[str, ...] = ()
    """The stores that could not take it, so far."""

    def also_at(self, store_id: str) -> "TillProblem":
        """Return the problem with one more store."""
        ids = dict.fromkeys((*self.store_ids, store_id))
        return replace(self, store_ids=tuple(ids))


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat's state. A new chat is `Chat(conversation_id=…)`."""

    conversation_id: str
    language: Language = "en"
    language_chosen: bool = False
    """Chosen by the payer; until then the language follows the phone's."""
    language_chosen_at: datetime | None = None
    """When; of several chats of a payer, the newest choice holds for all."""
    step: Step = Step.IDLE
    account_id: str = ""
    """The account of the top-up being prepared."""
    amount: Money | None = None
    """The amount of the top-up being prepared."""
    draft_id: str = ""
    """The confirmation on the screen, while it may still be confirmed."""
    last_account_id: str = ""
    """The account used last, offered next time."""
    search: Search | None = None
    """The latest look for stores."""
    till_problem: TillProblem | None = None
    """The latest problem at a till."""
    quiet: bool = False
    """Whether the payer wants no reminders and news, only what becomes of cash."""
    link_tries: tuple[datetime, ...] = ()
    """When unknown codes were sent that were to link this chat, of late."""

    def at_rest(self) -> "Chat":
        """Return the chat with nothing being prepared."""
        return replace(self, step=Step.IDLE, account_id="", amount=None, draft_id="")

    def placed(self) -> "Chat":
        """Return the chat with no question open of where the payer is."""
        asked = self.step in {Step.AREA, Step.TILL}
        return replace(self, step=Step.IDLE) if asked else self


@dataclass(frozen=True)
class Answer:
    """What to remember and what to send, in order."""

    chat: Chat
    messages: tuple[Outgoing, ...] = ()
    lines: tuple[Line, ...] = ()
    """What of it is kept for a while, for a person whom the payer may ask for."""
