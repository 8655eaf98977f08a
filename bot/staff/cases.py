"""Open cases at the desk: listed, looked at and closed."""

from collections.abc import Sequence

from bot.messages import Outgoing, Rows
from bot.staff.case_book import CaseBook, behind_number
from bot.staff.case_screens import CaseScreens
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.talking import Talking
from core.database.cases import SqlCases
from core.database.talks import SqlTalks
from core.domain.staff import Role

_LISTED = 8


class CaseDesk:
    """What staff do with cases of any kind."""

    def __init__(
        self,
        *,
        book: CaseBook,
        cases: SqlCases,
        talks: SqlTalks,
        talking: Talking,
        screens: CaseScreens,
    ) -> None:
        self._book = book
        self._cases = cases
        self._talks = talks
        self._talking = talking
        self._screens = screens

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands about cases."""
        return (
            StaffCommand(
                name="cases",
                least=Role.VIEWER,
                usage=": open cases, the oldest first",
                run=self._list,
            ),
            StaffCommand(
                name="case",
                least=Role.VIEWER,
                usage=" C: one case by its number, and what was said",
                run=self._look,
            ),
            *self._talking.commands(),
            StaffCommand(
                name="close",
                least=Role.AGENT,
                usage=" C [reason]: nothing is left to do about a case",
                run=self._close,
            ),
        )

    async def _list(self, _asked: Asked) -> Sequence[Outgoing]:
        found = await self._cases.all_open()
        if not found:
            return (Outgoing("No case is open."),)
        talks = {talk.number: talk for talk in await self._talks.all_live()}
        shown = found[:_LISTED]
        lines = [self._screens.listed(each, talks.get(each.number)) for each in shown]
        if len(found) > len(shown):
            lines.append(f"And {len(found) - len(shown)} more, opened after these.")
        rows: Rows = tuple(
            (staff_button("case", f"Case {each.number}", str(each.number)),)
            for each in shown
        )
        return (Outgoing("\n".join(lines), rows),)

    async def _look(self, asked: Asked) -> Sequence[Outgoing]:
        case = await self._book.named(asked)
        if isinstance(case, Outgoing):
            return (case,)
        if talk := await self._talks.get(case.number):
            return (await self._screens.talk(talk),)
        return (await self._screens.case(case),)

    async def _close(self, asked: Asked) -> Sequence[Outgoing]:
        case = await self._book.others(asked)
        if isinstance(case, Outgoing):
            return (case,)
        if await self._talks.get(case.number):
            return await self._talking.close(asked, case)
        await self._cases.close(case.number)
        reason = behind_number(asked)
        await self._book.write_down(asked, case, "close", {"case": "closed"}, reason)
        return (Outgoing(f"Case {case.number} is closed."),)
