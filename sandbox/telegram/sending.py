"""Methods that put new messages into a chat."""

import secrets

from sandbox.telegram.chats import Chat
from sandbox.telegram.entities import FormattedText, given_entities, utf16_length
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import StoredFile
from sandbox.telegram.groups import Group
from sandbox.telegram.html_text import parse_html
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.markdown_text import parse_markdown
from sandbox.telegram.parameters import flag, integer, json_list, read_parameters, words
from sandbox.telegram.phone import Message
from sandbox.telegram.telegram_world import TelegramWorld

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
_LONGEST_TITLE = 256
_MEDIA_IN_GROUP = range(2, 11)
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


async def send_message(world: TelegramWorld, params: Params) -> JsonObject:
    """Send text."""
    chat = world.chats.writable(params["chat_id"])
    return put(world, chat, params, text_content(params))


async def send_photo(world: TelegramWorld, params: Params) -> JsonObject:
    """Send a photo with a caption."""
    chat = world.chats.writable(params["chat_id"])
    caption = caption_content(params)
    photo = await world.files.photo(params["photo"], params["uploads"])
    return put(world, chat, params, {**photo_content(photo), **caption})


async def send_document(world: TelegramWorld, params: Params) -> JsonObject:
    """Send a file with a caption."""
    chat = world.chats.writable(params["chat_id"])
    caption = caption_content(params)
    document = await world.files.document(params["document"], params["uploads"])
    return put(world, chat, params, {**document_content(document), **caption})


async def send_media_group(world: TelegramWorld, params: Params) -> list[JsonObject]:
    """Send 2 to 10 photos or documents as one album."""
    chat = world.chats.writable(params["chat_id"], len(params["media"]))
    if len(params["media"]) not in _MEDIA_IN_GROUP:
        raise bad_request("wrong number of media in the album: 2 to 10 expected")
    group = {"media_group_id": str(secrets.randbits(53))}
    contents = [await media_content(world, params, item) for item in params["media"]]
    return [put(world, chat, params, {**group, **content}) for content in contents]


async def send_location(world: TelegramWorld, params: Params) -> JsonObject:
    """Send a point on the map."""
    chat = world.chats.writable(params["chat_id"])
    optional = ("horizontal_accuracy", "live_period", "heading")
    more = {name: params[name] for name in optional if name in params}
    return put(world, chat, params, {"location": {**_point(params), **more}})


async def send_venue(world: TelegramWorld, params: Params) -> JsonObject:
    """Send a place with its name and address."""
    chat = world.chats.writable(params["chat_id"])
    title, address = params["title"].strip(), params["address"].strip()
    if not title or len(title) > _LONGEST_TITLE:
        raise bad_request("venue title must be non-empty and not too long")
    if not address:
        raise bad_request("venue address must be non-empty")
    point = _point(params)
    venue = {"location": point, "title": title, "address": address}
    return put(world, chat, params, {"location": point, "venue": venue})


async def send_chat_action(world: TelegramWorld, params: Params) -> bool:
    """Show that the bot is typing, or busy with something else."""
    world.chats.reachable(params["chat_id"])
    if params["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def put(
    world: TelegramWorld, chat: Chat, params: Params, content: JsonObject
) -> JsonObject:
    """Put a message into the chat, as the parameters of every such method say."""
    answered = _answered(chat, params.get("reply_parameters", {}))
    if answered:
        original = world.chats.quoted(chat, answered)
        content = {**content, "reply_to_message": original}
    if params.get("protect_content"):
        content = {**content, "has_protected_content": True}
    markup = params.get("reply_markup", {})
    if isinstance(chat, Group) and _asks_for_location(markup):
        raise bad_request("location can be requested in private chats only")
    message = world.chats.add(chat, None, content, markup)
    return world.chats.as_json(chat, message)


def text_content(params: Params) -> JsonObject:
    """Return the content of a text message; 1 to 4096 characters once parsed."""
    formatted = _formatted(params, "text", "entities")
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > _LONGEST_TEXT:
        raise bad_request("message is too long")
    content: JsonObject = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    return content


def caption_content(params: Params) -> JsonObject:
    """Return the caption's part of a content; up to 1024 characters once parsed."""
    formatted = _formatted(params, "caption", "caption_entities")
    if utf16_length(formatted.text) > _LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    content: JsonObject = {}
    if formatted.text:
        content["caption"] = formatted.text
    if formatted.entities:
        content["caption_entities"] = formatted.entities
    for name in ("show_caption_above_media", "has_spoiler"):
        if params.get(name):
            content[name.replace("has_spoiler", "has_media_spoiler")] = True
    return content


def photo_content(photo: StoredFile) -> JsonObject:
    """Return the content of a photo message, without its caption."""
    return {"photo": [photo.described("width", "height")]}


def document_content(document: StoredFile) -> JsonObject:
    """Return the content of a document message, without its caption."""
    return {"document": document.described("file_name", "mime_type")}


async def media_content(
    world: TelegramWorld, params: Params, media: object
) -> JsonObject:
    """Return the content of an InputMedia; photos and documents are played here."""
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: Object expected")
    read = read_parameters(
        "InputMedia",
        media,
        required={"type": words, "media": words},
        optional={
            "caption": words,
            "parse_mode": words,
            "caption_entities": json_list,
            "show_caption_above_media": flag,
            "has_spoiler": flag,
            "disable_content_type_detection": flag,
        },
    )
    caption = caption_content(read)
    if read["type"] == "photo":
        photo = await world.files.photo(read["media"], params["uploads"])
        return {**photo_content(photo), **caption}
    if read["type"] == "document":
        document = await world.files.document(read["media"], params["uploads"])
        return {**document_content(document), **caption}
    raise bad_request("can't parse InputMedia: the sandbox knows photo and document")


def _formatted(params: Params, text_name: str, entities_name: str) -> FormattedText:
    text = params.get(text_name, "")
    match params.get("parse_mode", "").lower():
        case "html":
            found = parse_html(text)
        case "markdownv2":
            found = parse_markdown(text)
        case "":
            found = given_entities(text, params.get(entities_name, []))
        case _:
            raise bad_request("unsupported parse_mode")
    return found.trimmed()


def _point(params: Params) -> JsonObject:
    return {"latitude": params["latitude"], "longitude": params["longitude"]}


def _asks_for_location(markup: JsonObject) -> bool:
    rows: list[list[JsonObject]] = markup.get("keyboard", [])
    return any(
        isinstance(button, dict) and button.get("request_location")
        for row in rows
        for button in row
    )


def _answered(chat: Chat, reply: JsonObject) -> Message | None:
    if not reply:
        return None
    message_id = integer("message_id", reply.get("message_id"))
    message = chat.messages.get(message_id)
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message
