"""What the `topup` commands about the support desk do."""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TextIO
from uuid import uuid4

import typer

from core.database.audit import SqlAudit
from core.database.engine import Database
from core.database.staff import SqlStaff
from core.domain.audit import AuditEntry, AuditLine
from core.domain.gulf import GULF
from core.domain.staff import Member, Role, is_identity
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed
from webhooks.commands.database import in_database
from webhooks.settings import Settings

_LONGEST_NAME = 64
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("at", "who", "act", "order", "subject", "reason", "before", "after", "id")


def add_support(settings: Settings, identity: str, name: str, role: Role) -> None:
    """Let somebody work at the desk, or give them another name or role."""
    name = " ".join(name.split())
    if not is_identity(identity):
        raise CommandFailed(
            f"{identity} is nobody. Give a Telegram user like tg:123456789, a WhatsApp "
            "phone like +971500000001, or a conversation like wa:0123456789abcdef."
        )
    if not name or len(name) > _LONGEST_NAME:
        raise CommandFailed(f"A name has 1 to {_LONGEST_NAME} letters.")
    member = Member(identity=identity, name=name, role=role)
    entry = _at_the_server("support add", identity, {"name": name, "role": role})

    async def put(database: Database) -> None:
        await SqlStaff(database, SystemClock()).put(member, entry)

    in_database(settings, put)
    typer.echo(f"{name} ({identity}) is {role} at the desk.")


def remove_support(settings: Settings, identity: str) -> None:
    """Let somebody not work at the desk any more, from this moment on."""
    entry = _at_the_server("support remove", identity, {})

    async def remove(database: Database) -> bool:
        return await SqlStaff(database, SystemClock()).remove(identity, entry)

    if not in_database(settings, remove):
        raise CommandFailed(f"Nobody at the desk is {identity}: `topup support list`.")
    typer.echo(f"{identity} is not at the desk any more.")


def list_support(settings: Settings) -> None:
    """Show who works at the desk, by name."""

    async def look(database: Database) -> Sequence[Member]:
        return await SqlStaff(database, SystemClock()).all()

    members = in_database(settings, look)
    for each in members:
        typer.echo(f"{each.name}  {each.role}  {each.identity}")
    if not members:
        typer.echo("Nobody is at the desk: `topup support add`.")


def export_audit(settings: Settings, since: date) -> None:
    """Write what staff did from that day on (Gulf time) as CSV, oldest first."""
    begin = datetime.combine(since, time(), GULF).astimezone(UTC)
    writer = _Csv(sys.stdout)

    async def write(database: Database) -> None:
        await SqlAudit(database, SystemClock()).each(begin, writer.add)

    in_database(settings, write)


class _Csv:
    """Rows that a spreadsheet shows and does not run."""

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file)
        self._rows.writerow(_COLUMNS)

    def add(self, lines: Sequence[AuditLine]) -> None:
        self._rows.writerows([safe(cell) for cell in _cells(line)] for line in lines)


def safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _cells(line: AuditLine) -> tuple[str, ...]:
    entry = line.entry
    return (
        line.at.astimezone(GULF).isoformat(" ", "seconds"),
        entry.who,
        entry.act,
        entry.merchant_order_no,
        entry.subject,
        entry.reason,
        *(
            "; ".join(f"{name}={value}" for name, value in facts.items())
            for facts in (entry.before, entry.after)
        ),
        entry.act_id,
    )


def _at_the_server(act: str, identity: str, after: dict[str, str]) -> AuditEntry:
    return AuditEntry(
        act_id=f"server:{uuid4()}",
        who="the server",
        act=act,
        subject=identity,
        after=after,
    )
