"""What a command of the desk is: typed as "/name argument", or tapped as a button."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.messages import CHOICE_ID_BYTES, Choice, Incoming, Kind, Outgoing
from bot.understanding import ascii_digits
from core.domain.staff import Member, Role

_MARK = "s1:"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a member of the desk asked for, and where."""

    member: Member
    argument: str
    update_id: str
    """The message's own name for ever: it may be taken up again after a crash."""
    conversation_id: str
    """Where it was asked, and is answered."""


Run = Callable[[Asked], Awaitable[Sequence[Outgoing]]]


@dataclass(frozen=True, kw_only=True)
class StaffCommand:
    """One command: whoever has at least that role may ask for it."""

    name: str
    least: Role
    usage: str
    """What to type behind the name, and what it does; empty for what only buttons do.

    As in "N: ask PayBy now".
    """
    run: Run


class Desk(Protocol):
    """A part of the desk, with commands of its own."""

    def commands(self) -> Sequence[StaffCommand]:
        """Return them in the order in which they are listed."""
        ...


def staff_button(name: str, title: str, argument: str = "") -> Choice:
    """Make a button that asks for a command.

    Raises ValueError when its id would be too long for a channel.
    """
    choice_id = f"{_MARK}{name}:{argument}"
    if not choice_id.isascii() or len(choice_id) > CHOICE_ID_BYTES:
        raise ValueError(f"no channel carries the button id {choice_id!r}")
    return Choice(choice_id, title)


def read_command(incoming: Incoming) -> tuple[str, str] | None:
    """Return the name and the argument of what may be a command; None when it is none.

    Digits of any script count.
    """
    if incoming.kind is Kind.CHOICE and incoming.choice_id.startswith(_MARK):
        name, _, argument = incoming.choice_id.removeprefix(_MARK).partition(":")
        return name, argument
    text = incoming.text.strip()
    if incoming.kind is not Kind.TEXT or not text.startswith("/"):
        return None
    name, *rest = text[1:].split(maxsplit=1) or [""]
    argument = rest[0] if rest else ""
    return name.partition("@")[0].casefold(), ascii_digits(argument)
