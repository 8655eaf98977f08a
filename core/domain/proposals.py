"""What staff want to do, between its preview and its being done: once, and in time."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.acts import Act
from core.domain.money import Money
from core.domain.orders import NUMBER_ALPHABET
from core.domain.staff import Member, Role

CONFIRM_WITHIN = timedelta(minutes=2)
APPROVE_WITHIN = timedelta(minutes=15)
_ID_LENGTH = 8


class Stage(StrEnum):
    """How far a proposal has come."""

    ASKED = "asked"  # its preview is shown
    WAITING = "waiting"  # confirmed, and a second person must agree
    GOING = "going"  # it is being done, or is done
    DROPPED = "dropped"


class Fault(StrEnum):
    """Why a proposal goes no further."""

    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    NO_REASON = "no_reason"
    TOO_LATE = "too_late"
    DONE = "done"  # it went through before
    WAITS = "waits"  # it was confirmed, and waits for a second person
    DROPPED = "dropped"
    OVERTAKEN = "overtaken"  # something else was done to the order since
    NOT_CONFIRMED = "not_confirmed"  # nobody has confirmed it yet
    SAME_PERSON = "same_person"
    NO_SUPERVISOR = "no_supervisor"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An act that was previewed."""

    id: str
    act: Act
    merchant_order_no: str
    amount: Money | None
    """How much, of a refund."""
    left: Money | None
    """What was left to give back when it was previewed, of a refund."""
    reason: str
    """Empty until it is given."""
    proposed_by: str
    needs_second: bool
    stage: Stage
    made_at: datetime
    answer_until: datetime
    """Until when the next step can be taken."""
    settled_by: str = ""
    """The message with which its stage was reached: it may come again."""
    approved_by: str = ""


def new_proposal_id() -> str:
    """Make an id of 40 random bits that can be read aloud."""
    return "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(_ID_LENGTH))


def reasoned(
    proposal: Proposal, by: Member, reason: str, now: datetime
) -> Proposal | Fault:
    """Give the reason; from then on it can be confirmed for two minutes."""
    if fault := _fault_of_asked(proposal, by, now):
        return fault
    return replace(proposal, reason=reason, answer_until=now + CONFIRM_WITHIN)


def reasoned_by_tap(
    proposal: Proposal, by: Member, reasons: Sequence[str], index: str, now: datetime
) -> Proposal | Fault:
    """Give the reason of this place in the list that was shown."""
    known = dict(enumerate(reasons))
    reason = known.get(int(index)) if index.isdecimal() else None
    return reasoned(proposal, by, reason, now) if reason else Fault.UNKNOWN


def confirmed(
    proposal: Proposal, by: Member, message: str, now: datetime
) -> Proposal | Fault:
    """Let it be done, or wait for the second person; the same message again may."""
    if proposal.settled_by == message:
        return proposal
    if fault := _fault_of_asked(proposal, by, now):
        return fault
    if not proposal.reason:
        return Fault.NO_REASON
    stage, until = Stage.GOING, proposal.answer_until
    if proposal.needs_second:
        stage, until = Stage.WAITING, now + APPROVE_WITHIN
    return replace(proposal, stage=stage, answer_until=until, settled_by=message)


def approved(
    proposal: Proposal, by: Member, message: str, now: datetime
) -> Proposal | Fault:
    """Let it be done, as a second person; the same message again may."""
    if proposal.settled_by == message:
        return proposal
    if proposal.stage is not Stage.WAITING:
        asked = proposal.stage is Stage.ASKED
        return Fault.NOT_CONFIRMED if asked else _ended(proposal.stage)
    if by.name == proposal.proposed_by:
        return Fault.SAME_PERSON
    if not by.role.includes(Role.SUPERVISOR):
        return Fault.NO_SUPERVISOR
    if now >= proposal.answer_until:
        return Fault.TOO_LATE
    return replace(proposal, stage=Stage.GOING, settled_by=message, approved_by=by.name)


def dropped(proposal: Proposal, by: Member, message: str) -> Proposal | Fault:
    """Let it not be done; a second person may say so too."""
    if proposal.stage in {Stage.GOING, Stage.DROPPED}:
        return _ended(proposal.stage)
    is_own = by.name == proposal.proposed_by
    if not is_own and not by.role.includes(Role.SUPERVISOR):
        return Fault.NOT_YOURS
    return replace(proposal, stage=Stage.DROPPED, settled_by=message)


def _fault_of_asked(proposal: Proposal, by: Member, now: datetime) -> Fault | None:
    if proposal.stage is not Stage.ASKED:
        return _ended(proposal.stage)
    if by.name != proposal.proposed_by:
        return Fault.NOT_YOURS
    return Fault.TOO_LATE if now >= proposal.answer_until else None


def _ended(stage: Stage) -> Fault:
    return {
        Stage.WAITING: Fault.WAITS,
        Stage.GOING: Fault.DONE,
        Stage.DROPPED: Fault.DROPPED,
    }[stage]
