"""A payer who talks with a person of support: from the wish to the last word."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.staff import Member, Role

_MOST_DOUBLINGS = 6


class TalkStage(StrEnum):
    """How far a talk has come."""

    WAITING = "waiting"  # nobody has taken it
    TAKEN = "taken"
    CLOSED = "closed"


class TalkFault(StrEnum):
    """Why something cannot be done to a talk."""

    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"  # somebody else has taken it
    YOURS = "yours"  # whoever wants to take it has done so before
    NOT_TAKEN = "not_taken"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A case in which a payer and a person write to each other."""

    number: int
    """The case's."""
    conversation_id: str
    """The chat in which the payer wrote last, and is answered."""
    merchant_order_no: str
    """The order it is about, if any."""
    stage: TalkStage
    opened_at: datetime
    taken_by: str = ""
    """The name of who has taken it."""
    taken_in: str = ""
    """The chat in which it was taken, and in which the payer is read."""
    waits_since: datetime | None = None
    """When the payer began to wait for an answer; None while none is due."""
    reminders: int = 0
    """How often staff were reminded since."""
    settled_by: str = ""
    """The message with which its stage was reached: it may come again."""

    @property
    def is_live(self) -> bool:
        """Whether it has not been closed."""
        return self.stage is not TalkStage.CLOSED


@dataclass(frozen=True, kw_only=True)
class Line:
    """Something that was said in a payer's chat."""

    name: str
    """Its own for ever: the same again is the same line."""
    who: str
    """PAYER, BOT, or the name of a person of support."""
    text: str
    at: datetime
    id: int = 0
    """The order in which they were kept; 0 until it is."""
    conversation_id: str = ""
    case_number: int | None = None
    """The case it belongs to, if it was said in one."""
    medium: str = ""
    """What came with it, if anything did: "photo", "document" …"""
    medium_ref: str = ""
    """How the chat's network finds that again."""


PAYER, BOT = "payer", "bot"


def taken(talk: Talk, by: Member, chat: str, message: str) -> Talk | TalkFault:
    """Take a talk that nobody has; the same message again may."""
    if talk.settled_by == message:
        return talk
    if not talk.is_live:
        return TalkFault.CLOSED
    if talk.stage is TalkStage.TAKEN:
        is_own = talk.taken_by == by.name
        return TalkFault.YOURS if is_own else TalkFault.ELSEWHERE
    return replace(
        talk,
        stage=TalkStage.TAKEN,
        taken_by=by.name,
        taken_in=chat,
        settled_by=message,
    )


def answered(talk: Talk, by: Member) -> Talk | TalkFault:
    """Let the one who has taken it answer: the payer does not wait any more."""
    if not talk.is_live:
        return TalkFault.CLOSED
    if talk.stage is TalkStage.WAITING:
        return TalkFault.NOT_TAKEN
    if talk.taken_by != by.name:
        return TalkFault.ELSEWHERE
    return replace(talk, waits_since=None, reminders=0)


def left(talk: Talk, by: Member, message: str, now: datetime) -> Talk | TalkFault:
    """Give a talk back, so that somebody else can take it; a supervisor may, too."""
    if talk.settled_by == message:
        return talk
    if talk.stage is TalkStage.WAITING:
        return TalkFault.NOT_TAKEN
    if fault := _fault_of_end(talk, by):
        return fault
    return replace(
        talk,
        stage=TalkStage.WAITING,
        taken_by="",
        taken_in="",
        waits_since=talk.waits_since or now,
        settled_by=message,
    )


def closed(talk: Talk, by: Member, message: str) -> Talk | TalkFault:
    """End a talk: who has taken it may, a supervisor, and anybody if nobody has."""
    if talk.settled_by == message:
        return talk
    if fault := _fault_of_end(talk, by):
        return fault
    return replace(
        talk,
        stage=TalkStage.CLOSED,
        waits_since=None,
        reminders=0,
        settled_by=message,
    )


def heard(talk: Talk, conversation_id: str, now: datetime) -> Talk:
    """Let the payer write: from whichever chat, an answer is due now."""
    return replace(
        talk, conversation_id=conversation_id, waits_since=talk.waits_since or now
    )


def remind_at(talk: Talk, after: timedelta) -> datetime | None:
    """Tell when staff are reminded next, each time after twice as long."""
    if talk.waits_since is None:
        return None
    doublings = min(talk.reminders, _MOST_DOUBLINGS)
    return talk.waits_since + after * (1 << doublings)


def _fault_of_end(talk: Talk, by: Member) -> TalkFault | None:
    if not talk.is_live:
        return TalkFault.CLOSED
    is_others = talk.stage is TalkStage.TAKEN and talk.taken_by != by.name
    if is_others and not by.role.includes(Role.SUPERVISOR):
        return TalkFault.ELSEWHERE
    return None
