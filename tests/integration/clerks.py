"""People at the support desk, and what they type, tap and see there."""

from itertools import count

from bot.messages import Choice, Incoming, Kind, Outgoing, plain
from core.database.staff import SqlStaff
from core.domain.audit import AuditEntry
from core.domain.staff import Member, Role
from tests.integration.conftest import SUPPORT_CHAT, Town

_NUMBERS = count(1)


class Clerk:
    """Somebody at the desk, alone with the bot or in the desk's group."""

    def __init__(self, town: Town, role: Role | None, *, in_group: bool) -> None:
        self._town = town
        self.number = next(_NUMBERS)
        self.chat = f"tg:{900_000 + self.number}"
        self.name = f"Clerk {self.number}"
        self.role = role
        self._in_group = in_group
        self.seen: list[Outgoing] = []

    async def types(self, text: str) -> str:
        """Type something; return all that is answered, empty for nothing."""
        return await self.sends(Kind.TEXT, text=text)

    async def taps(self, title: str, *, of: "Clerk | None" = None) -> str:
        """Tap the newest button that begins so, on one's own screen or another's."""
        choice = (of or self).button(title)
        return await self.sends(Kind.CHOICE, choice_id=choice.id)

    async def sends(
        self, kind: Kind, text: str = "", choice_id: str = "", update_id: str = ""
    ) -> str:
        """Send a message, perhaps one that was sent before."""
        incoming = Incoming(
            conversation_id=SUPPORT_CHAT if self._in_group else self.chat,
            kind=kind,
            received_at=self._town.clock.now(),
            text=text,
            choice_id=choice_id,
            sender=self.chat if self._in_group else "",
        )
        update_id = update_id or f"test:{next(_NUMBERS)}"
        answer = await self._town.staff.answer(incoming, update_id) or ()
        self.seen += answer
        return "\n---\n".join(plain(message.text) for message in answer)

    def button(self, title: str) -> Choice:
        for message in reversed(self.seen):
            for row in message.choices:
                for choice in row:
                    if choice.title.startswith(title):
                        return choice
        raise AssertionError(f"no button {title!r}")

    @property
    def buttons(self) -> list[str]:
        """Titles on the newest message."""
        return [choice.title for row in self.seen[-1].choices for choice in row]


async def hired(
    town: Town, role: Role = Role.AGENT, *, in_group: bool = False
) -> Clerk:
    """Let somebody work at the desk."""
    clerk = Clerk(town, role, in_group=in_group)
    member = Member(identity=clerk.chat, name=clerk.name, role=role)
    entry = AuditEntry(act_id=f"hire:{clerk.chat}", who="test", act="support add")
    await SqlStaff(town.database, town.clock).put(member, entry)
    return clerk
