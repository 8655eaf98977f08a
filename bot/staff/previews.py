"""Shows what an act will do before it is done, and asks for the next word."""

from collections.abc import Sequence

from bot.messages import Outgoing, Rows
from bot.staff.table import staff_button
from bot.staff.texts import bold, clean
from core.domain.acts import Act
from core.domain.freezing import account_of, payer_of
from core.domain.proposals import Proposal

REASONS: dict[Act, tuple[str, ...]] = {
    Act.CANCEL: ("Payer asked", "Wrong amount", "Wrong account", "Suspicious"),
    Act.EXTEND: ("Payer asked", "Store could not take it", "PayBy was away"),
    Act.REFUND: ("Payer asked", "Wrong amount", "Wrong account", "Paid twice"),
    Act.REVOKE: ("Wrong account", "Paid twice", "Suspicious", "Unclear at the store"),
    Act.FREEZE: ("Suspicious", "Somebody told them to pay", "Owner asked"),
    Act.UNFREEZE: ("Cleared up", "Owner asked"),
}


def preview(proposal: Proposal, what: Sequence[str]) -> Outgoing:
    """Say what will happen, and ask for the reason or for the last word."""
    if not proposal.reason:
        how = f"/{proposal.act} {_typed(proposal.merchant_order_no)} because …"
        asks: Sequence[str] = (f"Why? Tap a reason, or type it: {how}",)
        rows = _reasons(proposal)
    else:
        note = "Nothing is done yet. The button works for two minutes, once."
        if proposal.needs_second:
            note = "It takes a second person, a supervisor, after you."
        asks = (f"Reason: {clean(proposal.reason)}", note)
        rows = _last_word(proposal)
    return Outgoing("\n".join((*what, "", *asks)), rows)


def for_second(proposal: Proposal, what: Sequence[str]) -> Outgoing:
    """Say what somebody wants to do, and ask a second person."""
    lines = (
        f"{bold(proposal.proposed_by)} asks for a second person:",
        *what,
        "",
        f"Reason: {clean(proposal.reason)}",
        "A supervisor can agree for fifteen minutes.",
    )
    agree = staff_button("approve", "Agree, do it", proposal.id)
    return Outgoing(
        "\n".join(lines), ((agree, staff_button("drop", "No", proposal.id)),)
    )


def _typed(subject: str) -> str:
    """Write what it is about as one types it; a payer, by the number of an order."""
    if account := account_of(subject):
        return f"account {clean(account)}"
    return "payer N" if payer_of(subject) else subject


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
