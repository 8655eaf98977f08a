"""What a person sees: messages as the control API shows them."""

from dataclasses import asdict

from sandbox.telegram.entities import FormattedText, to_html
from sandbox.telegram.groups import Group
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.phone import Message, Phone
from sandbox.telegram.telegram_world import TelegramWorld

_KINDS = ("photo", "document", "venue", "location", "voice", "sticker", "contact")


def message_item(message: Message, files_url: str) -> JsonObject:
    """Return one message: plain `text` (a caption too), and the same as safe `html`.

    `id` never changes; `version` rises with each edit, beyond every version before it.
    `row` counts the rows of buttons from 0. `photo_url` and `document_url` are
    `files_url` and a file id.
    `entities` and `reply_keyboard` (or the order to remove one) are the Bot API's own.
    `phone` is who wrote it, null for the bot.
    """
    content: JsonObject = message.content
    kind = next((kind for kind in _KINDS if kind in content), "text")
    text: str = content.get("text") or content.get("caption", "")
    entities = content.get("entities") or content.get("caption_entities", [])
    point = content.get("location", {})
    venue = content.get("venue", {})
    photo = content.get("photo")
    document = content.get("document", {})
    return {
        "id": message.id,
        "version": message.version,
        "at": message.at,
        "from": message.sender,
        "phone": message.author.name if message.author else None,
        "kind": kind,
        "text": text,
        "html": to_html(FormattedText(text, entities)),
        "entities": entities,
        "photo_url": f"{files_url}/{photo[-1]['file_id']}" if photo else None,
        "document_url": f"{files_url}/{document['file_id']}" if document else None,
        "file_name": document.get("file_name"),
        "latitude": point.get("latitude"),
        "longitude": point.get("longitude"),
        "title": venue.get("title"),
        "address": venue.get("address"),
        "buttons": _buttons((message.markup or {}).get("inline_keyboard", [])),
        "reply_keyboard": message.keyboard,
        "edited": message.edited_at is not None,
        "edited_at": message.edited_at,
    }


def phone_state(world: TelegramWorld, phone: Phone) -> JsonObject:
    """Return what stands on a phone beside its messages."""
    answer = phone.last_answer
    return {
        "phone": phone.name,
        "chat_id": phone.chat_id,
        "first_name": phone.first_name,
        "language_code": phone.language_code,
        "blocked": phone.blocked,
        "reply_keyboard": phone.reply_keyboard(),
        "pinned_message_id": phone.pinned,
        "last_answer": asdict(answer) if answer else None,
        "commands": world.account.commands_shown(phone.language_code),
    }


def group_state(group: Group) -> JsonObject:
    """Return who is in a group, and what stands there beside its messages."""
    return {
        "group": group.chat_id,
        "kind": group.kind,
        "title": group.title,
        "members": list(group.members),
        "bot": group.bot,
        "upgraded_to": group.upgraded_to,
        "pinned_message_id": group.pinned,
    }


def _buttons(rows: list[list[JsonObject]]) -> list[JsonObject]:
    return [
        {
            "text": button["text"],
            "data": button.get("callback_data"),
            "url": button.get("url"),
            "copy_text": button.get("copy_text", {}).get("text"),
            "style": button.get("style"),
            "row": number,
        }
        for number, row in enumerate(rows)
        for button in row
    ]
