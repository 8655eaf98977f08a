"""Asks PayBy now, and tries again what did not go through: the right thing of all."""

from collections.abc import Sequence

from bot.messages import Outgoing
from bot.staff.acting import Acting, facts_of
from bot.staff.carrying_out import CarryingOut
from bot.staff.ports import Refunds, TopUps
from bot.staff.showing import Showing
from bot.staff.standings import Seen
from bot.staff.table import Asked, StaffCommand
from bot.staff.texts import clean
from core.database.order_files import retry_draft
from core.domain.acts import Act, Retry, right_retry
from core.domain.errors import (
    GatewayError,
    GatewayRejected,
    GatewayResting,
    TopUpError,
)
from core.domain.orders import Order
from core.domain.staff import Role
from core.ports import Orders

_TRIED: dict[Retry, str] = {
    Retry.CREATION: "PayBy is asked again for the code, under the same number",
    Retry.CREDIT: "The account was to be credited again",
    Retry.CLOSING: "PayBy was asked again to close the code",
}


class Retrying:
    """Acts that need no preview: they only do what should have been done."""

    def __init__(
        self,
        *,
        acting: Acting,
        showing: Showing,
        carrying_out: CarryingOut,
        topups: TopUps,
        refunds: Refunds,
        orders: Orders,
    ) -> None:
        self._acting = acting
        self._showing = showing
        self._carrying_out = carrying_out
        self._topups = topups
        self._refunds = refunds
        self._orders = orders

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that move on what has stopped."""
        return (
            StaffCommand(
                name=Act.CHECK,
                least=Role.AGENT,
                usage=" N: ask PayBy now how the order stands",
                run=self._check,
            ),
            StaffCommand(
                name=Act.RETRY,
                least=Role.AGENT,
                usage=" N: try again what did not go through: code, credit, closing, "
                "message, refund; or make a new order for one that failed or ended",
                run=self._retry,
            ),
        )

    async def _check(self, asked: Asked) -> Sequence[Outgoing]:
        """Ask PayBy, and act on what it says."""
        seen = await self._acting.ready(asked, Act.CHECK)
        if isinstance(seen, Outgoing):
            return (seen,)
        before = seen.order
        try:
            order = await self._topups.check(before.merchant_order_no)
        except GatewayError as trouble:
            why = clean(str(trouble))
            is_answer = isinstance(trouble, GatewayRejected)
            says = "PayBy answers" if is_answer else "PayBy gives no answer"
            after, note = {"PayBy": why}, f"{says}: {why}"
        else:
            after, moved = facts_of(order), order.status is not before.status
            note = f"PayBy was asked: {'now' if moved else 'still'} {order.status}."
        await self._acting.write_down(asked, Act.CHECK, before, after)
        return (await self._acting.now(before, note),)

    async def _retry(self, asked: Asked) -> Sequence[Outgoing]:
        """Try again what did not go through, and say what that is."""
        seen = await self._acting.ready(asked, Act.RETRY)
        if isinstance(seen, Outgoing):
            return (seen,)
        what = right_retry(seen.standing)
        if what is None:  # nothing has failed any more since it was made sure of
            return (await self._acting.now(seen.order, "Nothing has failed."),)
        begun = {"retried": str(what)}
        await self._acting.write_down(asked, Act.RETRY, seen.order, begun, step="begun")
        return (await self._again(asked, seen, what),)

    async def _again(self, asked: Asked, seen: Seen, what: Retry) -> Outgoing:
        match what:
            case Retry.NEW_ORDER:
                return await self._order_again(asked, seen.order)
            case Retry.CANCEL:
                return await self._cancel_again(asked, seen.order)
            case Retry.REFUND:
                return await self._refund_again(asked, seen)
            case Retry.TELLING:
                return await self._showing.again(asked, Act.RETRY, seen.order)
            case _:
                return await self._attend(asked, seen.order, what)

    async def _attend(self, asked: Asked, before: Order, what: Retry) -> Outgoing:
        number = before.merchant_order_no
        note = _TRIED[what]
        try:
            await self._topups.attend(number)
        except GatewayResting as trouble:
            note = f"{note}, but {clean(str(trouble))}"
        order = await self._orders.get(number)
        await self._acting.write_down(asked, Act.RETRY, before, facts_of(order))
        return await self._acting.now(order, f"{note}. It is {order.status}.")

    async def _order_again(self, asked: Asked, old: Order) -> Outgoing:
        try:
            new = await self._topups.start(
                draft_id=retry_draft(old.merchant_order_no),
                conversation_id=old.conversation_id,
                account_id=old.account_id,
                amount=old.amount,
            )
        except TopUpError as trouble:
            why = clean(f"{type(trouble).__name__} {trouble}")
            await self._acting.write_down(asked, Act.RETRY, old, {"refused": why})
            return await self._acting.now(old, f"No new order was made: {why}")
        after = {"new order": new.merchant_order_no}
        await self._acting.write_down(asked, Act.RETRY, old, after)
        note = (
            f"{old.merchant_order_no} ended unpaid, so this is a new order in its "
            "place. The payer gets the new code in their chat."
        )
        return await self._acting.now(new, note)

    async def _cancel_again(self, asked: Asked, order: Order) -> Outgoing:
        outcome = await self._carrying_out.cancel_again(order)
        await self._acting.write_down(asked, Act.CANCEL, order, outcome.after)
        return await self._acting.now(order, outcome.sentence)

    async def _refund_again(self, asked: Asked, seen: Seen) -> Outgoing:
        """Ask after a refund that is on its way; one that failed is begun anew.

        That takes a preview and a last word, as the first time.
        """
        order, refund = seen.order, seen.standing.unfinished_refund
        if refund and refund.is_under_way:
            await self._refunds.attend(refund.refund_no)
            note = f"PayBy was asked again after the refund of {refund.amount}"
        else:
            note = "The refund has failed; tap Refund to begin another"
        await self._acting.write_down(asked, Act.RETRY, order, facts_of(order))
        return await self._acting.now(order, f"{note}.")
