"""Tells others at the desk what they should know."""

from collections.abc import Iterable, Sequence

from bot.courier import Courier, Parcel
from bot.messages import Outgoing
from core.database.staff import SqlStaff
from core.domain.staff import Member, Role

_TRIES = 3


class Colleagues:
    """The ways to the desk's group, or to single members where there is none."""

    def __init__(self, *, staff: SqlStaff, courier: Courier, group: str) -> None:
        """`group` is a conversation like "tg:-100123", or empty for none."""
        self._staff = staff
        self._courier = courier
        self._group = group

    async def ask_supervisors(
        self, asked_in: str, by: str, message: Outgoing, name: str
    ) -> bool:
        """Ask for a second person, in the group or else each supervisor alone.

        Return whether there is anybody who could be it.
        """
        members = await self._staff.all()
        alone = await self._chats(each for each in members if _is_second(each, by))
        chats = [self._group] if self._group else alone
        await self._send(chats, asked_in, message, name)
        return any(_is_second(each, by) for each in members)

    async def tell(self, who: str, told_in: str, message: Outgoing, name: str) -> None:
        """Tell one person, who may have heard it in that chat already."""
        if told_in == self._group:
            return
        members = await self._staff.all()
        chats = await self._chats(each for each in members if each.name == who)
        await self._send(chats, told_in, message, name)

    async def _chats(self, members: Iterable[Member]) -> Sequence[str]:
        chats = [await self._staff.chat_of(each) for each in members]
        return [chat for chat in chats if chat]

    async def _send(
        self, chats: Sequence[str], but: str, message: Outgoing, name: str
    ) -> None:
        for chat in chats:
            if chat == but:
                continue
            parcel = Parcel(
                id=f"{name}:{chat}",
                conversation_id=chat,
                message=message,
                tries=_TRIES,
            )
            await self._courier.deliver(parcel)


def _is_second(member: Member, by: str) -> bool:
    return member.name != by and member.role.includes(Role.SUPERVISOR)
