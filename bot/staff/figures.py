"""How the day goes, and what should have moved on and has not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from bot.messages import DayPicture, Outgoing, Rows
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import bold, clean, moment
from bot.staff.wishes import read_day
from core.database.day_figures import SqlDayFigures
from core.database.figures import SqlFigures
from core.database.proposals import SqlProposals
from core.database.stuck import Halt, SqlStuck, Stuck
from core.domain.gulf import GULF
from core.domain.staff import Role
from core.ports import Clock

_LISTED = 8
_BARS = "▁▂▃▄▅▆▇█"
_HALTS: dict[Halt, str] = {
    Halt.CREDITED: "paid, not credited",
    Halt.MADE: "no code yet",
    Halt.ENDED: "over, PayBy has not told how",
    Halt.CLOSED: "not closed at PayBy",
    Halt.GIVEN_BACK: "refund not done",
    Halt.TOLD: "payer not told",
}


class Figures:
    """Looks at many orders at once."""

    def __init__(
        self,
        *,
        stuck: SqlStuck,
        days: SqlDayFigures,
        figures: SqlFigures,
        proposals: SqlProposals,
        clock: Clock,
    ) -> None:
        self._stuck = stuck
        self._days = days
        self._figures = figures
        self._proposals = proposals
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that look at many orders."""
        return (
            StaffCommand(
                name="stuck",
                least=Role.VIEWER,
                usage=": what should have moved on and has not, oldest first",
                run=self._show_stuck,
            ),
            StaffCommand(
                name="stats",
                least=Role.VIEWER,
                usage=" [day]: how the day goes",
                run=self._show_day,
            ),
        )

    async def _show_stuck(self, _asked: Asked) -> Sequence[Outgoing]:
        now = self._clock.now()
        found = await self._stuck.find(now)
        waiting = await self._proposals.waiting(now)
        lines = [bold("What should have moved on")]
        lines += [
            f"{each.act.capitalize()} {each.merchant_order_no} waits for a second "
            f"person, until {moment(each.answer_until)}"
            for each in waiting
        ]
        lines += [
            f"{each.merchant_order_no}: {_HALTS[each.halt]}, since {moment(each.since)}"
            for each in found[:_LISTED]
        ]
        if len(found) > _LISTED:
            lines.append(f"and {len(found) - _LISTED} more: {_by_kind(found)}")
        if not found and not waiting:
            lines.append("Nothing.")
        numbers = dict.fromkeys(each.merchant_order_no for each in found[:_LISTED])
        rows: Rows = tuple((staff_button("order", each, each),) for each in numbers)
        return (Outgoing("\n".join(lines), rows),)

    async def _show_day(self, asked: Asked) -> Sequence[Outgoing]:
        today = self._clock.now().astimezone(GULF).date()
        day = read_day(asked.argument or "today", today)
        if day is None:
            return (Outgoing("Type a day: /stats yesterday, /stats 24.11"),)
        start = datetime.combine(day, time(), GULF)
        seen = await self._days.of(day)
        heard = await self._figures.payments(start, start + timedelta(days=1))
        standing = await self._figures.standing()
        span = _span(seen.time_to_pay) if seen.time_to_pay else "–"
        lines = (
            bold(f"{day:%-d %B %Y}"),
            f"Created: {seen.created}",
            f"Paid: {seen.paid} ({seen.sum_paid})",
            f"Expired: {seen.expired}",
            f"Median time to pay: {span}",
            f"Notices missed: {heard.unannounced} of {heard.count}",
            f"Messages held now: {_counted(standing.undelivered)}",
            f"Orders now: {_counted(standing.orders)}",
            f"Refunds: {_counted(standing.refunds)}",
            *_chart(seen.paid_by_hour),
        )
        return (Outgoing("\n".join(lines), day=DayPicture(day)),)


def _by_kind(found: Sequence[Stuck]) -> str:
    return _counted(Counter(_HALTS[each.halt] for each in found[_LISTED:]))


def _counted(counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{number} {clean(name)}" for name, number in counts.items())
    return told or "none"


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _chart(by_hour: Mapping[int, int]) -> Sequence[str]:
    """Draw the payments of each hour as a bar, in letters that every phone has."""
    most = max(by_hour.values(), default=0)
    if not most:
        return ()
    bars = "".join(
        _BARS[-(-by_hour.get(hour, 0) * (len(_BARS) - 1) // most)] for hour in range(24)
    )
    return ("", "Paid by hour, 0 to 23:", bars)
