"""What staff show and write to a payer, and how it went."""

from collections.abc import Sequence
from hashlib import sha256

from bot.courier import Courier, Parcel
from bot.messages import BOLD_OFF, BOLD_ON, Outgoing
from bot.staff.acting import Acting
from bot.staff.ports import Pushes
from bot.staff.standings import STATE_EVENT
from bot.staff.table import Asked, StaffCommand
from core.database.messages import Delivery
from core.domain.acts import Act
from core.domain.orders import Order
from core.domain.staff import Role

_TRIES = 3  # staff are told how it ended, and can try again
_LONGEST_SAID = 1000
_CONTROLS = dict.fromkeys(
    [ord(BOLD_ON), ord(BOLD_OFF), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_HOW_IT_WENT: dict[Delivery, str] = {
    Delivery.SENT: "it was sent",
    Delivery.UNREACHABLE: "the payer cannot be written to now",
    Delivery.REFUSED: "the network refuses it",
    Delivery.UNKNOWN: "it may have arrived: nobody can tell",
}


class Showing:
    """Messages to an order's payer, each sent once for the wish to send it."""

    def __init__(self, *, acting: Acting, pushes: Pushes, courier: Courier) -> None:
        self._acting = acting
        self._pushes = pushes
        self._courier = courier

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that reach a payer."""
        return (
            StaffCommand(
                name=Act.RESEND,
                least=Role.AGENT,
                usage=" N: show the payer the code or the result again",
                run=self._resend,
            ),
            StaffCommand(
                name=Act.SAY,
                least=Role.AGENT,
                usage=" N text: write to the payer in the bot's name",
                run=self._say,
            ),
        )

    async def again(self, asked: Asked, act: Act, order: Order) -> Outgoing:
        """Show the payer once more how the order stands, and say how that went."""
        event = STATE_EVENT[order.status]
        name = f"{order.merchant_order_no}:{event}:again-{_sign(asked)}"
        state = await self._pushes.show_again(order, event, name)
        after = {"shown again": str(event), "delivery": str(state)}
        await self._acting.write_down(asked, act, order, after)
        note = f"The payer was to see again: {event}; {_how_it_went(state)}."
        return await self._acting.now(order, note)

    async def _resend(self, asked: Asked) -> Sequence[Outgoing]:
        seen = await self._acting.ready(asked, Act.RESEND)
        if isinstance(seen, Outgoing):
            return (seen,)
        return (await self.again(asked, Act.RESEND, seen.order),)

    async def _say(self, asked: Asked) -> Sequence[Outgoing]:
        seen = await self._acting.ready(asked, Act.SAY)
        if isinstance(seen, Outgoing):
            return (seen,)
        said = asked.argument.split(maxsplit=1)[1:]
        text = "".join(said).translate(_CONTROLS).strip()
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


def _how_it_went(state: Delivery) -> str:
    return _HOW_IT_WENT.get(state, "it could not be sent yet")


def _sign(asked: Asked) -> str:
    """Name what is sent after the message that asked for it: it is sent once."""
    return sha256(asked.update_id.encode()).hexdigest()[:12]
