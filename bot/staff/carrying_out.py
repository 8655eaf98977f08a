"""Does what was confirmed: again, after a crash, with one effect."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.messages import Outgoing
from bot.staff.acting import Acting, facts_of
from bot.staff.ports import Pushes, Refunds, TopUps
from bot.staff.standings import UNCLEAR
from bot.staff.texts import clean, moment
from core.database.audit import SqlAudit
from core.domain.acts import Act
from core.domain.audit import AuditEntry
from core.domain.errors import AtTheTill, CannotExtend, GatewayError, NotRefundable
from core.domain.orders import Event, Order, Status
from core.domain.proposals import Proposal
from core.domain.refunds import Obstacle, Refund, RefundStatus
from core.ports import Orders

REFUND_STATES: dict[RefundStatus, str] = {
    RefundStatus.ASKED: "PayBy has not confirmed it yet; we go on asking under the "
    "same number, and the payer is told at the end.",
    RefundStatus.PROCESSING: "PayBy has it and is not done; the payer is told at the "
    "end.",
    RefundStatus.DONE: "PayBy has given it back to the store's wallet; the payer is "
    "told.",
    RefundStatus.FAILED: "PayBy does not give it back, so it is on the account again.",
    RefundStatus.REFUSED: "the account holds too little, so PayBy was not asked.",
}
_OBSTACLES: dict[Obstacle, str] = {
    Obstacle.NOT_PAID: "nothing of it was paid",
    Obstacle.BEING_MADE: "its code is just being made",
    Obstacle.NOTHING_LEFT: "all of it has gone back",
    Obstacle.UNDER_WAY: "another refund of it is on its way",
    Obstacle.TOO_LATE: "PayBy gives money back for 180 days only",
    Obstacle.GIVEN_IN_PART: "a part has gone back, so refund the rest",
    Obstacle.TOO_MUCH: "so much is not left",
    Obstacle.CHANGED: "things have changed since the preview; look at it again",
    Obstacle.ACCOUNT_SPENT: "the account holds less than that: it was spent",
}


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
        refunds: Refunds,
        pushes: Pushes,
        orders: Orders,
    ) -> None:
        self._acting = acting
        self._audit = audit
        self._topups = topups
        self._refunds = refunds
        self._pushes = pushes
        self._orders = orders

    async def of(self, proposal: Proposal) -> Outgoing:
        """Do it, write it down, and show how the order stands then."""
        before = await self._orders.get(proposal.merchant_order_no)
        try:
            outcome = await self._do(proposal, before)
        except GatewayError as trouble:
            outcome = _unclear(trouble)
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

    async def cancel_again(self, order: Order) -> Outcome:
        """Cancel what was to be cancelled before, without a clear answer."""
        try:
            return await self._cancel(order)
        except GatewayError as trouble:
            return _unclear(trouble)

    async def _do(self, proposal: Proposal, order: Order) -> Outcome:
        match proposal.act:
            case Act.CANCEL:
                return await self._cancel(order)
            case Act.EXTEND:
                return await self._extend(proposal, order)
            case Act.REFUND:
                return await self._refund(proposal, order)
            case _:
                return await self._revoke(proposal)

    async def _cancel(self, order: Order) -> Outcome:
        try:
            order = await self._topups.cancel(order.merchant_order_no, by_payer=False)
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

    async def _refund(self, proposal: Proposal, order: Order) -> Outcome:
        amount = proposal.amount or order.amount
        try:
            refund = await self._refunds.refund(
                order.merchant_order_no,
                amount,
                reason=proposal.reason,
                by=proposal.proposed_by,
                request_id=f"staff:{proposal.id}",
                left=proposal.left or amount,
            )
        except NotRefundable as refusal:
            return _not_given_back(refusal)
        return _going_back(refund)

    async def _revoke(self, proposal: Proposal) -> Outcome:
        try:
            undone = await self._refunds.revoke(
                proposal.merchant_order_no,
                reason=proposal.reason,
                by=proposal.proposed_by,
                request_id=f"staff:{proposal.id}",
            )
        except NotRefundable as refusal:
            return _not_given_back(refusal)
        if undone.refund:
            return _going_back(undone.refund)
        if undone.order.status is Status.CANCELLED:
            await self._pushes.tell(undone.order, Event.CANCELLED)
        sentence = f"Nobody had paid it, so nothing goes back: {undone.order.status}."
        return Outcome(sentence, facts_of(undone.order))

    async def _was_extended(self, proposal: Proposal) -> bool:
        lines = await self._orders.timeline(proposal.merchant_order_no)
        return any(
            line.kind == "extended" and line.at >= proposal.made_at for line in lines
        )


def _unclear(trouble: GatewayError) -> Outcome:
    why = clean(str(trouble))
    sentence = (
        f"PayBy gives no clear answer ({why}). Look at the order before you try again."
    )
    return Outcome(sentence, {UNCLEAR: why})


def _going_back(refund: Refund) -> Outcome:
    sentence = f"{refund.amount}: {REFUND_STATES[refund.status]}"
    if refund.trouble:
        sentence = f"{sentence} {clean(refund.trouble)}"
    after = {"refund": refund.refund_no, "amount": str(refund.amount)}
    return Outcome(sentence, {**after, "status": str(refund.status)})


def _not_given_back(refusal: NotRefundable) -> Outcome:
    why = _OBSTACLES[Obstacle(refusal.obstacle)]
    return Outcome(f"Nothing was done: {why}.", {"not done": refusal.obstacle})
