"""A case as staff see it, with what can be done to it now."""

from collections.abc import Sequence
from dataclasses import replace

from bot.messages import Choice, Medium, Outgoing, Rows
from bot.staff import masks
from bot.staff.table import staff_button
from bot.staff.texts import bold, clean, moment
from bot.support_desk import case_text, what_to_do
from core.database.messages import Delivery
from core.database.talks import SqlTalks
from core.domain.cases import Case
from core.domain.errors import OrderNotFound
from core.domain.orders import Order
from core.domain.talks import Line, Talk, TalkStage
from core.ports import Clock, Orders

_LINES = 10
_LONGEST_CAPTION = 900  # Telegram takes 1024 letters, with what stands before it
_LONGEST_LINE, _LONGEST_ALL = 600, 1000  # WhatsApp takes 1600 letters in all


class CaseScreens:
    """Writes cases."""

    def __init__(self, *, talks: SqlTalks, orders: Orders, clock: Clock) -> None:
        self._talks = talks
        self._orders = orders
        self._clock = clock

    async def talk(self, talk: Talk, note: str = "") -> Outgoing:
        """Show a payer's talk with a person, and the last lines of the chat.

        A note before it says what has just been done.
        """
        order = await self._order(talk.merchant_order_no)
        lines = await self._talks.lines(talk, _LINES)
        text = "\n".join(
            (
                *([note, ""] if note else []),
                f"{bold(f'Case {talk.number}')}: a payer wants to talk to a person",
                _standing(talk),
                *([_about(order)] if order else []),
                f"Payer: {masks.payer(talk.conversation_id)}",
                "",
                *_last(lines),
                *_how_to_answer(talk),
            )
        )
        return Outgoing(text, _talk_buttons(talk, order))

    async def case(self, case: Case) -> Outgoing:
        """Show a case that is no talk."""
        order = await self._order(case.merchant_order_no)
        rows: Rows = ()
        if case.closed_at is None:
            rows = ((staff_button("close", "Close it", str(case.number)),),)
        if order:
            rows = (*rows, (_open_button(order),))
        closed = f"\nClosed {moment(case.closed_at)}" if case.closed_at else ""
        return Outgoing(f"{case_text(case, order)}{closed}", rows)

    def listed(self, case: Case, talk: Talk | None) -> str:
        """Write a case as one line of a list."""
        what, _ = what_to_do(case.kind)
        about = _standing(talk) if talk else f"Since {moment(case.opened_at)}"
        return f"{case.number}: {what}. {about}"

    def said(self, talk: Talk, text: str) -> Outgoing:
        """Write what the payer has said to who has taken the case."""
        close = staff_button("close", "Close the case", str(talk.number))
        return Outgoing(f"{bold(f'Case {talk.number}, payer')}\n{text}", ((close,),))

    def medium(self, talk: Talk, line: Line) -> Outgoing:
        """Show a photo or a document that the payer has sent, with its caption."""
        about = self.said(talk, clean(line.text, _LONGEST_CAPTION))
        medium = Medium(line.medium, line.conversation_id, line.medium_ref)
        return replace(about, medium=medium)

    def unseen(self, talk: Talk, line: Line) -> Outgoing:
        """Say that a payer has sent what cannot be shown here."""
        text = clean(line.text, _LONGEST_CAPTION)
        note = (
            f"The payer sent a {line.medium} which cannot be shown here, and is asked "
            "to describe it in words."
        )
        return self.said(talk, f"{text}\n{note}")

    def not_brought(self, talk: Talk, state: Delivery) -> Outgoing:
        """Say that an answer did not reach the payer, and what becomes of it."""
        how = {
            Delivery.UNKNOWN: "may have arrived: nobody can tell.",
            Delivery.REFUSED: "was refused by the network.",
        }
        later = (
            "cannot be brought now: on WhatsApp nobody may be written to a day after "
            "they last wrote, or the payer has blocked us. It is kept, and shown when "
            "they write."
        )
        return Outgoing(f"Case {talk.number}: your answer {how.get(state, later)}")

    async def _order(self, merchant_order_no: str) -> Order | None:
        if not merchant_order_no:
            return None
        try:
            return await self._orders.get(merchant_order_no)
        except OrderNotFound:
            return None


def _standing(talk: Talk) -> str:
    waits = f", waits since {moment(talk.waits_since)}" if talk.waits_since else ""
    if talk.stage is TalkStage.TAKEN:
        return f"Taken by {clean(talk.taken_by)}{waits}"
    state = "Nobody has it" if talk.is_live else "Closed"
    return f"{state}{waits}"


def _about(order: Order) -> str:
    return f"Order {order.merchant_order_no}: {order.amount}, {order.status}"


def _last(lines: Sequence[Line]) -> Sequence[str]:
    """Write the newest lines, as many as there is room for."""
    told: list[str] = []
    for line in reversed(lines):
        one = f"{moment(line.at)[-5:]} {line.who}: {clean(line.text, _LONGEST_LINE)}"
        if told and sum(map(len, told)) + len(one) > _LONGEST_ALL:
            break
        told.append(one)
    return told[::-1]


def _how_to_answer(talk: Talk) -> Sequence[str]:
    if talk.stage is not TalkStage.TAKEN:
        return ()
    how = f"Reply to this message, or type /answer {talk.number} and your text."
    return ("", how)


def _talk_buttons(talk: Talk, order: Order | None) -> Rows:
    number = str(talk.number)
    rows: Rows = ()
    if talk.stage is TalkStage.WAITING:
        rows = ((staff_button("take", "Take", number),),)
    elif talk.stage is TalkStage.TAKEN:
        give_back = staff_button("release", "Give back", number)
        rows = ((staff_button("close", "Close", number), give_back),)
    return (*rows, (_open_button(order),)) if order else rows


def _open_button(order: Order) -> Choice:
    return staff_button("order", "Open the order", order.merchant_order_no)
