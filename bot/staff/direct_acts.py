"""What is done at once, as it can do no harm: ask, try again, show again, write."""

from collections.abc import Sequence
from hashlib import sha256

from bot.courier import Courier, Parcel
from bot.messages import BOLD_OFF, BOLD_ON, Outgoing
from bot.staff.acting import Acting, facts_of
from bot.staff.ports import Pushes, Refunds, TopUps
from bot.staff.standings import STATE_EVENT, Seen
from bot.staff.table import Asked, StaffCommand
from bot.staff.texts import clean
from core.database.messages import Delivery
from core.database.order_files import retry_draft
from core.domain.acts import Act, Retry, right_retry
from core.domain.errors import GatewayError, GatewayResting, TopUpError
from core.domain.orders import Order
from core.domain.staff import Role
from core.ports import Orders

_TRIES = 3  # staff are told how it ended, and can try again
_LONGEST_SAID = 1000
_CONTROLS = dict.fromkeys(
    [ord(BOLD_ON), ord(BOLD_OFF), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_TRIED: dict[Retry, str] = {
    Retry.CREATION: "PayBy is asked again for the code, under the same number",
    Retry.CREDIT: "The account was to be credited again",
    Retry.CLOSING: "PayBy was asked again to close the code",
}
_HOW_IT_WENT: dict[Delivery, str] = {
    Delivery.SENT: "it was sent",
    Delivery.UNREACHABLE: "the payer cannot be written to now; it is shown when they "
    "write",
    Delivery.REFUSED: "the network refuses it",
    Delivery.UNKNOWN: "it may have arrived: nobody can tell",
}


class DirectActs:
    """Acts that need no preview."""

    def __init__(
        self,
        *,
        acting: Acting,
        topups: TopUps,
        refunds: Refunds,
        pushes: Pushes,
        courier: Courier,
        orders: Orders,
    ) -> None:
        self._acting = acting
        self._topups = topups
        self._refunds = refunds
        self._pushes = pushes
        self._courier = courier
        self._orders = orders

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that act at once."""
        return (
            StaffCommand(
                name=Act.CHECK,
                least=Role.AGENT,
                usage=" N: ask PayBy now how the order stands",
                run=self.check,
            ),
            StaffCommand(
                name=Act.RETRY,
                least=Role.AGENT,
                usage=" N: try again what did not go through: code, credit, closing, "
                "message, refund; or make a new order for one that failed or ended",
                run=self.retry,
            ),
            StaffCommand(
                name=Act.RESEND,
                least=Role.AGENT,
                usage=" N: show the payer the code or the result again",
                run=self.resend,
            ),
            StaffCommand(
                name=Act.SAY,
                least=Role.AGENT,
                usage=" N text: write to the payer in the bot's name",
                run=self.say,
            ),
        )

    async def check(self, asked: Asked) -> Sequence[Outgoing]:
        """Ask PayBy, and act on what it says."""
        seen = await self._acting.ready(asked, Act.CHECK)
        if isinstance(seen, Outgoing):
            return (seen,)
        before = seen.order
        try:
            order = await self._topups.check(before.merchant_order_no)
        except GatewayError as trouble:
            after = {"PayBy": clean(str(trouble))}
            note = f"PayBy gives no answer: {clean(str(trouble))}"
        else:
            after, moved = facts_of(order), order.status is not before.status
            note = f"PayBy was asked: {'now' if moved else 'still'} {order.status}."
        await self._acting.write_down(asked, Act.CHECK, before, after)
        return (await self._acting.now(before, note),)

    async def retry(self, asked: Asked) -> Sequence[Outgoing]:
        """Try again what did not go through, and say what that is."""
        seen = await self._acting.ready(asked, Act.RETRY)
        if isinstance(seen, Outgoing):
            return (seen,)
        what, order = right_retry(seen.standing), seen.order
        begun = {"retried": str(what)}
        await self._acting.write_down(asked, Act.RETRY, order, begun, step="begun")
        match what:
            case Retry.NEW_ORDER:
                return (await self._order_again(asked, order),)
            case Retry.REFUND:
                return (await self._refund_again(asked, seen),)
            case Retry.TELLING:
                return await self._show_again(asked, Act.RETRY, order)
            case Retry.CREATION | Retry.CREDIT | Retry.CLOSING:
                return (await self._attend(asked, order, what),)
            case _:
                return (Outgoing("Nothing of this order has failed."),)

    async def resend(self, asked: Asked) -> Sequence[Outgoing]:
        """Show the payer once more how the order stands."""
        seen = await self._acting.ready(asked, Act.RESEND)
        if isinstance(seen, Outgoing):
            return (seen,)
        return await self._show_again(asked, Act.RESEND, seen.order)

    async def say(self, asked: Asked) -> Sequence[Outgoing]:
        """Write to the payer, and tell whether it was sent."""
        seen = await self._acting.ready(asked, Act.SAY)
        if isinstance(seen, Outgoing):
            return (seen,)
        text = asked.argument.partition(" ")[2].translate(_CONTROLS).strip()
        if not text or len(text) > _LONGEST_SAID:
            return (Outgoing(f"Type /say N and 1 to {_LONGEST_SAID} letters of text."),)
        number = seen.order.merchant_order_no
        state = await self._courier.deliver(
            Parcel(
                id=f"{number}:say:{_sign(asked)}:0",
                conversation_id=seen.order.conversation_id,
                message=Outgoing(text),
                tries=_TRIES,
                merchant_order_no=number,
            )
        )
        after = {"said": text, "delivery": str(state)}
        await self._acting.write_down(asked, Act.SAY, seen.order, after)
        return (Outgoing(f"To the payer of {number}: {_how_it_went(state)}."),)

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
            return Outgoing(f"No new order was made: {why}")
        after = {"new order": new.merchant_order_no}
        await self._acting.write_down(asked, Act.RETRY, old, after)
        note = (
            f"{old.merchant_order_no} ended unpaid, so this is a new order in its "
            "place. The payer gets the new code in their chat."
        )
        return await self._acting.now(new, note)

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

    async def _show_again(
        self, asked: Asked, act: Act, order: Order
    ) -> Sequence[Outgoing]:
        event = STATE_EVENT[order.status]
        name = f"{order.merchant_order_no}:{event}:again-{_sign(asked)}"
        state = await self._pushes.show_again(order, event, name)
        after = {"shown again": str(event), "delivery": str(state)}
        await self._acting.write_down(asked, act, order, after)
        note = f"The payer was to see again: {event}; {_how_it_went(state)}."
        return (await self._acting.now(order, note),)


def _how_it_went(state: Delivery) -> str:
    return _HOW_IT_WENT.get(state, "it could not be sent yet")


def _sign(asked: Asked) -> str:
    """Name what is sent after the message that asked for it: it is sent once."""
    return sha256(asked.update_id.encode()).hexdigest()[:12]
