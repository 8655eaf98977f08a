"""Reads what Twilio posts when somebody writes on WhatsApp.

A form is read leniently: Twilio adds fields without notice, and nobody has seen every
form that a list's answer can come in (CHANNELS.md B1). What we cannot use is OTHER.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.messages import Incoming, Kind

Form = Mapping[str, str]

ADDRESS: Final = "whatsapp:"
"""What stands before every phone and user id at Twilio."""
_LONGEST_TEXT: Final = 4096  # as on Telegram
_MEDIUM: Final = re.compile(r"/Messages/(\w{1,64})/Media/(\w{1,60})$")
_MEDIA: Final = {
    "image": "photo",
    "application": "document",
    "video": "video",
    "audio": "voice note",
}
_NO_MEDIA: Final = {"image/webp", "text/vcard"}
_ARABIC: Final = re.compile("[\u0620-\u064a]")


def message_sid(form: Form) -> str:
    """Return Twilio's own name for the message; empty when there is none."""
    return form.get("MessageSid", "")


def sender_of(form: Form) -> tuple[str, str]:
    """Return the sender's phone and user id; one of them may be empty, or both."""
    ids = [
        form.get(name, "").removeprefix(ADDRESS) for name in ("From", "ExternalUserId")
    ]
    phone = next((each for each in ids if each.startswith("+")), "")
    user_id = next((each for each in ids if each and not each.startswith("+")), "")
    return phone, user_id


def read(form: Form, conversation_id: str, received_at: datetime) -> Incoming:
    """Read what a person said.

    WhatsApp does not tell the phone's language: Arabic letters do, also those of the
    button that was tapped.
    """
    return Incoming(
        conversation_id=conversation_id,
        received_at=received_at,
        language="ar" if _ARABIC.search(_words(form)) else "",
        replies_to=form.get("OriginalRepliedMessageSid", ""),
        **_said(form),
    )


def _said(form: Form) -> dict[str, Any]:
    if choice_id := _choice(form):
        return {"kind": Kind.CHOICE, "choice_id": choice_id}
    latitude = _degrees(form.get("Latitude", ""), 90)
    longitude = _degrees(form.get("Longitude", ""), 180)
    if latitude is not None and longitude is not None:
        return {"kind": Kind.LOCATION, "latitude": latitude, "longitude": longitude}
    text = _words(form)[:_LONGEST_TEXT]
    if form.get("NumMedia", "0") not in {"", "0"}:
        medium = {"medium": _medium(form), "medium_ref": _medium_ref(form)}
        return {"kind": Kind.OTHER, "text": text, **medium}
    return {"kind": Kind.TEXT, "text": text} if text else {"kind": Kind.OTHER}


def _medium(form: Form) -> str:
    """Say in a word what came with a message; empty for stickers and contacts."""
    content_type = form.get("MediaContentType0", "")
    if content_type in _NO_MEDIA:
        return ""
    return _MEDIA.get(content_type.partition("/")[0], "")


def _medium_ref(form: Form) -> str:
    """Return Twilio's names of message and medium: MM…/ME…; empty if not told."""
    found = _MEDIUM.search(form.get("MediaUrl0", ""))
    return "/".join(found.groups()) if found else ""


def _words(form: Form) -> str:
    """Return what was typed, or what the tapped choice said; empty for neither."""
    names = ("Body", "ButtonText", "ListTitle")
    return next((form[name] for name in names if form.get(name)), "")


def _choice(form: Form) -> str:
    """Return what the tapped button or list item brings back; empty for none."""
    return (
        form.get("ButtonPayload", "")
        or form.get("ListId", "")
        or _id_within(form.get("InteractiveData", ""))
    )


def _id_within(data: str) -> str:
    """Find the first `id` anywhere in a JSON text."""
    try:
        waiting = [json.loads(data)] if data else []
    except (ValueError, RecursionError):
        return ""
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, dict):
            if isinstance(found := part.get("id"), str) and found:
                return found
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return ""


def _degrees(text: str, most: int) -> float | None:
    try:
        angle = float(text)
    except ValueError:
        return None
    return angle if -most <= angle <= most else None
