"""What cannot be taken back: previewed, given a reason, confirmed once and in time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.messages import Outgoing
from bot.staff.acting import own_order
from bot.staff.colleagues import Colleagues
from bot.staff.freeze_words import name_of
from bot.staff.previews import REASONS, for_second, preview
from bot.staff.table import Asked, Run, StaffCommand
from core.database.proposals import SqlProposals
from core.domain.acts import Act
from core.domain.money import Money
from core.domain.proposals import (
    CONFIRM_WITHIN,
    Fault,
    Proposal,
    Stage,
    approved,
    confirmed,
    dropped,
    new_proposal_id,
    reasoned_by_tap,
)
from core.domain.staff import Member, Role
from core.ports import Clock

_Decision = Callable[..., Proposal | Fault]
"""Takes a proposal, by whom it is decided, with which message, and when."""

_USAGES: dict[str, str] = {
    Act.CANCEL: " N [reason]: call a code off",
    Act.EXTEND: " N [reason]: let a code live longer",
    Act.REFUND: " N [amount] [reason]: give money back, all that is left or a part",
    Act.REVOKE: " N [reason]: undo the whole order",
    Act.FREEZE: " payer N [reason], or account ID [reason]: no new orders, no codes "
    "shown; what is paid all the same is held",
    Act.UNFREEZE: " payer N [reason], or account ID [reason]: let them go on, and "
    "credit what was held",
}
_FAULTS: dict[Fault, str] = {
    Fault.UNKNOWN: "There is nothing to decide under that name.",
    Fault.NOT_YOURS: "Somebody else has begun that; only they can go on with it.",
    Fault.NO_REASON: "It needs a reason first.",
    Fault.TOO_LATE: "Too late: nothing was done. Begin again, as things may have "
    "changed.",
    Fault.DONE: "That was confirmed before, and is done once only.",
    Fault.WAITS: "It is confirmed, and waits for a second person.",
    Fault.DROPPED: "That was dropped: nothing was done.",
    Fault.OVERTAKEN: "Somebody else has just done something to this order, so nothing "
    "more was done. Look at it again.",
    Fault.NOT_CONFIRMED: "Whoever has begun it has not confirmed it yet.",
    Fault.SAME_PERSON: "It takes a second person: you have begun it yourself.",
    Fault.NO_SUPERVISOR: "It takes a supervisor as the second person.",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to be done; fields as of core.domain.proposals.Proposal."""

    subject: str
    """An order's number, or a payer or an account as core.domain.freezing names it."""
    reason: str
    amount: Money | None = None
    left: Money | None = None
    needs_second: bool = False


class Matter(Protocol):
    """What acts are about: orders, or payers and accounts."""

    async def wish(self, act: Act, asked: Asked) -> Wish | Outgoing:
        """Read what is wanted, or say why it cannot be."""
        ...

    async def is_own(self, member: Member, subject: str) -> bool:
        """Tell whether it is that person's own affair, in any of their chats."""
        ...

    async def what(self, proposal: Proposal) -> Sequence[str]:
        """Say exactly what will happen."""
        ...

    async def carry_out(self, proposal: Proposal) -> Outgoing:
        """Do it, with one effect if it is done again after a crash; say what came."""
        ...


class Proposing:
    """The way of every such act, from the wish to the last word."""

    def __init__(
        self,
        *,
        matters: Mapping[Act, Matter],
        proposals: SqlProposals,
        colleagues: Colleagues,
        clock: Clock,
    ) -> None:
        """Each act of `matters` can be proposed, to what stands beside it."""
        self._matters = matters
        self._proposals = proposals
        self._colleagues = colleagues
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that are previewed, and those that decide them."""
        deciding: dict[str, Run] = {
            "reason": self._give_reason,
            "confirm": partial(self._decide, confirmed),
            "approve": partial(self._decide, approved),
            "drop": self._drop,
        }
        proposing: dict[str, Run] = {
            act: partial(self._propose, act) for act in self._matters
        }
        return tuple(
            StaffCommand(
                name=name, least=Role.AGENT, usage=_USAGES.get(name, ""), run=run
            )
            for name, run in {**proposing, **deciding}.items()
        )

    async def _propose(self, act: Act, asked: Asked) -> Sequence[Outgoing]:
        """Preview an act."""
        wish = await self._matters[act].wish(act, asked)
        if isinstance(wish, Outgoing):
            return (wish,)
        now = self._clock.now()
        proposal = Proposal(
            id=new_proposal_id(),
            act=act,
            merchant_order_no=wish.subject,
            amount=wish.amount,
            left=wish.left,
            reason=wish.reason,
            proposed_by=asked.member.name,
            needs_second=wish.needs_second,
            stage=Stage.ASKED,
            made_at=now,
            answer_until=now + CONFIRM_WITHIN,
        )
        await self._proposals.add(proposal)
        return (preview(proposal, await self._what(proposal)),)

    async def _give_reason(self, asked: Asked) -> Sequence[Outgoing]:
        """Take the reason that was tapped."""
        proposal_id, _, index = asked.argument.partition(" ")
        now = self._clock.now()

        def rule(proposal: Proposal) -> Proposal | Fault:
            reasons = REASONS[proposal.act]
            return reasoned_by_tap(proposal, asked.member, reasons, index, now)

        proposal = await self._proposals.change(proposal_id, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(_FAULTS[proposal]),)
        return (preview(proposal, await self._what(proposal)),)

    async def _decide(self, how: _Decision, asked: Asked) -> Sequence[Outgoing]:
        """Confirm, or agree as the second person: do it, or ask for that person."""
        known = await self._proposals.get(asked.argument)
        if known is None:
            return (Outgoing(_FAULTS[Fault.UNKNOWN]),)
        matter = self._matters[known.act]
        if await matter.is_own(asked.member, known.merchant_order_no):
            return (own_order(),)
        now = self._clock.now()
        rule = partial(how, by=asked.member, message=asked.update_id, now=now)
        proposal = await self._proposals.change(known.id, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(_FAULTS[proposal]),)
        if proposal.stage is Stage.WAITING:
            return await self._ask_second(asked, proposal)
        result = await matter.carry_out(proposal)
        if proposal.approved_by:
            name = f"proposal:{proposal.id}:done"
            by, chat = proposal.proposed_by, asked.conversation_id
            await self._colleagues.tell(by, chat, result, name)
        return (result,)

    async def _ask_second(self, asked: Asked, proposal: Proposal) -> Sequence[Outgoing]:
        message = for_second(proposal, await self._what(proposal))
        name = f"proposal:{proposal.id}:second"
        by, chat = asked.member.name, asked.conversation_id
        if await self._colleagues.ask_supervisors(chat, by, message, name):
            return (message,)
        return (message, Outgoing("There is no other supervisor at the desk."))

    async def _drop(self, asked: Asked) -> Sequence[Outgoing]:
        """Let it be."""
        rule = partial(dropped, by=asked.member, message=asked.update_id)
        proposal = await self._proposals.change(asked.argument, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(_FAULTS[proposal]),)
        name = name_of(proposal.merchant_order_no)
        return (Outgoing(f"{proposal.act.capitalize()} {name}: nothing was done."),)

    async def _what(self, proposal: Proposal) -> Sequence[str]:
        return await self._matters[proposal.act].what(proposal)
