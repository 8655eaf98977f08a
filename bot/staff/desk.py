"""Answers staff, and nobody else: to others there is no sign that a desk exists."""

from collections.abc import Sequence

import structlog

from bot.hand_over import case_replied_to
from bot.messages import Incoming, Kind, Outgoing
from bot.staff.table import Asked, Desk, StaffCommand, read_command
from bot.staff.texts import bold
from bot.understanding import Command
from core.database.messages import SqlMessages
from core.database.staff import SqlStaff
from core.domain.staff import Member, Role

log = structlog.get_logger()

_PAYERS = frozenset(Command)


class StaffDesk:
    """Finds the command that was asked for, and who asks; the rest is its affair.

    The role is looked up whenever something is asked, never when a button is shown.
    """

    def __init__(
        self, staff: SqlStaff, messages: SqlMessages, parts: Sequence[Desk]
    ) -> None:
        self._staff = staff
        self._messages = messages
        whoami = StaffCommand(
            name="whoami",
            least=Role.VIEWER,
            usage=": your role, and what you can ask for",
            run=self._who_am_i,
        )
        commands = [whoami, *(each for part in parts for each in part.commands())]
        self._commands = {command.name: command for command in commands}

    async def answer(
        self, incoming: Incoming, update_id: str
    ) -> tuple[Outgoing, ...] | None:
        """Return the answer; None when it is not for the desk, or not from staff."""
        read = read_command(incoming) or await self._read_reply(incoming)
        if read is None or read[0] not in self._commands:
            return None
        name, argument = read
        if not argument and name in _PAYERS and not incoming.sender:
            return None  # "/order" alone asks for one's own, as any payer may
        who = incoming.sender or incoming.conversation_id
        member = await self._staff.who_is(who)
        if member is None:
            return None
        command = self._commands[name]
        if not member.role.includes(command.least):
            log.warning("staff_refused", command=name, role=str(member.role))
            is_told_alone = _is_tap_in_group(incoming)
            return () if is_told_alone else (Outgoing(_not_for(member, command)),)
        log.info("staff_asks", command=name, update=update_id)
        asked = Asked(
            member=member,
            argument=argument.strip(),
            update_id=update_id,
            conversation_id=incoming.conversation_id,
        )
        return tuple(await command.run(asked))

    async def refusal(self, incoming: Incoming) -> str:
        """Say why nothing comes of a tap in the group; empty where something may.

        It is for who tapped alone; at most 200 letters long.
        """
        read = read_command(incoming)
        command = self._commands.get(read[0]) if read else None
        if not command or not _is_tap_in_group(incoming):
            return ""
        member = await self._staff.who_is(incoming.sender)
        if member is None:
            return "This button is for the people of the desk."
        if not member.role.includes(command.least):
            return _not_for(member, command)
        return ""

    async def _read_reply(self, incoming: Incoming) -> tuple[str, str] | None:
        """Read a reply to a message of a case as an answer to its payer."""
        if incoming.kind is not Kind.TEXT or not incoming.replies_to:
            return None
        replied = await self._messages.sent_as(
            incoming.conversation_id, incoming.replies_to
        )
        number = case_replied_to(replied.id) if replied else None
        return ("answer", f"{number} {incoming.text}") if number else None

    async def _who_am_i(self, asked: Asked) -> Sequence[Outgoing]:
        """Say who asks, and list what that role may do."""
        role = asked.member.role
        lines = [f"You are {bold(asked.member.name)}, {role} at the desk.", ""]
        lines += [
            f"/{each.name}{each.usage}"
            for each in self._commands.values()
            if each.usage and role.includes(each.least)
        ]
        return (Outgoing("\n".join(lines)),)


def _is_tap_in_group(incoming: Incoming) -> bool:
    return bool(incoming.sender) and incoming.kind is Kind.CHOICE


def _not_for(member: Member, command: StaffCommand) -> str:
    least = "an agent" if command.least is Role.AGENT else "a supervisor"
    return f"/{command.name} takes {least}; you are {member.role}."
