"""Reads a Bot API request's parameters from its query, form, multipart or JSON body."""

import re
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.parameters import Raw, Upload, parse_json

_LARGEST = 55 * 1024 * 1024
_NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
_FILENAME = re.compile(rb'\bfilename="([^"]*)"', re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:\s*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)


async def read_body(request: Request) -> Raw:
    """Return the parameters by name; those of the body win over those of the query.

    Raises ApiError: 413 for more than 55 MiB, 400 for a body that cannot be read.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST:
            raise ApiError(413, "Request Entity Too Large")
    kind = _media_type(request.headers.get("content-type", ""))
    found: dict[str, object] = dict(request.query_params)
    try:
        return found | _parse(bytes(content), kind)
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _media_type(header: str) -> Message:
    message = Message()
    message["content-type"] = header
    return message


def _parse(content: bytes, kind: Message) -> dict[str, object]:
    if not content:
        return {}
    match kind.get_content_type():
        case "application/json":
            return _json(content)
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl(content.decode(), keep_blank_values=True))
        case "multipart/form-data":
            return _multipart(content, str(kind.get_param("boundary", "")))
    raise bad_request("unsupported content type")


def _json(content: bytes) -> dict[str, object]:
    found = parse_json(content, "request parameters")
    if not isinstance(found, dict):
        raise bad_request("object expected as JSON encoded request parameters")
    return found


def _multipart(content: bytes, boundary: str) -> dict[str, object]:
    found: dict[str, object] = {}
    parts = (b"\r\n" + content).split(b"\r\n--" + boundary.encode())
    if not boundary or parts[0] or not parts[-1].startswith(b"--"):
        raise bad_request("can't parse multipart request body")
    for part in parts[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise bad_request("can't parse multipart request body")
        found[name[1].decode()] = _part(head, value)
    return found


def _part(head: bytes, value: bytes) -> str | Upload:
    filename = _FILENAME.search(head)
    if filename is None:
        return value.decode()
    kind = _TYPE.search(head)
    media_type = kind[1].decode() if kind else "application/octet-stream"
    return Upload(filename[1].decode(), media_type, value)
