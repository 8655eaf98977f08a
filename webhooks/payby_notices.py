"""The door for PayBy's notices: verify, keep durably, answer; work comes after."""

from collections.abc import Awaitable, Callable

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from core.domain.errors import BadSignature
from core.payby.codec import WireError, decode
from core.payby.signing import verify
from webhooks.bodies import BodyTooLarge, read_body
from webhooks.durable import NotKept, kept

log = structlog.get_logger()

_MOST_BYTES = 64 * 1024
_ACCEPTED = {"response": "SUCCESS"}  # PayBy: asynchronous notification


def payby_notices(
    key: RSAPublicKey,
    take: Callable[[bytes], Awaitable[None]],
    count: Callable[[str], None],
) -> APIRouter:
    """Make the door; `take` keeps a notice durably before it returns.

    Each is counted by what becomes of it.
    """
    router = APIRouter()
    refused = 0

    @router.post("/payby/notices")
    async def notice(request: Request) -> Response:
        nonlocal refused
        try:
            body = await read_body(request, _MOST_BYTES)
            verify(body, request.headers.get("sign"), key)
            decode(body)
            await kept(take(body))
        except BodyTooLarge:
            count("too_large")
            return _refusal(413, "A notice has at most 64 KiB.")
        except BadSignature:
            count("badly_signed")
            refused += 1
            log.warning("notice_badly_signed", so_far=refused)
            return _refusal(401, "The signature is missing or wrong.")
        except WireError as fault:
            count("unreadable")
            return _refusal(400, str(fault))
        except NotKept:
            count("not_kept")
            return _refusal(503, "The notice could not be kept; please try again.")
        count("accepted")
        return JSONResponse(_ACCEPTED, media_type="application/json; charset=UTF-8")

    return router


def _refusal(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"error": sentence}, status_code=status)
