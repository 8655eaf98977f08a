"""Groups of people in which the bot may be, and what it hears there."""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sandbox.telegram.errors import ApiError, bad_request, forbidden
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.phone import Message, Phone

BotStatus: TypeAlias = Literal["member", "administrator", "left", "kicked"]

MOST_A_MINUTE = 20
"""More messages in a minute a bot may not send to a group, says Telegram's FAQ."""

MINUTE_MS = 60_000
_FIRST_SUPERGROUP = -1_000_000_000_000
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@(\w+))?(?!\S)")
_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)


@dataclass(kw_only=True)
class Group:
    """A group, and what stands in it for all of its members.

    Joining and leaving leave no messages in it here.
    """

    chat_id: int
    title: str = "The desk"
    members: dict[str, Phone] = field(default_factory=dict)
    bot: BotStatus = "left"
    upgraded_to: int | None = None
    """The supergroup that it has become; it takes nothing more itself."""

    messages: dict[int, Message] = field(default_factory=dict)
    keyboard_from: int | None = None
    """The message whose reply keyboard is shown now."""

    pinned: int | None = None
    _sent_at: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_A_MINUTE))

    @property
    def kind(self) -> str:
        """What the Bot API calls it: Telegram numbers supergroups from -100… down."""
        return "supergroup" if self.chat_id <= _FIRST_SUPERGROUP else "group"

    @property
    def has_bot(self) -> bool:
        """Whether the bot is in it."""
        return self.bot in {"member", "administrator"} and self.upgraded_to is None

    def chat(self) -> JsonObject:
        """Return the group as the Bot API's Chat."""
        return {"id": self.chat_id, "title": self.title, "type": self.kind}

    def refusal(self) -> ApiError | None:
        """Return what the bot is told when it does anything here; None: it may."""
        if self.upgraded_to is not None:
            return ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": self.upgraded_to},
            )
        if self.bot == "kicked":
            return forbidden(f"bot was kicked from the {self.kind} chat")
        if self.bot == "left":
            return forbidden(f"bot is not a member of the {self.kind} chat")
        return None

    def hears(self, message: Message, bot: JsonObject) -> bool:
        """Tell whether the bot gets what a member has written.

        An administrator gets all. Any other bot is in privacy mode: it gets commands
        that name it or no bot at all, what mentions it, and replies to itself.
        """
        if not self.has_bot:
            return False
        if self.bot == "administrator":
            return True
        content = message.content
        original = content.get("reply_to_message", {})
        if original.get("from", {}).get("is_bot"):
            return True
        text = str(content.get("text") or content.get("caption", ""))
        command = _COMMAND.match(text)
        if command:
            return command[1] in (None, bot["username"])
        return re.search(rf"@{bot['username']}\b", text) is not None

    def demand_administrator(self, reason: str) -> None:
        """Refuse with this reason what only administrators may do."""
        if self.bot != "administrator":
            raise bad_request(reason)

    def sent(self, at: int) -> None:
        """Count a message of the bot's, sent then (ms since the epoch)."""
        self._sent_at.append(at)

    def pause_ms(self, count: int, now: int, minute_ms: int) -> int:
        """How many ms until the bot may send so many messages; 0: at once."""
        recent = [at for at in self._sent_at if at > now - minute_ms]
        too_many = min(len(recent) + count - MOST_A_MINUTE, len(recent))
        return recent[too_many - 1] + minute_ms - now if too_many > 0 else 0


def membership(status: BotStatus, bot: JsonObject) -> JsonObject:
    """Return the bot's place in a group as the Bot API's ChatMember."""
    member: dict[str, Any] = {"status": status, "user": bot}
    if status == "administrator":
        member |= dict.fromkeys(_RIGHTS, False) | {"can_manage_chat": True}
    if status == "kicked":
        member["until_date"] = 0
    return member
