"""Messages as Twilio's REST API keeps them."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from typing import Literal, TypeAlias

from sandbox.clock import Clock
from sandbox.twilio.errors import LATER, ApiError
from sandbox.twilio.json_types import JsonObject

API_VERSION = "2010-04-01"
Direction: TypeAlias = Literal["inbound", "outbound-api"]


@dataclass(kw_only=True)
class Message:
    """One message, in or out; times are ms since the epoch."""

    sid: str
    direction: Direction
    sender: str
    to: str
    body: str
    media: int = 0
    """How many media it carries."""

    status: str
    error_code: int | None = None
    status_callback: str | None = None
    created_at: int
    updated_at: int
    sent_at: int | None = None

    @property
    def day(self) -> str:
        """The day, in GMT, by which lists are narrowed: 2026-11-23."""
        return f"{_moment(self.sent_at or self.created_at):%Y-%m-%d}"

    def as_json(self, account: str) -> JsonObject:
        """Return Twilio's Message resource."""
        uri = f"/{API_VERSION}/Accounts/{account}/Messages/{self.sid}"
        sent = self.sent_at and format_datetime(_moment(self.sent_at))
        code = self.error_code
        return {
            "account_sid": account,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": format_datetime(_moment(self.created_at)),
            "date_sent": sent,
            "date_updated": format_datetime(_moment(self.updated_at)),
            "direction": self.direction,
            "error_code": code,
            "error_message": LATER[code] if code else None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(self.media),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages a list shall hold; empty strings stand for any."""

    sender: str = ""
    to: str = ""
    day: str = ""
    first_day: str = ""
    last_day: str = ""

    def covers(self, message: Message) -> bool:
        """Tell whether a message belongs into the list."""
        return (
            self.sender in ("", message.sender)
            and self.to in ("", message.to)
            and self.day in ("", message.day)
            and self.first_day <= message.day
            and (not self.last_day or message.day <= self.last_day)
        )


class Messages:
    """Every message of the account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Message] = {}

    def clear(self) -> None:
        """Forget all messages."""
        self._all.clear()

    def add(
        self,
        direction: Direction,
        *,
        sender: str,
        to: str,
        body: str,
        media: int = 0,
        status_callback: str | None = None,
    ) -> Message:
        """Write a new message into the book."""
        now = self._clock.now_ms()
        inbound = direction == "inbound"
        message = Message(
            sid=("MM" if media else "SM") + secrets.token_hex(16),
            direction=direction,
            sender=sender,
            to=to,
            body=body,
            media=media,
            status="received" if inbound else "queued",
            status_callback=status_callback,
            created_at=now,
            updated_at=now,
            sent_at=now if inbound else None,
        )
        self._all[message.sid] = message
        return message

    def put_back(self, message: Message, span_ms: int) -> None:
        """Let a new message be that old."""
        message.created_at -= span_ms
        message.updated_at = message.created_at
        message.sent_at = message.sent_at and message.created_at

    def forget(self, message: Message) -> None:
        """Take a message out of the book again."""
        del self._all[message.sid]

    def move(self, message: Message, status: str, code: int | None = None) -> None:
        """Let a message get on, or fail with a code."""
        message.status, message.error_code = status, code
        message.updated_at = self._clock.now_ms()
        message.sent_at = message.sent_at or message.updated_at

    def find(self, sid: str) -> Message:
        """Return a message; raises ApiError 20404."""
        try:
            return self._all[sid]
        except KeyError:
            raise ApiError(20404, f"There is no message {sid}.") from None

    def page(self, wanted: Wanted, after: str, size: int) -> tuple[list[Message], bool]:
        """Return so many messages, the newest first, and whether there are more.

        `after` is the sid of the last message of the page before.
        """
        book = list(self._all.values())[::-1]
        newest = iter(sorted(book, key=lambda each: -each.created_at))
        if after:
            for message in newest:
                if message.sid == after:
                    break
        found = list(islice(filter(wanted.covers, newest), size + 1))
        return found[:size], len(found) > size


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
