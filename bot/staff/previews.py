"""Says exactly what an act will do before it is done."""

from collections.abc import Sequence

from bot.messages import Outgoing, Rows
from bot.ports import Stores
from bot.staff.standings import Seen
from bot.staff.table import staff_button
from bot.staff.texts import bold, clean, moment
from core.domain.acts import Act
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.proposals import Proposal

REASONS: dict[Act, tuple[str, ...]] = {
    Act.CANCEL: ("Payer asked", "Wrong amount", "Wrong account", "Suspicious"),
    Act.EXTEND: ("Payer asked", "Store could not take it", "PayBy was away"),
    Act.REFUND: ("Payer asked", "Wrong amount", "Wrong account", "Paid twice"),
    Act.REVOKE: ("Wrong account", "Paid twice", "Suspicious", "Unclear at the store"),
}


class Previews:
    """Writes previews and their buttons."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def of(self, proposal: Proposal, seen: Seen) -> Outgoing:
        """Say what will happen, and ask for the reason or for the last word."""
        lines = [*self._what(proposal, seen), ""]
        if proposal.reason:
            lines.append(f"Reason: {clean(proposal.reason)}")
            lines.append(
                "It takes a second person, a supervisor, after you."
                if proposal.needs_second
                else "Nothing is done yet. The button works for two minutes, once."
            )
            rows = _last_word(proposal)
        else:
            typed = f"/{proposal.act} {proposal.merchant_order_no}"
            lines.append(f"Why? Tap a reason, or type it: {typed} because …")
            rows = _reasons(proposal)
        return Outgoing("\n".join(lines), rows)

    def for_second(self, proposal: Proposal, seen: Seen) -> Outgoing:
        """Say what somebody wants to do, and ask a second person."""
        lines = [
            f"{bold(proposal.proposed_by)} asks for a second person:",
            *self._what(proposal, seen),
            "",
            f"Reason: {clean(proposal.reason)}",
            "A supervisor can agree for fifteen minutes.",
        ]
        rows: Rows = (
            (
                staff_button("approve", "Agree, do it", proposal.id),
                staff_button("drop", "No", proposal.id),
            ),
        )
        return Outgoing("\n".join(lines), rows)

    def _what(self, proposal: Proposal, seen: Seen) -> Sequence[str]:
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


def _reasons(proposal: Proposal) -> Rows:
    buttons = [
        staff_button("reason", reason, f"{proposal.id} {index}")
        for index, reason in enumerate(REASONS[proposal.act])
    ]
    pairs = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return (*pairs, (staff_button("drop", "Do nothing", proposal.id),))


def _last_word(proposal: Proposal) -> Rows:
    title = f"{proposal.act.capitalize()} now"
    if proposal.needs_second:
        title = "Ask a second person"
    return (
        (staff_button("confirm", title, proposal.id),),
        (staff_button("drop", "Do nothing", proposal.id),),
    )
