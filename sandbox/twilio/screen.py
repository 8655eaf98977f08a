"""What a person sees: messages as the control API shows them, shaped as Telegram's."""

from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.phones import Button, Phone, Shown, Sight
from sandbox.twilio.whatsapp_text import plain, to_html


def message_item(shown: Shown, files_url: str) -> JsonObject:
    """Return one message: plain `text` without marks, and the same as safe `html`.

    `version` rises with each change of `status`. `row` counts buttons from 0.
    """
    sight, message = shown.sight, shown.message
    place, medium = sight.place, sight.medium
    url = f"{files_url}/{medium.id}" if medium else None
    seen = bool(medium and medium.is_picture)
    text = "" if place else sight.text
    return {
        "id": shown.id,
        "version": shown.version,
        "at": shown.at,
        "from": shown.sender,
        "kind": _kind(sight),
        "text": plain(text),
        "html": to_html(text),
        "photo_url": url if seen else None,
        "document_url": None if seen else url,
        "file_name": medium.name if medium and not seen else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "title": place.title or None if place else None,
        "address": place.address or None if place else None,
        "buttons": [_button(each, row) for row, each in enumerate(sight.buttons)],
        "list_title": sight.opens or None,
        "reply_keyboard": None,
        "edited": False,
        "edited_at": None,
        "sid": message.sid,
        "status": message.status,
        "template": sight.template,
        "content_sid": sight.content_sid,
    }


def phone_state(phone: Phone, now: int) -> JsonObject:
    """Return what stands on a phone beside its messages."""
    return {
        "phone": phone.number,
        "profile_name": phone.profile_name,
        "bsuid": phone.bsuid or None,
        "number_hidden": phone.number_hidden,
        "on_whatsapp": phone.on_whatsapp,
        "blocked": phone.blocked,
        "last_inbound_at": phone.last_inbound_at,
        "window_open": phone.window_is_open(now),
    }


def _kind(sight: Sight) -> str:
    if sight.place:
        return "venue" if sight.place.title else "location"
    if sight.medium is None:
        return "text"
    if sight.medium.content_type.startswith("audio/"):
        return "voice"
    return "photo" if sight.medium.is_picture else "document"


def _button(button: Button, row: int) -> JsonObject:
    return {
        "text": button.text,
        "data": button.data,
        "url": button.url,
        "copy_text": None,
        "style": None,
        "row": row,
        "description": button.description or None,
        "list": button.in_list,
    }
