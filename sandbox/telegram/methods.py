"""The Bot API's methods: what each takes, and which function plays it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sandbox.telegram import copying, editing, profile, receiving, sending
from sandbox.telegram.account import SCOPED, bot_commands, language_code, menu_button
from sandbox.telegram.json_types import Params
from sandbox.telegram.parameters import (
    Reader,
    chat,
    file,
    flag,
    inline_markup,
    integer,
    integer_between,
    json_list,
    json_object,
    markup,
    number_between,
    words,
    words_up_to,
)
from sandbox.telegram.telegram_world import TelegramWorld

Play: TypeAlias = Callable[[TelegramWorld, Params], Awaitable[object]]
Readers: TypeAlias = Mapping[str, Reader]


@dataclass(frozen=True)
class Method:
    """One method: its function, and the parameters it must and may be given."""

    play: Play
    required: Readers = field(default_factory=dict)
    optional: Readers = field(default_factory=dict)


_FORMAT: Readers = {"parse_mode": words, "entities": json_list}
_CAPTION: Readers = {
    "caption": words,
    "parse_mode": words,
    "caption_entities": json_list,
}
_ALBUM: Readers = {
    "business_connection_id": words,
    "message_thread_id": integer,
    "direct_messages_topic_id": integer,
    "disable_notification": flag,
    "protect_content": flag,
    "allow_paid_broadcast": flag,
    "message_effect_id": words,
    "reply_parameters": json_object,
}
_SENT: Readers = {
    **_ALBUM,
    "suggested_post_parameters": json_object,
    "reply_markup": markup,
}
_EDITED: Readers = {
    "chat_id": chat,
    "message_id": integer,
    "inline_message_id": words,
    "business_connection_id": words,
    "reply_markup": inline_markup,
}
_POINT: Readers = {
    "latitude": number_between(-90, 90),
    "longitude": number_between(-180, 180),
}
_POLLED: Readers = {"allowed_updates": json_list}
_LANGUAGE: Readers = {"language_code": language_code}

METHODS: Mapping[str, Method] = {
    "getMe": Method(receiving.get_me),
    "close": Method(receiving.log_out),
    "logOut": Method(receiving.log_out),
    "setWebhook": Method(
        receiving.set_webhook,
        optional={
            **_POLLED,
            "url": words,
            "certificate": file,
            "ip_address": words,
            "max_connections": integer_between(1, 100),
            "drop_pending_updates": flag,
            "secret_token": words,
        },
    ),
    "deleteWebhook": Method(
        receiving.delete_webhook, optional={"drop_pending_updates": flag}
    ),
    "getWebhookInfo": Method(receiving.get_webhook_info),
    "getUpdates": Method(
        receiving.get_updates,
        optional={
            **_POLLED,
            "offset": integer,
            "limit": integer_between(1, 100),
            "timeout": integer_between(0, 1_000_000),
        },
    ),
    "sendMessage": Method(
        sending.send_message,
        required={"chat_id": chat, "text": words},
        optional={**_SENT, **_FORMAT, "link_preview_options": json_object},
    ),
    "sendPhoto": Method(
        sending.send_photo,
        required={"chat_id": chat, "photo": file},
        optional={
            **_SENT,
            **_CAPTION,
            "show_caption_above_media": flag,
            "has_spoiler": flag,
        },
    ),
    "sendDocument": Method(
        sending.send_document,
        required={"chat_id": chat, "document": file},
        optional={
            **_SENT,
            **_CAPTION,
            "thumbnail": file,
            "disable_content_type_detection": flag,
        },
    ),
    "sendMediaGroup": Method(
        sending.send_media_group,
        required={"chat_id": chat, "media": json_list},
        optional=_ALBUM,
    ),
    "copyMessage": Method(
        copying.copy_message,
        required={"chat_id": chat, "from_chat_id": chat, "message_id": integer},
        optional={
            **_SENT,
            **_CAPTION,
            "show_caption_above_media": flag,
            "video_start_timestamp": integer,
        },
    ),
    "sendLocation": Method(
        sending.send_location,
        required={"chat_id": chat, **_POINT},
        optional={
            **_SENT,
            "horizontal_accuracy": number_between(0, 1500),
            "live_period": integer,
            "heading": integer_between(1, 360),
            "proximity_alert_radius": integer_between(1, 100_000),
        },
    ),
    "sendVenue": Method(
        sending.send_venue,
        required={"chat_id": chat, **_POINT, "title": words, "address": words},
        optional={
            **_SENT,
            "foursquare_id": words,
            "foursquare_type": words,
            "google_place_id": words,
            "google_place_type": words,
        },
    ),
    "sendChatAction": Method(
        sending.send_chat_action,
        required={"chat_id": chat, "action": words},
        optional={"business_connection_id": words, "message_thread_id": integer},
    ),
    "editMessageText": Method(
        editing.edit_message_text,
        required={"text": words},
        optional={**_EDITED, **_FORMAT, "link_preview_options": json_object},
    ),
    "editMessageCaption": Method(
        editing.edit_message_caption,
        optional={**_EDITED, **_CAPTION, "show_caption_above_media": flag},
    ),
    "editMessageMedia": Method(
        editing.edit_message_media, required={"media": json_object}, optional=_EDITED
    ),
    "editMessageReplyMarkup": Method(
        editing.edit_message_reply_markup, optional=_EDITED
    ),
    "deleteMessage": Method(
        editing.delete_message, required={"chat_id": chat, "message_id": integer}
    ),
    "pinChatMessage": Method(
        editing.pin_chat_message,
        required={"chat_id": chat, "message_id": integer},
        optional={"business_connection_id": words, "disable_notification": flag},
    ),
    "unpinChatMessage": Method(
        editing.unpin_chat_message,
        required={"chat_id": chat},
        optional={"business_connection_id": words, "message_id": integer},
    ),
    "answerCallbackQuery": Method(
        editing.answer_callback_query,
        required={"callback_query_id": words},
        optional={
            "text": words,
            "show_alert": flag,
            "url": words,
            "cache_time": integer,
        },
    ),
    "getFile": Method(receiving.get_file, required={"file_id": words}),
    "getChat": Method(receiving.get_chat, required={"chat_id": chat}),
    "setMyCommands": Method(
        profile.set_my_commands,
        required={"commands": bot_commands},
        optional=SCOPED,
    ),
    "getMyCommands": Method(
        profile.get_my_commands,
        optional=SCOPED,
    ),
    "deleteMyCommands": Method(
        profile.delete_my_commands,
        optional=SCOPED,
    ),
    "setMyName": Method(
        profile.set_text("name"),
        optional={**_LANGUAGE, "name": words_up_to(64)},
    ),
    "setMyDescription": Method(
        profile.set_text("description"),
        optional={**_LANGUAGE, "description": words_up_to(512)},
    ),
    "setMyShortDescription": Method(
        profile.set_text("short_description"),
        optional={**_LANGUAGE, "short_description": words_up_to(120)},
    ),
    "getMyName": Method(
        profile.get_text("name"),
        optional=_LANGUAGE,
    ),
    "getMyDescription": Method(
        profile.get_text("description"),
        optional=_LANGUAGE,
    ),
    "getMyShortDescription": Method(
        profile.get_text("short_description"),
        optional=_LANGUAGE,
    ),
    "setChatMenuButton": Method(
        profile.set_chat_menu_button,
        optional={"chat_id": integer, "menu_button": menu_button},
    ),
    "getChatMenuButton": Method(
        profile.get_chat_menu_button,
        optional={"chat_id": integer},
    ),
}
