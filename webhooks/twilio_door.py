"""The doors for Twilio: check who posts, keep durably, answer nothing.

What Twilio signs is the address as it was given to it, and every field of the form,
the empty ones too: so the address is put together from the public one, and the form is
read by ourselves.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response
from twilio.request_validator import RequestValidator, get_signature_algorithm

from bot.whatsapp_forms import ADDRESS, Form
from webhooks.bodies import BodyTooLarge, read_body
from webhooks.durable import NotKept, kept

log = structlog.get_logger()

Heed = Callable[[str, Form], Awaitable[None]]

_MOST_BYTES = 64 * 1024
_FORM_TYPE = "application/x-www-form-urlencoded"
_SIGNATURE = "X-Twilio-Signature"
_SIGNATURE_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
_OWN_NUMBER = {"message": "To", "status": "From"}
"""Where our number stands in a form of each kind."""


class NotFromTwilio(Exception):
    """The form is not, or not for us."""


@dataclass(frozen=True)
class Guard:
    """Tells Twilio's own requests for us from all others."""

    public_url: str
    """Under which Twilio knows us."""
    account_sid: str
    auth_token: str
    sender: str
    """Our number, `+` and digits."""
    refused: Callable[[], None]
    """Counts who is turned away."""

    def check(self, request: Request, body: bytes, kind: str) -> Form:
        """Return the form. Raises NotFromTwilio."""
        form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        if not self._is_signed(request, form):
            raise NotFromTwilio("signature")
        if not _same(form.get("AccountSid", ""), self.account_sid):
            raise NotFromTwilio("account")
        if not _same(form.get(_OWN_NUMBER[kind], ""), f"{ADDRESS}{self.sender}"):
            raise NotFromTwilio("sender")
        return form

    def _is_signed(self, request: Request, form: Form) -> bool:
        query = request.scope["query_string"].decode("latin-1")
        path = request.scope["raw_path"].decode("latin-1")
        url = f"{self.public_url}{path}{f'?{query}' if query else ''}"
        algorithm = get_signature_algorithm(request.headers.get(_SIGNATURE_SETTINGS))
        given = request.headers.get(_SIGNATURE, "")
        validator = RequestValidator(self.auth_token)
        return bool(validator.validate(url, form, given, algorithm))


def twilio_messages(
    guard: Guard, accept: Callable[[Form], Awaitable[None]]
) -> APIRouter:
    """Make the door for messages; `accept` keeps one durably before it returns."""
    router = APIRouter()

    @router.post("/twilio/messages")
    async def message(request: Request) -> Response:
        return await _taken(guard, request, "message", accept)

    return router


def twilio_status(guard: Guard, heed: Heed) -> APIRouter:
    """Make the door for what became of our messages; `heed` gets our name for each."""
    router = APIRouter()

    @router.post("/twilio/status")
    async def status(request: Request, m: str = "") -> Response:
        return await _taken(guard, request, "status", lambda form: heed(m, form))

    return router


async def _taken(
    guard: Guard,
    request: Request,
    kind: str,
    accept: Callable[[Form], Awaitable[None]],
) -> Response:
    if request.headers.get("Content-Type", "").partition(";")[0] != _FORM_TYPE:
        log.warning("form_of_another_type", kind=kind)
        return Response(status_code=415)
    try:
        form = guard.check(request, await read_body(request, _MOST_BYTES), kind)
    except BodyTooLarge:
        log.warning("form_too_large", kind=kind)
        return Response(status_code=413)
    except NotFromTwilio as error:
        guard.refused()
        log.warning("form_not_from_twilio", kind=kind, why=str(error))
        return Response(status_code=403)
    try:
        await kept(accept(form))
    except NotKept:
        return Response(status_code=503)
    return Response(status_code=204)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())
