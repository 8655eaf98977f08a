"""The door for Telegram's updates: check the secret, keep durably, answer."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from webhooks.bodies import BodyTooLarge, read_body
from webhooks.durable import NotKept, kept

log = structlog.get_logger()

_MOST_BYTES = 1024 * 1024
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


def telegram_updates(
    secret: str,
    accept: Callable[[dict[str, Any]], Awaitable[None]],
    refused: Callable[[], None],
) -> APIRouter:
    """Make the door; `accept` keeps an update durably before it returns.

    Who comes without the secret is counted. An authentic update that cannot be read
    is let go with a 200: Telegram would hold back its chat's messages for a day
    otherwise.
    """
    router = APIRouter()

    @router.post("/telegram/updates")
    async def update(request: Request) -> Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            refused()
            log.warning("update_without_secret")
            return Response(status_code=401)
        try:
            body = await read_body(request, _MOST_BYTES)
        except BodyTooLarge:
            log.exception("update_too_large")
            return Response()
        try:
            await kept(accept(_object(body)))
        except NotKept:
            return Response(status_code=503)
        return Response()

    return router


def _object(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        log.warning("update_unreadable", size=len(body))
        return {}
    return update if isinstance(update, dict) else {}
