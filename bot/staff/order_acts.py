"""Cancel, extend, refund and revoke: what each would do to an order, said exactly."""

from collections.abc import Sequence

from bot.messages import Outgoing
from bot.ports import Stores
from bot.staff.acting import Acting
from bot.staff.carrying_out import CarryingOut
from bot.staff.proposing import Wish
from bot.staff.standings import Seen, Standings
from bot.staff.table import Asked
from bot.staff.texts import bold, clean, moment
from bot.staff.wishes import read_wish
from core.domain.acts import Act
from core.domain.money import NOTHING, BadAmount, Money
from core.domain.orders import Order
from core.domain.proposals import Proposal
from core.domain.staff import Member


class OrderActs:
    """Orders, as what such acts are about."""

    def __init__(
        self,
        *,
        acting: Acting,
        standings: Standings,
        stores: Stores,
        carrying_out: CarryingOut,
        second_above: Money,
    ) -> None:
        """Money above `second_above` goes back only when a second person agrees."""
        self._acting = acting
        self._standings = standings
        self._stores = stores
        self._second_above = second_above
        self.carry_out = carrying_out.of

    async def wish(self, act: Act, asked: Asked) -> Wish | Outgoing:
        """Read which order is meant, how much of it, and why."""
        seen = await self._acting.ready(asked, act)
        if isinstance(seen, Outgoing):
            return seen
        try:
            said = read_wish(act, asked.argument)
        except BadAmount:
            return Outgoing("That is no amount. Type it like this: /refund N 20.50")
        amount, money = said.amount, seen.standing.money
        if act is Act.REFUND:
            amount = amount or money.most
            if amount > money.most:
                most = money.most
                return Outgoing(f"At most {most} of this order can be given back.")
        return Wish(
            subject=seen.order.merchant_order_no,
            reason=said.reason,
            amount=amount,
            left=money.left,
            needs_second=self._needs_second(act, amount, seen),
        )

    def _needs_second(self, act: Act, amount: Money | None, seen: Seen) -> bool:
        """Tell whether too much goes back for one person, with what went before."""
        if act not in {Act.REFUND, Act.REVOKE}:
            return False
        order, left = seen.order, seen.standing.money.left
        went_before = order.amount + -left if order.is_paid else NOTHING
        return went_before + (amount or left) > self._second_above

    async def is_own(self, member: Member, subject: str) -> bool:
        """Tell whether it is that person's own order."""
        seen = await self._standings.of(subject)
        return await self._acting.is_own(member, seen.order)

    async def what(self, proposal: Proposal) -> Sequence[str]:
        """Say of which order, and what will happen to it and to the money."""
        seen = await self._standings.of(proposal.merchant_order_no)
        order = seen.order
        title = f"{proposal.act.capitalize()} {order.merchant_order_no}?"
        about = f"{order.amount} for account {clean(order.account_id)}, {order.status}"
        return (bold(title), about, "", *self._consequences(proposal, seen))

    def _consequences(self, proposal: Proposal, seen: Seen) -> Sequence[str]:
        match proposal.act:
            case Act.CANCEL:
                return (
                    "PayBy closes the code for good; nothing is charged.",
                    "The payer is told.",
                    "If PayBy says that it was paid meanwhile, it is credited instead.",
                )
            case Act.EXTEND:
                return _extension(seen)
            case Act.REVOKE if not seen.order.is_paid:
                return (
                    "PayBy closes the code for good.",
                    "If it was paid after all, PayBy gives all of it back.",
                    self._where(seen.order),
                )
            case Act.REVOKE:
                return self._money(seen.order, seen.order.amount)
            case _:
                return self._money(seen.order, proposal.amount or seen.order.amount)

    def _money(self, order: Order, amount: Money) -> Sequence[str]:
        part = "all of it" if amount == order.amount else f"of {order.amount}"
        return (
            f"{bold(str(amount))} ({part}) is taken off the account.",
            "PayBy gives it back to the wallet that paid.",
            self._where(order),
            "The payer is told when it begins and when it is done.",
            "It cannot be undone.",
        )

    def _where(self, order: Order) -> str:
        store = self._stores.by_id(order.store_id)
        whose = clean(store.name) if store else "the store that took the cash"
        return (
            f"That wallet is the store's: {whose}. The payer gets the cash there, not "
            "from us."
        )


def _extension(seen: Seen) -> Sequence[str]:
    longer, order = seen.standing.longer_end, seen.order
    until = moment(longer) if longer else "no longer"
    return (
        f"The code can be paid until {bold(until)}, not {moment(order.expires_at)}.",
        "The code's message shows the new end; /resend shows it to the payer again.",
    )
