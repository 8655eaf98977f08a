"""The bot's own account: its name, descriptions, commands and menu button."""

import json
import re
from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.parameters import Reader, json_list, json_object, words

_LANGUAGE = re.compile(r"[a-z]{2}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_LONGEST_COMMAND_DESCRIPTION = 256
_SCOPES = {
    "default": set[str](),
    "all_private_chats": set[str](),
    "all_group_chats": set[str](),
    "all_chat_administrators": set[str](),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
_MENU_BUTTONS = frozenset({"commands", "default", "web_app"})


class Account:
    """What the bot tells of itself, per language where Telegram keeps it so."""

    def __init__(self, token: str) -> None:
        self.user: JsonObject = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Cash Top Up",
            "username": "sandbox_top_up_bot",
        }
        self._texts: dict[tuple[str, str], str] = {}
        self._commands: dict[tuple[str, str], list[JsonObject]] = {}
        self._menu_buttons: dict[int | None, JsonObject] = {}

    def me(self) -> JsonObject:
        """Return the bot as getMe does."""
        return {
            **self.user,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_text(self, kind: str, params: Params) -> bool:
        """Keep name, description or short description for one language."""
        self._texts[kind, params.get("language_code", "")] = params.get(kind, "")
        return True

    def text(self, kind: str, params: Params) -> JsonObject:
        """Return name, description or short description in the language, or default."""
        default = self.user["first_name"] if kind == "name" else ""
        text = self._texts.get((kind, params.get("language_code", "")))
        return {kind: text or self._texts.get((kind, "")) or default}

    def set_commands(self, params: Params) -> bool:
        """Keep the list of commands of one scope and language."""
        self._commands[_place(params)] = params["commands"]
        return True

    def commands(self, params: Params) -> list[JsonObject]:
        """Return the list kept for exactly this scope and language."""
        return self._commands.get(_place(params), [])

    def delete_commands(self, params: Params) -> bool:
        """Forget the list of one scope and language."""
        self._commands.pop(_place(params), None)
        return True

    def commands_shown(self, language: str) -> list[JsonObject]:
        """Return the commands a person of this language sees in a private chat."""
        scopes = [
            json.dumps({"type": kind}) for kind in ("all_private_chats", "default")
        ]
        places = [(scope, code) for scope in scopes for code in (language[:2], "")]
        found = (self._commands.get(place) for place in places)
        return next((commands for commands in found if commands), [])

    def set_menu_button(self, params: Params) -> bool:
        """Keep the menu button of one chat, or of all chats without their own."""
        button = params.get("menu_button", {"type": "default"})
        self._menu_buttons[params.get("chat_id")] = button
        return True

    def menu_button(self, params: Params) -> JsonObject:
        """Return the menu button of a chat."""
        default = self._menu_buttons.get(None, {"type": "commands"})
        return self._menu_buttons.get(params.get("chat_id"), default)


def _place(params: Params) -> tuple[str, str]:
    scope = json.dumps(params.get("scope", {"type": "default"}), sort_keys=True)
    return scope, params.get("language_code", "")


def language_code(name: str, raw: object) -> str:
    """Read a two-letter language code."""
    code = words(name, raw)
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def bot_commands(name: str, raw: object) -> list[Any]:
    """Read the list of commands."""
    commands = json_list(name, raw)
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    return commands


def _check_command(command: Any) -> None:  # noqa: ANN401 JSON not yet looked at
    if not isinstance(command, dict) or command.keys() != {"command", "description"}:
        raise bad_request("can't parse BotCommand: command and description expected")
    name, description = command["command"], command["description"]
    if not isinstance(name, str) or not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str):
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if not 1 <= len(description) <= _LONGEST_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def command_scope(name: str, raw: object) -> JsonObject:
    """Read the scope of a list of commands."""
    scope = json_object(name, raw)
    fields = _SCOPES.get(str(scope.get("type")))
    if fields is None or scope.keys() != fields | {"type"}:
        raise bad_request("can't parse BotCommandScope")
    return scope


def menu_button(name: str, raw: object) -> JsonObject:
    """Read a menu button."""
    button = json_object(name, raw)
    if str(button.get("type")) not in _MENU_BUTTONS:
        raise bad_request("can't parse menu button: unsupported type")
    return button


SCOPED: dict[str, Reader] = {"scope": command_scope, "language_code": language_code}
"""The parameters that choose one list of commands."""
