"""Media: fetched from the product as Twilio fetches them, and kept for the phones."""

import asyncio
import io
import re
import secrets
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

import httpx
from PIL import Image

from sandbox.twilio.errors import Undeliverable

_FETCH_SECONDS = 10.0
_AT_ONCE = 20
"""How many media are fetched at a time; the others wait their turn."""

_LARGEST_PICTURE = 5 * 1024 * 1024
_LARGEST = 16 * 1024 * 1024
_BEGINNINGS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "application/pdf": re.compile(rb"%PDF-"),
}
_FILENAME = re.compile(r'filename="?([^";]+)"?')
_PICTURE_SIZE = (90, 120)


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A picture or a file, whole."""

    id: str
    name: str
    content_type: str
    content: bytes

    @property
    def is_picture(self) -> bool:
        """Whether it is seen in the chat, not opened from it."""
        return self.content_type.startswith("image/")


class Media:
    """Every medium that was sent, by either side."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._by_id: dict[str, Medium] = {}

    def clear(self) -> None:
        """Forget all media."""
        self._by_id.clear()

    def find(self, medium_id: str) -> Medium | None:
        """Return the medium of this id."""
        return self._by_id.get(medium_id)

    def keep(self, name: str, content_type: str, content: bytes) -> Medium:
        """Store a medium."""
        medium = Medium(
            id=f"ME{secrets.token_hex(16)}",
            name=name,
            content_type=content_type,
            content=content,
        )
        self._by_id[medium.id] = medium
        return medium

    async def fetch(self, url: str) -> Medium:
        """Fetch what an address promises, by HEAD and then by GET.

        Raises Undeliverable: 63019 when it cannot be had, 63005 when it is not what it
        says or WhatsApp does not take it.
        """
        async with self._turns:
            told = await self._answer("HEAD", url)
            answer = await self._answer("GET", url)
        content_type = _type_of(answer)
        length = told.headers.get("content-length")
        if _type_of(told) != content_type or length != str(len(answer.content)):
            raise Undeliverable(63019)
        beginning = _BEGINNINGS.get(content_type)
        if beginning is None or not beginning.match(answer.content):
            raise Undeliverable(63005)
        picture = content_type.startswith("image/")
        if len(answer.content) > (_LARGEST_PICTURE if picture else _LARGEST):
            raise Undeliverable(63005)
        return self.keep(_name_of(answer), content_type, answer.content)

    async def _answer(self, method: str, url: str) -> httpx.Response:
        try:
            answer = await self._http.request(method, url, timeout=_FETCH_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Undeliverable(63019) from None
        if answer.status_code != HTTPStatus.OK:
            raise Undeliverable(63019)
        return answer


def _type_of(answer: httpx.Response) -> str:
    header: str = answer.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()


def _name_of(answer: httpx.Response) -> str:
    named = _FILENAME.search(answer.headers.get("content-disposition", ""))
    return named[1] if named else answer.url.path.rpartition("/")[2]


@cache
def picture(content_type: str) -> bytes:
    """Draw what a person sends as a picture."""
    content = io.BytesIO()
    kind = content_type.partition("/")[2]
    Image.new("RGB", _PICTURE_SIZE, "teal").save(content, kind)
    return content.getvalue()
