"""People in a group on Telegram, and what they do and see there."""

from tests.phones import Message, Phone, read_message
from tests.sandbox_client import Json
from tests.world import World


class Member(Phone):
    """A phone in a group: what it does is done there, and all members see the same."""

    def __init__(self, world: World, phone: Phone, group: int) -> None:
        super().__init__(world, phone.name, int(phone.name), "en")
        self._group = group

    def messages(self) -> list[Message]:
        """Everything in the group, oldest first."""
        path = f"{self.network}/groups/{self._group}/messages"
        return [read_message(each) for each in self._world.get(path)["messages"]]

    def reply(self, text: str, to: Message) -> None:
        """Write in reply to a message."""
        self._act({"text": text, "reply_to": to.id})

    def told(self) -> str:
        """What the bot answered to this member's last tap, for nobody else to see."""
        state = self._world.get(f"{self.network}/{self.name}/state")
        return str((state["last_answer"] or {}).get("text", ""))

    def _act(self, what: Json) -> Json:
        return super()._act({**what, "group": self._group})


def gathered(world: World, group: int, phones: list[Phone]) -> list[Member]:
    """Let people and the bot be in a group; their phones in it."""
    names = [phone.name for phone in phones]
    world.post(f"telegram/groups/{group}", {"members": names})
    return [Member(world, phone, group) for phone in phones]
