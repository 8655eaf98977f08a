"""Does what was confirmed: again, after a crash, with one effect."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Outgoing
from bot.staff.acting import Acting, facts_of
from bot.staff.ports import Pushes, TopUps
from bot.staff.texts import clean, moment
from core.database.audit import SqlAudit
from core.domain.acts import Act
from core.domain.audit import AuditEntry
from core.domain.errors import AtTheTill, CannotExtend, GatewayError
from core.domain.orders import Event, Order, Status
from core.domain.proposals import Proposal
from core.ports import Orders


@dataclass(frozen=True)
class Outcome:
    """What came of it: in a sentence, and for the audit."""

    sentence: str
    after: Mapping[str, str]


class CarryingOut:
    """The end of a proposal."""

    def __init__(
        self,
        *,
        acting: Acting,
        audit: SqlAudit,
        topups: TopUps,
        pushes: Pushes,
        orders: Orders,
    ) -> None:
        self._acting = acting
        self._audit = audit
        self._topups = topups
        self._pushes = pushes
        self._orders = orders

    async def of(self, proposal: Proposal) -> Outgoing:
        """Do it, write it down, and show how the order stands then."""
        before = await self._orders.get(proposal.merchant_order_no)
        try:
            outcome = await self._do(proposal, before)
        except GatewayError as trouble:
            why = clean(str(trouble))
            sentence = (
                f"PayBy gives no clear answer ({why}). Look at the order before you "
                "try again."
            )
            outcome = Outcome(sentence, {"unclear": why})
        agreed = {"agreed": proposal.approved_by} if proposal.approved_by else {}
        await self._audit.add(
            AuditEntry(
                act_id=f"proposal:{proposal.id}",
                who=proposal.proposed_by,
                act=proposal.act,
                merchant_order_no=proposal.merchant_order_no,
                reason=proposal.reason,
                before=facts_of(before),
                after={**outcome.after, **agreed},
            )
        )
        return await self._acting.now(before, outcome.sentence)

    async def _do(self, proposal: Proposal, order: Order) -> Outcome:
        match proposal.act:
            case Act.CANCEL:
                return await self._cancel(order)
            case Act.EXTEND:
                return await self._extend(proposal, order)
            case _:
                return Outcome("That cannot be done here.", {})

    async def _cancel(self, order: Order) -> Outcome:
        try:
            order = await self._topups.cancel(order.merchant_order_no)
        except AtTheTill:
            sentence = (
                "A cashier has the code on the POS just now, so nothing was done. "
                "Wait a minute and begin again."
            )
            return Outcome(sentence, {"not done": "code is at a till"})
        if order.status is Status.CANCELLED:
            await self._pushes.tell(order, Event.CANCELLED)
            sentence = "Cancelled at PayBy and here; the payer is told."
        elif order.is_paid:
            sentence = "It was paid before, so it is credited and not cancelled."
        else:
            sentence = f"It had moved on: {order.status}."
        return Outcome(sentence, facts_of(order))

    async def _extend(self, proposal: Proposal, order: Order) -> Outcome:
        """Extend the code, unless somebody has since the preview, we ourselves too."""
        number = order.merchant_order_no
        if not await self._was_extended(proposal):
            try:
                order = await self._topups.extend(number)
            except CannotExtend:
                sentence = "The code cannot be extended any more; nothing was done."
                return Outcome(sentence, {"not done": "cannot be extended"})
        if order.status is Status.OPEN:
            sentence = f"The code can be paid until {moment(order.expires_at)}."
        else:
            sentence = f"It had moved on: {order.status}."
        return Outcome(sentence, facts_of(order))

    async def _was_extended(self, proposal: Proposal) -> bool:
        lines = await self._orders.timeline(proposal.merchant_order_no)
        return any(
            line.kind == "extended" and line.at >= proposal.made_at for line in lines
        )
