"""What everything done to a case has in common: which, whose, and the audit."""

from collections.abc import Mapping

from bot.messages import Outgoing
from bot.staff.table import Asked
from bot.staff.texts import clean
from core.database.audit import SqlAudit
from core.database.cases import SqlCases
from core.database.staff import SqlStaff
from core.database.talks import SqlTalks
from core.domain.audit import AuditEntry
from core.domain.cases import Case


class CaseBook:
    """Finds cases, and writes down what was done to them."""

    def __init__(
        self, *, cases: SqlCases, talks: SqlTalks, staff: SqlStaff, audit: SqlAudit
    ) -> None:
        self._cases = cases
        self._talks = talks
        self._staff = staff
        self._audit = audit

    async def named(self, asked: Asked) -> Case | Outgoing:
        """Return the case whose number was typed, or the message of none."""
        number = asked.argument.partition(" ")[0]
        if not number.isdecimal() or len(number) > len(str(2**31)) - 1:
            return Outgoing("Which case? Type its number behind the command: /cases")
        found = await self._cases.find(int(number))
        return found or Outgoing(f"There is no case {number}.")

    async def others(self, asked: Asked) -> Case | Outgoing:
        """Return the case, unless its payer is the one who asks."""
        case = await self.named(asked)
        if isinstance(case, Outgoing):
            return case
        talk = await self._talks.get(case.number)
        chats = {case.conversation_id, talk.conversation_id if talk else ""}
        if chats & await self._staff.chats_of(asked.member.name):
            return Outgoing(
                "That is your own case, so somebody else at the desk has to see to it. "
                "Nothing was done."
            )
        return case

    async def write_down(
        self,
        asked: Asked,
        case: Case,
        act: str,
        after: Mapping[str, str],
        reason: str = "",
    ) -> None:
        """Keep what was done, once for the message that asked for it."""
        talk = await self._talks.get(case.number)
        number = talk.merchant_order_no if talk else case.merchant_order_no
        await self._audit.add(
            AuditEntry(
                act_id=asked.update_id,
                who=asked.member.name,
                act=act,
                merchant_order_no=number,
                subject=f"case {case.number}",
                reason=clean(reason),
                after=after,
            )
        )


def behind_number(asked: Asked) -> str:
    """Return what was typed behind the case's number."""
    return asked.argument.partition(" ")[2].strip()
