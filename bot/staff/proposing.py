"""What cannot be taken back: previewed, given a reason, confirmed once and in time."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bot.messages import Outgoing
from bot.staff.acting import Acting, own_order
from bot.staff.carrying_out import CarryingOut
from bot.staff.colleagues import Colleagues
from bot.staff.previews import REASONS, Previews
from bot.staff.standings import Seen, Standings
from bot.staff.table import Asked, StaffCommand
from bot.staff.wishes import read_wish
from core.database.proposals import Rule, SqlProposals
from core.domain.acts import Act
from core.domain.money import NOTHING, BadAmount, Money
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
from core.domain.staff import Role
from core.ports import Clock

FAULTS: dict[Fault, str] = {
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


class Proposing:
    """Cancel, extend, refund and revoke, from the wish to the last word."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        acting: Acting,
        standings: Standings,
        proposals: SqlProposals,
        previews: Previews,
        carrying_out: CarryingOut,
        colleagues: Colleagues,
        second_above: Money,
        clock: Clock,
    ) -> None:
        """Money above `second_above` goes back only when a second person agrees."""
        self._acting = acting
        self._standings = standings
        self._proposals = proposals
        self._previews = previews
        self._carrying_out = carrying_out
        self._colleagues = colleagues
        self._second_above = second_above
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that are previewed, and those that decide them."""
        usages = {
            Act.CANCEL: " N [reason]: call a code off",
            Act.EXTEND: " N [reason]: let a code live longer",
            Act.REFUND: " N [amount] [reason]: give money back, all that is left or "
            "a part",
            Act.REVOKE: " N [reason]: undo the whole order",
        }
        proposing = (
            StaffCommand(
                name=act, least=Role.AGENT, usage=usage, run=partial(self._propose, act)
            )
            for act, usage in usages.items()
        )
        deciding: dict[str, Callable[[Asked], Awaitable[Sequence[Outgoing]]]] = {
            "reason": self._give_reason,
            "confirm": self._confirm,
            "approve": self._approve,
            "drop": self._drop,
        }
        return (
            *proposing,
            *(
                StaffCommand(name=name, least=Role.AGENT, usage="", run=run)
                for name, run in deciding.items()
            ),
        )

    async def _propose(self, act: Act, asked: Asked) -> Sequence[Outgoing]:
        """Preview an act."""
        seen = await self._acting.ready(asked, act)
        if isinstance(seen, Outgoing):
            return (seen,)
        try:
            said = read_wish(act, asked.argument)
        except BadAmount:
            return (Outgoing("That is no amount. Type it like this: /refund N 20.50"),)
        amount = said.amount
        if act is Act.REFUND:
            most = seen.standing.money.most
            amount = amount or most
            if amount > most:
                return (Outgoing(f"At most {most} of this order can be given back."),)
        proposal = Proposal(
            id=new_proposal_id(),
            act=act,
            merchant_order_no=seen.order.merchant_order_no,
            amount=amount,
            left=seen.standing.money.left,
            reason=said.reason,
            proposed_by=asked.member.name,
            needs_second=self._needs_second(act, amount, seen),
            stage=Stage.ASKED,
            made_at=self._clock.now(),
            answer_until=self._clock.now() + CONFIRM_WITHIN,
        )
        await self._proposals.add(proposal)
        return (self._previews.of(proposal, seen),)

    def _needs_second(self, act: Act, amount: Money | None, seen: Seen) -> bool:
        """Tell whether too much goes back for one person, with what went before."""
        if act not in {Act.REFUND, Act.REVOKE}:
            return False
        order, left = seen.order, seen.standing.money.left
        went_before = order.amount + -left if order.is_paid else NOTHING
        return went_before + (amount or left) > self._second_above

    async def _give_reason(self, asked: Asked) -> Sequence[Outgoing]:
        """Take the reason that was tapped."""
        proposal_id, _, index = asked.argument.partition(" ")
        now = self._clock.now()

        def rule(proposal: Proposal) -> Proposal | Fault:
            reasons = REASONS[proposal.act]
            return reasoned_by_tap(proposal, asked.member, reasons, index, now)

        proposal = await self._proposals.change(proposal_id, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(FAULTS[proposal]),)
        seen = await self._standings.of(proposal.merchant_order_no)
        return (self._previews.of(proposal, seen),)

    async def _confirm(self, asked: Asked) -> Sequence[Outgoing]:
        """Do it, or ask for the second person."""
        rule = partial(
            confirmed, by=asked.member, message=asked.update_id, now=self._clock.now()
        )
        proposal = await self._decided(asked, rule)
        if isinstance(proposal, Outgoing):
            return (proposal,)
        if proposal.stage is Stage.GOING:
            return (await self._carrying_out.of(proposal),)
        return await self._ask_second(asked, proposal)

    async def _ask_second(self, asked: Asked, proposal: Proposal) -> Sequence[Outgoing]:
        seen = await self._standings.of(proposal.merchant_order_no)
        message = self._previews.for_second(proposal, seen)
        name = f"proposal:{proposal.id}:second"
        by = asked.member.name
        is_somebody = await self._colleagues.ask_supervisors(
            asked.conversation_id, by, message, name
        )
        if is_somebody:
            return (message,)
        return (message, Outgoing("There is no other supervisor at the desk."))

    async def _approve(self, asked: Asked) -> Sequence[Outgoing]:
        """Agree as the second person, and do it."""
        rule = partial(
            approved, by=asked.member, message=asked.update_id, now=self._clock.now()
        )
        proposal = await self._decided(asked, rule)
        if isinstance(proposal, Outgoing):
            return (proposal,)
        result = await self._carrying_out.of(proposal)
        await self._colleagues.tell(
            proposal.proposed_by,
            asked.conversation_id,
            result,
            f"proposal:{proposal.id}:done",
        )
        return (result,)

    async def _drop(self, asked: Asked) -> Sequence[Outgoing]:
        """Let it be."""
        rule = partial(dropped, by=asked.member, message=asked.update_id)
        proposal = await self._proposals.change(asked.argument, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(FAULTS[proposal]),)
        number = proposal.merchant_order_no
        return (Outgoing(f"{proposal.act.capitalize()} {number}: nothing was done."),)

    async def _decided(self, asked: Asked, rule: Rule) -> Proposal | Outgoing:
        """Take a decision about an order that is not one's own."""
        known = await self._proposals.get(asked.argument)
        if known is None:
            return Outgoing(FAULTS[Fault.UNKNOWN])
        seen = await self._standings.of(known.merchant_order_no)
        if await self._acting.is_own(asked.member, seen.order):
            return own_order()
        decided = await self._proposals.change(known.id, rule)
        return Outgoing(FAULTS[decided]) if isinstance(decided, Fault) else decided
