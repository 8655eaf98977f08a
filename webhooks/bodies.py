"""Reading a request's body without trusting its length."""

from fastapi import Request


class BodyTooLarge(Exception):
    """The body is longer than this door takes."""


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Read the raw body. Raises BodyTooLarge as soon as it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise BodyTooLarge
    return bytes(body)
