"""Tells support, once a day at most, where PayBy's statement and our books differ."""

from collections.abc import Iterator

from dbos import DBOS, DBOSConfiguredInstance

from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Outgoing
from bot.support_desk import what_to_do
from core import engine
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known
from core.domain.reports import Report
from core.engine import Queue, Urgency

_MOST_NAMED = 10
_PAYBY_IS_ASKED = {CaseKind.PAID_THERE_ONLY, CaseKind.REFUND_MISSING_HERE}
_ASKED = "PayBy is asked as soon as it answers, and then it is booked as usual."
_BOOKED = "PayBy knows of it, and it is booked now."
_AGREED = "The books agree about it now."
_CLOSED = "The case is closed."
_WAITS = "Waits for the next statement, since it may be only late."


@DBOS.dbos_class("BooksDesk")
class BooksDesk(DBOSConfiguredInstance):
    """Brings a day's report to the chat of support, if there is one."""

    def __init__(self, courier: Courier, chat: str) -> None:
        """`chat` is a conversation like "tg:-100123", or empty for none."""
        super().__init__("books_desk")
        self._courier = courier
        self._chat = chat

    async def tell(self, report: Report) -> None:
        """See to it that support hears of the day, once."""
        if self._chat:
            day = f"{report.day}"
            await engine.enqueue(
                Queue.OUTBOX,
                f"books:{day}",
                self.bring,
                day,
                report_text(report),
                urgency=Urgency.NEWS,
            )

    @engine.job("bring_books")
    async def bring(self, day: str, text: str) -> None:
        """Bring the report; about this message nobody is told in turn."""
        await self._courier.deliver(
            Parcel(
                id=f"books:{day}:0",
                conversation_id=self._chat,
                message=Outgoing(text),
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )


def report_text(report: Report) -> str:
    """Say what was on both sides, what differs, and what to do about each."""
    return "\n".join(
        [
            f"The books of {report.day}",
            *_sums(report),
            *_part("Cases", report.of_fate(Fate.CASE)),
            *_part("May be only late", report.of_fate(Fate.WAITING)),
            *_part("Settled", report.of_fate(Fate.SETTLED)),
        ]
    )


def _sums(report: Report) -> Iterator[str]:
    totals = report.totals
    yield f"paid: {totals.paid_there} at PayBy; {totals.paid_here} here"
    yield f"credited: {totals.credited}"
    if totals.given_back_there.count or totals.given_back_here.count:
        there, here = totals.given_back_there, totals.given_back_here
        yield f"given back: {there} at PayBy; {here} here"


def _part(title: str, differences: list[Known]) -> Iterator[str]:
    if not differences:
        return
    yield ""
    yield f"{title}: {len(differences)}"
    for known in differences[:_MOST_NAMED]:
        yield from difference_lines(known)
    if len(differences) > _MOST_NAMED:
        yield f"… and {len(differences) - _MOST_NAMED} more: `topup reconcile`"


def difference_lines(known: Known) -> Iterator[str]:
    """Say in three lines what differs, and what to do or what came of it."""
    difference = known.difference
    what, _ = what_to_do(difference.kind)
    case = f"Case {known.case_number}: " if known.case_number else ""
    yield f"• {case}{what}"
    number, order = difference.number, difference.merchant_order_no
    about = order if number == order else f"{order}, {number}"
    there, here = difference.there or "nothing", difference.here or "nothing"
    yield f"  {about}. At PayBy: {there}. Here: {here}."
    yield f"  {advice_on(known)}"


def advice_on(known: Known) -> str:
    """Say what to do about a difference, or what came of it."""
    is_asked = known.difference.kind in _PAYBY_IS_ASKED
    if known.fate is Fate.SETTLED:
        settled = _BOOKED if is_asked else _AGREED
        return f"{settled} {_CLOSED}" if known.case_number else settled
    if known.fate is Fate.WAITING:
        return _ASKED if is_asked else _WAITS
    _, advice = what_to_do(known.difference.kind)
    return advice
