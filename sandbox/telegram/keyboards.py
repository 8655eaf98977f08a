"""Keyboards under messages: what the Bot API accepts, and what it says otherwise."""

import re
from collections.abc import Callable

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.json_types import JsonObject

_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "copy_text",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "callback_game",
        "pay",
    }
)
_LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})
_STYLES = frozenset({"primary", "success", "danger"})
_REQUESTS = frozenset(
    {
        "request_location",
        "request_contact",
        "request_users",
        "request_chat",
        "request_managed_bot",
        "request_poll",
        "web_app",
    }
)
_OPTIONS = {
    "keyboard": {
        "is_persistent",
        "resize_keyboard",
        "one_time_keyboard",
        "input_field_placeholder",
        "selective",
    },
    "remove_keyboard": {"selective"},
    "force_reply": {"input_field_placeholder", "selective"},
    "inline_keyboard": set(),
}
_URL = re.compile(r"(?:https?://[^\s/?#.]+\.[^\s]+|tg://\S+)", re.IGNORECASE)
_DATA_BYTES = 64
_COPY_LENGTH = 256


def check_markup(markup: JsonObject) -> JsonObject:
    """Return a reply markup with its empty rows left out.

    A url button may lead to a loopback address by number, so that pages on this desk
    can be tried.
    """
    kinds = [kind for kind in _OPTIONS if kind in markup]
    if len(kinds) != 1:
        raise bad_request("object expected as reply markup")
    [kind] = kinds
    for name in markup.keys() - {kind} - _OPTIONS[kind]:
        raise bad_request(f'unknown field "{name}" in reply markup')
    if kind == "inline_keyboard":
        return {kind: _rows(markup[kind], _inline_button)}
    if kind == "keyboard":
        return {**markup, kind: _rows(markup[kind], _reply_button)}
    if markup[kind] is not True:
        raise bad_request(f"field {kind} of the reply markup must be True")
    return markup


def check_inline_markup(markup: JsonObject) -> JsonObject:
    """Return an inline keyboard; refuse what cannot be put under an edited message."""
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return check_markup(markup)


def _rows(
    rows: object, check: Callable[[object], JsonObject]
) -> list[list[JsonObject]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse reply markup: array of button rows expected")
    return [[check(button) for button in row] for row in rows if row]


def _inline_button(button: object) -> JsonObject:
    if not isinstance(button, dict):
        raise _wrong_button("Object expected")
    _check_looks(button, _ACTIONS)
    actions = button.keys() & _ACTIONS
    if not actions:
        raise _wrong_button("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong_button("exactly one action is allowed in a button")
    if "callback_data" in button:
        _check_data(button["callback_data"])
    if "url" in button and not _is_url(button["url"]):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )
    if "copy_text" in button:
        _check_copy_text(button["copy_text"])
    return button


def _reply_button(button: object) -> JsonObject:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: Object or String expected")
    _check_looks(button, _REQUESTS)
    return button


def _check_looks(button: JsonObject, actions: frozenset[str]) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _wrong_button('field "text" must be a non-empty String')
    for name in button.keys() - actions - _LOOKS:
        raise _wrong_button(f'unknown field "{name}"')
    if str(button.get("style", "primary")) not in _STYLES:
        raise _wrong_button("invalid button style specified")


def _check_data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= _DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_copy_text(copied: object) -> None:
    text = copied.get("text") if isinstance(copied, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= _COPY_LENGTH:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _is_url(url: object) -> bool:
    return isinstance(url, str) and _URL.fullmatch(url) is not None


def _wrong_button(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
