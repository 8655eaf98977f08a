"""Methods that change or remove messages already in a chat, and answer taps."""

from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.groups import Group
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.phone import Answer, Message
from sandbox.telegram.sending import caption_content, media_content, text_content
from sandbox.telegram.telegram_world import TelegramWorld

_DELETABLE_MS = 48 * 3600 * 1000
_LONGEST_ANSWER = 200
_WITH_CAPTION = ("photo", "document")
_BESIDE_CAPTION = (
    *_WITH_CAPTION,
    "media_group_id",
    "has_media_spoiler",
    "reply_to_message",
    "has_protected_content",
)
_AROUND_MEDIA = ("reply_to_message", "has_protected_content")


async def edit_message_text(world: TelegramWorld, params: Params) -> JsonObject:
    """Change the text of a text message."""
    chat, message = _editable(world, params)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    kept = _part(message.content, _AROUND_MEDIA)
    return _edit(world, chat, message, {**kept, **text_content(params)}, params)


async def edit_message_caption(world: TelegramWorld, params: Params) -> JsonObject:
    """Change the caption of a photo or document."""
    chat, message = _editable(world, params)
    if not _part(message.content, _WITH_CAPTION):
        raise bad_request("there is no caption in the message to edit")
    kept = _part(message.content, _BESIDE_CAPTION)
    return _edit(world, chat, message, {**kept, **caption_content(params)}, params)


async def edit_message_media(world: TelegramWorld, params: Params) -> JsonObject:
    """Change the picture or file of a message, or give one to a text message."""
    chat, message = _editable(world, params)
    if not _part(message.content, (*_WITH_CAPTION, "text")):
        raise bad_request("there is no media in the message to edit")
    media = await media_content(world, params, params["media"])
    kept = _part(message.content, _AROUND_MEDIA)
    return _edit(world, chat, message, {**kept, **media}, params)


async def edit_message_reply_markup(world: TelegramWorld, params: Params) -> JsonObject:
    """Change or remove the buttons under a message."""
    chat, message = _editable(world, params)
    return _edit(world, chat, message, message.content, params)


async def delete_message(world: TelegramWorld, params: Params) -> bool:
    """Remove a message of either side, up to 48 hours old.

    In a group, those of others take an administrator.
    """
    chat = world.chats.reachable(params["chat_id"])
    message = _found(chat, params, bad_request("message to delete not found"))
    if world.clock.now_ms() - message.at > _DELETABLE_MS:
        raise bad_request("message can't be deleted for everyone")
    if isinstance(chat, Group) and message.author:
        chat.demand_administrator("message can't be deleted")
    world.chats.remove(chat, message)
    return True


async def pin_chat_message(world: TelegramWorld, params: Params) -> bool:
    """Show a message on top of the chat."""
    chat = _with_pins(world, params)
    message = _found(chat, params, bad_request("message to pin not found"))
    chat.pinned = message.id
    world.chats.changed(chat)
    return True


async def unpin_chat_message(world: TelegramWorld, params: Params) -> bool:
    """Take the pinned message, or the one named, from the top of the chat."""
    chat = _with_pins(world, params)
    if params.get("message_id", chat.pinned) != chat.pinned or chat.pinned is None:
        raise bad_request("message to unpin not found")
    chat.pinned = None
    world.chats.changed(chat)
    return True


async def answer_callback_query(world: TelegramWorld, params: Params) -> bool:
    """End the spinner on a tapped button, with or without a word."""
    text = params.get("text", "")
    if len(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    phone = world.taps.get(params["callback_query_id"])
    if phone is None:
        raise bad_request(
            "query is too old and response timeout expired or query ID is invalid"
        )
    alert = params.get("show_alert", False)
    now = world.clock.now_ms()
    phone.last_answer = Answer(text=text, show_alert=alert, at=now)
    world.chats.changed(phone)
    return True


def _with_pins(world: TelegramWorld, params: Params) -> Chat:
    chat = world.chats.reachable(params["chat_id"])
    if isinstance(chat, Group):
        chat.demand_administrator("not enough rights to manage pinned messages")
    return chat


def _editable(world: TelegramWorld, params: Params) -> tuple[Chat, Message]:
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat = world.chats.reachable(params["chat_id"])
    message = _found(chat, params, bad_request("message to edit not found"))
    if message.sender != "bot" or message.keyboard:
        raise bad_request("message can't be edited")
    return chat, message


def _found(chat: Chat, params: Params, otherwise: ApiError) -> Message:
    message = chat.messages.get(params["message_id"])
    if message is None:
        raise otherwise
    return message


def _edit(
    world: TelegramWorld,
    chat: Chat,
    message: Message,
    content: JsonObject,
    params: Params,
) -> JsonObject:
    """Change a message; as at Telegram, an edit without a keyboard removes it."""
    world.chats.edit(chat, message, content, params.get("reply_markup"))
    return world.chats.as_json(chat, message)


def _part(content: JsonObject, names: tuple[str, ...]) -> JsonObject:
    return {name: content[name] for name in names if name in content}
