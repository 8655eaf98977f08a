"""The method that shows a message of one chat in another, as if it were the bot's."""

from sandbox.telegram.errors import bad_request
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.sending import caption_content, put
from sandbox.telegram.telegram_world import TelegramWorld

_WITH_CAPTION = frozenset({"photo", "document", "voice"})
_OF_ITS_OWN_CHAT = frozenset({"reply_to_message", "media_group_id"})
_OF_CAPTIONS = frozenset({"caption", "caption_entities", "show_caption_above_media"})


async def copy_message(world: TelegramWorld, params: Params) -> JsonObject:
    """Copy a message; a new caption takes the place of its own, if it can have one."""
    chat = world.chats.writable(params["chat_id"])
    origin = world.chats.reachable(params["from_chat_id"])
    message = origin.messages.get(params["message_id"])
    if message is None:
        raise bad_request("message to copy not found")
    if message.content.get("has_protected_content"):
        raise bad_request("message can't be copied")
    left_out = _OF_ITS_OWN_CHAT
    caption: JsonObject = {}
    if "caption" in params and _WITH_CAPTION & message.content.keys():
        left_out, caption = left_out | _OF_CAPTIONS, caption_content(params)
    content = {
        name: value for name, value in message.content.items() if name not in left_out
    }
    sent = put(world, chat, params, {**content, **caption})
    return {"message_id": sent["message_id"]}
