"""The REST API's manners: Basic auth, JSON out, and a log of the calls."""

import base64
import binascii
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.hangup import HangUp
from sandbox.twilio.errors import ApiError
from sandbox.twilio.twilio_world import Call, TwilioWorld

BASE = "/twilio"
Play: TypeAlias = Callable[[Request, Call], Awaitable[Response]]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def door(world: TwilioWorld, name: str, play: Play) -> Endpoint:
    """Make an endpoint that checks who calls and remembers what came of it."""

    async def endpoint(request: Request) -> Response:
        began = time.perf_counter()
        call = Call(call=name, at=round(time.time() * 1000, 3))
        try:
            check_caller(world, request)
            response = await play(request, call)
        except ApiError as error:
            call.code = error.code
            response = refusal(error)
        call.took_ms = round((time.perf_counter() - began) * 1000, 3)
        call.status = 0 if isinstance(response, HangUp) else response.status_code
        world.calls.append(call)
        return response

    return endpoint


def check_caller(world: TwilioWorld, request: Request) -> None:
    """Refuse whoever is not the account; raises ApiError 20003, 20404."""
    if not _is_account(world, request.headers.get("authorization", "")):
        raise ApiError(20003)
    if request.path_params.get("account", world.account) != world.account:
        raise ApiError(20404)


def refusal(error: ApiError) -> Response:
    """Answer what the API refuses."""
    return JSONResponse(error.answer(), error.status)


def base_url(request: Request) -> str:
    """Return where this API is, as the caller reached it."""
    return f"{str(request.base_url).rstrip('/')}{BASE}"


def _is_account(world: TwilioWorld, header: str) -> bool:
    scheme, _, encoded = header.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    known = f"{world.account}:{world.token}".encode()
    return scheme.lower() == "basic" and secrets.compare_digest(given, known)
