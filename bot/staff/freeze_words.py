"""What freezing does, in words for staff."""

from collections.abc import Sequence

from bot.staff import masks
from bot.staff.texts import clean
from core.domain.acts import Act
from core.domain.freezing import account_of, payer_of


def name_of(subject: str) -> str:
    """Name a payer, masked, or an account; an order by its number."""
    if chat := payer_of(subject):
        return f"the payer {masks.payer(chat)}, in all linked chats"
    account = account_of(subject)
    return f"account {clean(account)}" if account else subject


def consequences(act: Act, held: int) -> Sequence[str]:
    """Say what will happen; `held` paid orders wait for being credited."""
    if act is Act.FREEZE:
        out = (
            "A code that is out already can still be paid: that money is held with a "
            "case, not credited and not given back."
        )
        told = (
            "The payer is told only on trying, without a reason, and how to reach a "
            "person."
        )
        return ("No new orders, and no code is shown again.", out, told)
    credited = (
        f"Paid orders that wait for being credited: {held}. They are credited now, "
        "unless something else holds them."
    )
    return ("New orders are possible again, and codes are shown.", credited)


def outcome(act: Act, subject: str, held: Sequence[str]) -> str:
    """Say what was done."""
    name = name_of(subject).capitalize()
    if act is Act.FREEZE:
        return f"{name}: frozen. /unfreeze lets them go on."
    credited = f" Credited, if nothing else holds them: {', '.join(held)}."
    return f"{name}: frozen no more.{credited if held else ''}"
