"""Sends through the Telegram Bot API: our messages in, its errors out, sorted.

Every request is made once; what is tried again is decided by the courier.
"""

import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from html import escape

from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channel import (
    NEVER_SENT,
    Fetched,
    NotSent,
    Refused,
    Unconfirmed,
    Unreachable,
)
from bot.links import spelled_out, with_addresses
from bot.messages import Choice, Medium, Outgoing, Place, Receipt, Rows, runs
from bot.painter import Painter
from bot.telegram_updates import PREFIX
from core.database.messages import Spacing

_SETTINGS_WRONG_WAIT_S = 60.0
_AFTER_UNCONFIRMED_S = 2.0
_SPACING = Spacing(timedelta(seconds=1))
_SPACING_IN_GROUPS = Spacing(timedelta(seconds=3))
_PHOTOS = {"image/jpeg", "image/png"}
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


Fetch = Callable[[Medium], Awaitable[Fetched]]
"""Gets what somebody has sent. Raises SendError."""


class TelegramChannel:
    """The Channel of Telegram's chats: `tg:` and the number of the chat."""

    def __init__(
        self,
        bot: Bot,
        painter: Painter,
        public_url: str,
        fetch: Fetch | None = None,
    ) -> None:
        """`public_url` is where the orders' pages are.

        `fetch` gets what was sent on another network, if there is one.
        """
        self._bot = bot
        self._painter = painter
        self._public_url = public_url
        self._fetch = fetch

    def spacing(self, conversation_id: str) -> Spacing:
        """Tell how messages should be spread: Telegram's limits per chat.

        One a second to a person, twenty a minute to a group, whose number is negative.
        """
        return _SPACING if _chat_id(conversation_id) > 0 else _SPACING_IN_GROUPS

    async def send(
        self, conversation_id: str, message: Outgoing, _message_id: str
    ) -> str:
        """Send a message; return Telegram's message id. Raises SendError."""
        chat_id = _chat_id(conversation_id)
        message = self._with_links(message)
        if message.place:
            return await self._send_place(chat_id, message.place, message.choices)
        if message.card:
            photo = await self._painter.paint(message.card)
            return await self._send_photo(chat_id, photo, "code.png", message)
        if message.receipt:
            return await self._send_receipt(chat_id, message.receipt, message)
        if message.day:
            photo = await self._painter.day(message.day)
            return await self._send_photo(chat_id, photo, "day.png", message)
        if message.medium:
            return await self._send_medium(chat_id, message.medium, message)
        async with _errors():
            sent = await self._bot.send_message(
                chat_id,
                as_html(message.text),
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(message),
                link_preview_options=_NO_PREVIEW,
            )
        return str(sent.message_id)

    async def find(
        self, _conversation_id: str, _message: Outgoing, _since: datetime
    ) -> None:
        """Find nothing: a bot cannot read what it has said."""

    def can_amend(self, _conversation_id: str) -> bool:
        """Tell that a message can be changed."""
        return True

    async def amend(
        self, conversation_id: str, provider_ref: str, message: Outgoing
    ) -> None:
        """Make the message with a card say and show this instead. Raises SendError."""
        message = self._with_links(message)
        if message.card is None:
            raise Refused("only a card is ever amended")
        photo = await self._painter.paint(message.card)
        media = InputMediaPhoto(
            photo,
            caption=as_html(message.text),
            parse_mode=ParseMode.HTML,
            filename="code.png",
        )
        async with _errors():
            await self._bot.edit_message_media(
                media,
                chat_id=_chat_id(conversation_id),
                message_id=int(provider_ref),
                reply_markup=_inline(message.choices),
            )

    async def acknowledge(self, callback_query_id: str, text: str = "") -> None:
        """Stop the spinner on a tapped button; a tap that is too old is let go.

        A text is shown to who tapped, and to nobody else in a group.
        """
        async with _errors():
            await self._bot.answer_callback_query(callback_query_id, text or None)

    def _with_links(self, message: Outgoing) -> Outgoing:
        return spelled_out(with_addresses(message, self._public_url))

    async def _send_receipt(
        self, chat_id: int, receipt: Receipt, message: Outgoing
    ) -> str:
        content = await self._painter.receipt(receipt)
        name = f"receipt-{receipt.merchant_order_no}"
        if receipt.form == "picture":
            return await self._send_photo(chat_id, content, f"{name}.png", message)
        return await self._send_document(chat_id, content, f"{name}.pdf", message)

    async def _send_medium(
        self, chat_id: int, medium: Medium, message: Outgoing
    ) -> str:
        if medium.conversation_id.startswith(PREFIX):
            return await self._copy(chat_id, medium, message)
        if self._fetch is None:
            raise Refused("nothing can be fetched from that network")
        fetched = await self._fetch(medium)
        ending = mimetypes.guess_extension(fetched.content_type) or ""
        name = f"{medium.what}{ending}"
        if fetched.content_type in _PHOTOS:
            return await self._send_photo(chat_id, fetched.content, name, message)
        return await self._send_document(chat_id, fetched.content, name, message)

    async def _send_document(
        self, chat_id: int, content: bytes, name: str, message: Outgoing
    ) -> str:
        async with _errors():
            sent = await self._bot.send_document(
                chat_id,
                content,
                caption=as_html(message.text),
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(message),
                filename=name,
            )
        return str(sent.message_id)

    async def _send_photo(
        self, chat_id: int, photo: bytes, name: str, message: Outgoing
    ) -> str:
        async with _errors():
            sent = await self._bot.send_photo(
                chat_id,
                photo,
                caption=as_html(message.text),
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(message),
                filename=name,
            )
        return str(sent.message_id)

    async def _copy(self, chat_id: int, medium: Medium, message: Outgoing) -> str:
        async with _errors():
            copied = await self._bot.copy_message(
                chat_id,
                _chat_id(medium.conversation_id),
                int(medium.ref),
                caption=as_html(message.text),
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(message),
            )
        return str(copied.message_id)

    async def _send_place(self, chat_id: int, place: Place, choices: Rows) -> str:
        async with _errors():
            sent = await self._bot.send_venue(
                chat_id,
                latitude=place.latitude,
                longitude=place.longitude,
                title=place.title,
                address=place.address,
                reply_markup=_inline(choices),
            )
        return str(sent.message_id)


def as_html(text: str) -> str:
    """Write marked text as Telegram's HTML; whatever people typed stays text."""
    return "".join(
        f"<b>{escape(run.text)}</b>" if run.bold else escape(run.text)
        for run in runs(text)
    )


def _markup(message: Outgoing) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if message.ask_location:
        button = KeyboardButton(message.ask_location, request_location=True)
        return ReplyKeyboardMarkup.from_button(
            button, resize_keyboard=True, one_time_keyboard=True
        )
    return _inline(message.choices)


def _inline(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(choice) for choice in row] for row in rows])


def _button(choice: Choice) -> InlineKeyboardButton:
    if choice.url:
        return InlineKeyboardButton(choice.title, url=choice.url)
    if choice.copy_text:
        return InlineKeyboardButton(
            choice.title, copy_text=CopyTextButton(choice.copy_text)
        )
    return InlineKeyboardButton(choice.title, callback_data=choice.id)


def _chat_id(conversation_id: str) -> int:
    return int(conversation_id.removeprefix(PREFIX))


@asynccontextmanager
async def _errors() -> AsyncIterator[None]:
    """Sort what Telegram and the network raise by what is known to have happened."""
    try:
        yield
    except RetryAfter as error:
        raise NotSent("told to wait", _seconds(error.retry_after)) from error
    except Forbidden as error:
        raise Unreachable(error.message) from error
    except (InvalidToken, EndPointNotFound, Conflict) as error:
        raise NotSent("Telegram refuses the bot", _SETTINGS_WRONG_WAIT_S) from error
    except (BadRequest, ChatMigrated) as error:
        if "message is not modified" not in error.message.lower():
            raise Refused(error.message) from error
    except ValueError as error:  # the library itself finds the message impossible
        raise Refused(str(error)) from error
    except TelegramError as error:
        if isinstance(error.__cause__, NEVER_SENT):
            raise NotSent(type(error.__cause__).__name__) from error
        cause = error.__cause__ or error
        raise Unconfirmed(type(cause).__name__, _AFTER_UNCONFIRMED_S) from error


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
