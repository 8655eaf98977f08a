"""Files of the Bot API: uploads, pictures by URL, and what a file id stands for."""

import asyncio
import io
import mimetypes
import secrets
from dataclasses import dataclass
from typing import Literal, TypeAlias

import httpx
from PIL import Image

from sandbox.telegram.errors import bad_request
from sandbox.telegram.json_types import JsonObject
from sandbox.telegram.parameters import Upload

FileKind: TypeAlias = Literal["photo", "document", "voice", "sticker"]

_LARGEST_PHOTO = 10 * 1024 * 1024
_LARGEST_FETCHED_PHOTO = 5 * 1024 * 1024
_LARGEST_UPLOAD = 50 * 1024 * 1024
_LARGEST_DOWNLOAD = 20 * 1024 * 1024
_MOST_PIXELS_AROUND = 10_000
_MOST_RATIO = 20
_FETCH_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file, as every message that shows it refers to it."""

    kind: FileKind
    file_id: str
    unique_id: str
    path: str
    """Where it is downloaded: ``photos/file_7.png``."""

    name: str
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0

    def described(self, *names: str) -> JsonObject:
        """Return the Bot API's fields of a file, and those of `names` besides."""
        extra = {
            "width": self.width,
            "height": self.height,
            "file_name": self.name,
            "mime_type": self.content_type,
        }
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
            **{name: extra[name] for name in names},
        }


class Files:
    """Every file the bot or a person sent, by file id and by path."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def clear(self) -> None:
        """Forget all files."""
        self._by_id.clear()
        self._by_path.clear()

    def keep(
        self, kind: FileKind, upload: Upload, size: tuple[int, int] = (0, 0)
    ) -> StoredFile:
        """Store an upload as a new file; `size` in pixels, for pictures."""
        suffix = mimetypes.guess_extension(upload.content_type) or ""
        stored = StoredFile(
            kind=kind,
            file_id=f"AgAC{secrets.token_urlsafe(40)}",
            unique_id=f"AQAD{secrets.token_urlsafe(8)}",
            path=f"{kind}s/file_{len(self._by_path)}{suffix}",
            name=upload.filename,
            content_type=upload.content_type,
            content=upload.content,
            width=size[0],
            height=size[1],
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file of this id."""
        return self._by_id.get(file_id)

    def at_path(self, path: str) -> StoredFile | None:
        """Return the file to download at `path`."""
        return self._by_path.get(path)

    def downloadable(self, file_id: str) -> StoredFile:
        """Return the file of this id; refuse unknown ones and those over 20 MB."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if len(stored.content) > _LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return stored

    async def photo(
        self, source: str | Upload, uploads: dict[str, Upload]
    ) -> StoredFile:
        """Return the photo that a parameter means: an upload, a URL, or a file id."""
        found = await self._found("photo", source, uploads)
        if isinstance(found, StoredFile):
            return found
        if len(found.content) > _LARGEST_PHOTO:
            raise bad_request("file is too big")
        picture = await asyncio.to_thread(_decoded, found)
        return self.keep("photo", picture[0], picture[1])

    async def document(
        self, source: str | Upload, uploads: dict[str, Upload]
    ) -> StoredFile:
        """Return the document that a parameter means, found like a photo."""
        found = await self._found("document", source, uploads)
        if isinstance(found, StoredFile):
            return found
        if len(found.content) > _LARGEST_UPLOAD:
            raise bad_request("file is too big")
        return self.keep("document", found)

    async def _found(
        self, kind: FileKind, source: str | Upload, uploads: dict[str, Upload]
    ) -> StoredFile | Upload:
        if isinstance(source, str) and source.startswith("attach://"):
            upload = uploads.get(source.removeprefix("attach://"))
            if upload is None:
                raise bad_request("wrong file identifier/HTTP URL specified")
            source = upload
        if isinstance(source, Upload):
            if not source.content:
                raise bad_request("file must be non-empty")
            return source
        if source.startswith(("http://", "https://")):
            return await self._fetched(source)
        stored = self._by_id.get(source)
        if stored is None or stored.kind != kind:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return stored

    async def _fetched(self, url: str) -> Upload:
        try:
            response = await self._http.get(url, timeout=_FETCH_SECONDS)
            response.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise bad_request("failed to get HTTP URL content") from error
        if len(response.content) > _LARGEST_FETCHED_PHOTO:
            raise bad_request("file is too big")
        content_type = response.headers.get("content-type", "").partition(";")[0]
        return Upload(url.rpartition("/")[2], content_type, response.content)


def _decoded(upload: Upload) -> tuple[Upload, tuple[int, int]]:
    try:
        with Image.open(io.BytesIO(upload.content)) as picture:
            size = picture.size
            media_type = picture.get_format_mimetype() or upload.content_type
            _check_size(*size)
            picture.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    return Upload(upload.filename, media_type, upload.content), size


def _check_size(width: int, height: int) -> None:
    too_many = width + height > _MOST_PIXELS_AROUND
    if too_many or max(width, height) > _MOST_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
