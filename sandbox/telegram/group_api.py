"""The control API of the groups: ``/sandbox/telegram/groups/…``."""

from functools import partial
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.api import Question, Refused, answer, read
from sandbox.phones import newer_messages
from sandbox.telegram.groups import BotStatus, Group
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.phone_api import FILES
from sandbox.telegram.screen import group_state, message_item
from sandbox.telegram.telegram_world import TelegramWorld

_GROUP = "/sandbox/telegram/groups/{group}"
_OWNER: JsonObject = {"id": 136_817_688, "is_bot": False, "first_name": "Owner"}


class SetGroup(Question):
    """How a group is from now on; what is left out stays as it was."""

    members: list[str] | None = None
    """The phones of all members."""

    title: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    bot: BotStatus | None = None
    """The bot is told of each change."""

    upgraded_to: Annotated[int, Field(lt=0)] | None = None
    """The number of the supergroup that it becomes."""


class GroupApi:
    """Answers the control API of the groups."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the groups."""
        return [
            Route(_GROUP, self.state),
            Route(_GROUP, self.set, methods=["POST"]),
            Route(f"{_GROUP}/messages", self.messages),
        ]

    async def set(self, request: Request) -> Response:
        """Make a group, or change one; the bot is a member of a new one."""
        number = _number(request)
        what = await read(request, SetGroup)
        is_new = self._world.chats.find_group(number) is None
        try:
            members = [self._world.chats.phone(name) for name in what.members or ()]
            group = self._world.chats.group(number)
        except ValueError as error:
            raise Refused(422, str(error)) from None
        if what.members is not None:
            group.members = {phone.name: phone for phone in members}
        group.title = what.title or group.title
        group.upgraded_to = what.upgraded_to or group.upgraded_to
        self._place_bot(group, what.bot or ("member" if is_new else group.bot))
        self._world.chats.changed(group)
        return answer(group_state(group))

    async def state(self, request: Request) -> Response:
        """Tell who is in the group, and what stands there beside its messages."""
        return answer(group_state(self._known(request)))

    async def messages(self, request: Request) -> Response:
        """List what its members see; deleted messages are gone from the list."""
        shown = self._known(request).messages.values()
        as_json = partial(message_item, files_url=FILES)
        return answer(newer_messages(request, shown, as_json))

    def _place_bot(self, group: Group, status: BotStatus) -> None:
        before, group.bot = group.bot, status
        if before != status:
            self._world.tell_membership(group, _OWNER, before, status)

    def _known(self, request: Request) -> Group:
        group = self._world.chats.find_group(_number(request))
        if group is None:
            raise Refused(404, "There is no such group.")
        return group


def _number(request: Request) -> int:
    try:
        return int(request.path_params["group"])
    except ValueError:
        raise Refused(422, "A group's number is below zero, like -100123.") from None
