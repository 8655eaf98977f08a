"""What is wrong now, for staff who ask."""

from collections.abc import Sequence

from bot.alarm_words import sentence
from bot.messages import Outgoing
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import bold
from core.database.alarms import SqlAlarms
from core.domain.staff import Role

_LISTED = 20


class AlarmList:
    """Shows the alarms that were told and are not over."""

    def __init__(self, alarms: SqlAlarms) -> None:
        self._alarms = alarms

    def commands(self) -> Sequence[StaffCommand]:
        """Return the command that shows them."""
        return (
            StaffCommand(
                name="alarms",
                least=Role.VIEWER,
                usage=": what is wrong now, and since when",
                run=self._show,
            ),
        )

    async def _show(self, _asked: Asked) -> Sequence[Outgoing]:
        standing = await self._alarms.standing()
        lines = [bold("What is wrong now")]
        lines += [sentence(alarm) for alarm in standing[:_LISTED]]
        if len(standing) > _LISTED:
            lines.append(f"and {len(standing) - _LISTED} more")
        if not standing:
            lines.append("Nothing that an alarm would tell of.")
        rows = (
            (staff_button("stuck", "What is stuck"),),
            (staff_button("alarms", "Look again"),),
        )
        return (Outgoing("\n".join(lines), rows),)
