"""Reads Telegram's updates: which chat one belongs to, and what was said in it.

An update is read leniently: what we cannot use is `None`, never an error, since an
update that is not accepted holds up its chat for a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.messages import Incoming, Kind

PREFIX: Final = "tg:"
ALLOWED_UPDATES: Final = ["message", "callback_query", "my_chat_member"]

_MEDIA: Final = {
    "photo": "photo",
    "document": "document",
    "video": "video",
    "voice": "voice note",
    "audio": "recording",
}
"""What can have a caption, and what it is called among staff."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Received:
    """What a person sent, and the tap to acknowledge, if it was one."""

    incoming: Incoming
    callback_query_id: str = ""


def update_id(update: Json) -> int | None:
    """Return Telegram's number of the update; None when there is none."""
    number = update.get("update_id")
    return number if type(number) is int else None


def conversation_of(update: Json, group: str = "") -> str | None:
    """Return the private chat that an update belongs to; None for any other.

    It may also be that the person, or the group, has let us back in; being shut out is
    not for us, since every push finds that out by itself. In the one group that is
    named, taps, commands and replies to a bot are for us.
    """
    chat = _part(_message(update) or _let_back_in(update), "chat")
    if type(chat.get("id")) is not int:
        return None
    conversation_id = f"{PREFIX}{chat['id']}"
    if chat.get("type") == "private":
        return conversation_id
    is_ours = conversation_id == group and _is_for_us(update)
    return conversation_id if is_ours else None


def group_of(update: Json) -> int | None:
    """Return the number of the group that an update is from; None for any other chat.

    Telegram shows it nowhere, and numbers groups below zero.
    """
    about = _message(update) or _part(update, "my_chat_member")
    number = _part(about, "chat").get("id")
    return number if isinstance(number, int) and number < 0 else None


def read(update: Json, received_at: datetime, group: str = "") -> Received | None:
    """Read what a person said; None when nothing was said that we answer."""
    conversation_id = conversation_of(update, group)
    if conversation_id is None:
        return None
    tap = _part(update, "callback_query")
    message = _part(update, "message")
    if not tap and not message:
        return None
    sender = _part(tap or message, "from")
    said = _tap(tap) if tap else _said(message)
    is_alone = _part(_message(update), "chat").get("type") == "private"
    incoming = Incoming(
        conversation_id=conversation_id,
        received_at=received_at,
        language=_text(sender, "language_code").partition("-")[0].lower(),
        sender="" if is_alone else f"{PREFIX}{sender.get('id')}",
        replies_to=_replies_to(message),
        **said,
    )
    return Received(incoming, _text(tap, "id"))


def _is_for_us(update: Json) -> bool:
    message = _part(update, "message")
    return bool(
        _part(update, "callback_query")
        or _text(message, "text").startswith("/")
        or _replies_to(message)
        or _let_back_in(update)
    )


def _replies_to(message: Json) -> str:
    """Return the number of the bot's message that this one replies to, if any."""
    original = _part(message, "reply_to_message")
    is_of_bot = _part(original, "from").get("is_bot") is True
    return str(original.get("message_id", "")) if is_of_bot else ""


def _tap(tap: Json) -> dict[str, Any]:
    return {"kind": Kind.CHOICE, "choice_id": _text(tap, "data")}


def _said(message: Json) -> dict[str, Any]:
    location = _part(message, "location")
    latitude = _degrees(location, "latitude", 90)
    longitude = _degrees(location, "longitude", 180)
    if latitude is not None and longitude is not None:
        return {"kind": Kind.LOCATION, "latitude": latitude, "longitude": longitude}
    if text := _text(message, "text"):
        return {"kind": Kind.TEXT, "text": text}
    medium = next((_MEDIA[name] for name in _MEDIA if message.get(name)), "")
    number = message.get("message_id")
    if not medium or type(number) is not int:
        return {"kind": Kind.OTHER}
    caption = _text(message, "caption")
    return {
        "kind": Kind.OTHER,
        "text": caption,
        "medium": medium,
        "medium_ref": str(number),
    }


def _message(update: Json) -> Json:
    return _part(update, "message") or _part(_part(update, "callback_query"), "message")


def _let_back_in(update: Json) -> Json:
    change = _part(update, "my_chat_member")
    now = _part(change, "new_chat_member")
    return change if now.get("status") in {"member", "administrator"} else {}


def _part(whole: Json, name: str) -> Json:
    part = whole.get(name)
    return part if isinstance(part, Mapping) else {}


def _degrees(whole: Json, name: str, most: int) -> float | None:
    angle = whole.get(name)
    if isinstance(angle, int | float) and -most <= angle <= most:
        return float(angle)
    return None


def _text(whole: Json, name: str) -> str:
    text = whole.get(name)
    return text if isinstance(text, str) else ""
