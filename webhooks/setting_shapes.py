"""The shapes of settings; what has another shape is told in a sentence."""

import re
from decimal import Decimal
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from sqlalchemy.exc import ArgumentError

from core.database.urls import database_url

Given = TypeVar("Given", str, SecretStr)


def _like(pattern: str, says: str) -> AfterValidator:
    """Make a check that the whole of a text, secret or not, is like the pattern."""

    def check(given: Given) -> Given:
        text = given if isinstance(given, str) else given.get_secret_value()
        if not re.fullmatch(pattern, text):
            raise ValueError(says)
        return given

    return AfterValidator(check)


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address like https://topup.example.com")
    return url.rstrip("/")


def _secret_url(url: SecretStr) -> SecretStr:
    if url.get_secret_value():
        _http_url(url.get_secret_value())
    return url


def _database_url(url: str) -> str:
    try:
        database_url(url)
    except ArgumentError as error:
        raise ValueError(
            "must be an address like sqlite:///var/topup.sqlite or postgresql://…"
        ) from error
    return url


Url = Annotated[str, AfterValidator(_http_url)]
SecretUrl = Annotated[SecretStr, AfterValidator(_secret_url)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
PartnerId = Annotated[
    str,
    _like(r"[0-9]{12}", "must be the 12 digits that PayBy's merchant portal shows"),
]
Token = Annotated[
    SecretStr,
    _like(
        r"[0-9]+:[A-Za-z0-9_-]{20,}",
        "must be the token that @BotFather gave, like 12345:AA…",
    ),
]
WebhookSecret = Annotated[
    SecretStr,
    _like(
        r"[A-Za-z0-9_-]{16,256}",
        "must be 16 to 256 letters, digits, - or _ that nobody knows",
    ),
]
MetricsToken = Annotated[
    SecretStr,
    _like(
        r"([A-Za-z0-9_-]{16,256})?",
        "must be 16 to 256 letters, digits, - or _, or empty",
    ),
]
WhatsAppSender = Annotated[
    str,
    _like(
        r"(\+[0-9]{8,15})?",
        "must be the sender's number, like +971500000000, or empty",
    ),
]
AccountSid = Annotated[
    str,
    _like(
        r"(AC[0-9a-f]{32})?",
        "must be the account's SID that Twilio shows: AC and 32 signs",
    ),
]
SupportChat = Annotated[
    str,
    _like(r"(-?[0-9]+)?", "must be the number of a Telegram chat, like -1001234567890"),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Ceiling = Annotated[Decimal, Field(ge=0, decimal_places=2)]
"""The most that something may be, in AED; zero for no such limit."""
