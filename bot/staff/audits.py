"""Shows what staff did."""

from collections.abc import Mapping, Sequence

from bot.messages import Outgoing
from bot.staff.freeze_words import name_of
from bot.staff.standings import Standings
from bot.staff.table import Asked, StaffCommand
from bot.staff.texts import bold, clean, exactly
from core.database.audit import SqlAudit
from core.domain.audit import AuditLine
from core.domain.freezing import payer_of
from core.domain.staff import Role

_SHOWN = 8


class Audits:
    """The newest lines of the audit."""

    def __init__(self, standings: Standings, audit: SqlAudit) -> None:
        self._standings = standings
        self._audit = audit

    def commands(self) -> Sequence[StaffCommand]:
        """Return the command that shows the audit."""
        usage = " [N]: what staff did lately, or to one order"
        audit = StaffCommand(
            name="audit", least=Role.VIEWER, usage=usage, run=self._show
        )
        return (audit,)

    async def _show(self, asked: Asked) -> Sequence[Outgoing]:
        number = ""
        if asked.argument:
            seen = await self._standings.named(asked.argument)
            if isinstance(seen, Outgoing):
                return (seen,)
            number = seen.order.merchant_order_no
        lines = await self._audit.newest(_SHOWN, number)
        title = f"What staff did{f' to {number}' if number else ''}"
        told = [bold(title), *(_told(line) for line in lines)]
        if not lines:
            told.append("Nothing.")
        return (Outgoing("\n".join(told)),)


def _told(line: AuditLine) -> str:
    entry = line.entry
    about = entry.merchant_order_no or _subject(entry.subject)
    why = f" ({entry.reason})" if entry.reason else ""
    change = f"{_facts(entry.before)} → {_facts(entry.after)}".strip(" →")
    return clean(f"{exactly(line.at)} {entry.who}: {entry.act} {about}{why}: {change}")


def _subject(subject: str) -> str:
    """Name what it was done to; a payer only as far as staff need to know."""
    return name_of(subject) if payer_of(subject) else subject


def _facts(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
