"""The Bot API's HTTP door: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

import asyncio
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import Fault
from sandbox.hangup import HangUp
from sandbox.telegram.body import read_body
from sandbox.telegram.errors import (
    ApiError,
    bad_request,
    forbidden,
    too_many_requests,
)
from sandbox.telegram.methods import METHODS, Method
from sandbox.telegram.parameters import Raw, read_parameters
from sandbox.telegram.telegram_world import Call, TelegramWorld

FAULT_MODES = frozenset(
    {
        "400",
        "403",
        "429",
        "http500",
        "junk",
        "slow",
        "timeout",
        "drop_after_accept",
    }
)
"""What can go wrong with a call, beside its own errors.

`400`, `403`, `429` and `http500` refuse it, `junk` answers 200 with no JSON, `timeout`
does nothing and hangs up later: none of them does the work. `slow` does it late,
`drop_after_accept` does it and hangs up without an answer.
"""

_RETRY_AFTER = 5
_SLOW_MS = 2_000
_TIMEOUT_MS = 60_000
_BY_LOWER_CASE = {name.lower(): (name, method) for name, method in METHODS.items()}


@dataclass(kw_only=True)
class _Visit:
    """One call on its way through; what it learns goes into the log of calls."""

    method: str
    began: float = field(default_factory=time.perf_counter)
    at: float = field(default_factory=lambda: time.time() * 1000)
    error: str | None = None
    chat_id: int | str | None = None


class BotApi:
    """Answers the Bot API's calls for the one bot there is."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world
        world.faults.offer((f"telegram.{name}" for name in METHODS), FAULT_MODES)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the Bot API."""
        verbs = ["GET", "POST"]
        return [
            Route("/bot{token}/{method}", self.call, methods=verbs),
            Route("/file/bot{token}/{path:path}", self.download),
        ]

    async def call(self, request: Request) -> Response:
        """Play one method."""
        if request.path_params["token"] != self._world.token:
            return _refusal(ApiError(401, "Unauthorized"))
        known = _BY_LOWER_CASE.get(request.path_params["method"].lower())
        if known is None:
            return _refusal(ApiError(404, "Not Found"))
        name, method = known
        try:
            raw = await read_body(request)
        except ApiError as error:
            return _refusal(error)
        visit = _Visit(method=name)
        about = str(raw.get("chat_id", ""))
        fault = self._world.faults.take(f"telegram.{name}", about)
        response = await self._answer(method, raw, visit, fault)
        self._remember(visit, response)
        return response

    async def download(self, request: Request) -> Response:
        """Hand out a file's content."""
        stored = self._world.files.at_path(request.path_params["path"])
        if request.path_params["token"] != self._world.token:
            return _refusal(ApiError(401, "Unauthorized"))
        if stored is None:
            return _refusal(ApiError(404, "Not Found"))
        return Response(stored.content, media_type="application/octet-stream")

    async def _answer(
        self, method: Method, raw: Raw, visit: _Visit, fault: Fault | None
    ) -> Response:
        mode = fault.mode if fault else None
        if fault and mode == "timeout":
            visit.error = "fault: timeout"
            return HangUp(
                after_ms=_TIMEOUT_MS if fault.delay_ms is None else fault.delay_ms
            )
        if mode == "junk":
            visit.error = "fault: junk"
            return Response("<html>Bad gateway, but 200</html>")
        try:
            if fault:
                await _spoil(fault)
            result = await self._play(method, raw, visit)
        except ApiError as error:
            visit.error = error.description
            return _refusal(error)
        if mode == "drop_after_accept":
            visit.error = "fault: drop_after_accept"
            return HangUp()
        return JSONResponse({"ok": True, "result": result})

    async def _play(self, method: Method, raw: Raw, visit: _Visit) -> object:
        params = read_parameters(visit.method, raw, method.required, method.optional)
        visit.chat_id = params.get("chat_id")
        return await method.play(self._world, params)

    def _remember(self, visit: _Visit, response: Response) -> None:
        took = (time.perf_counter() - visit.began) * 1000
        call = Call(
            method=visit.method,
            at=round(visit.at, 3),
            took_ms=round(took, 3),
            status=0 if isinstance(response, HangUp) else response.status_code,
            error=visit.error,
            chat_id=visit.chat_id,
        )
        self._world.calls.append(call)


def _refusal(error: ApiError) -> Response:
    return JSONResponse(error.answer(), status_code=error.code)


async def _spoil(fault: Fault) -> None:
    match fault.mode:
        case "400":
            raise bad_request("a fault was asked for")
        case "403":
            raise forbidden("bot was blocked by the user")
        case "429":
            raise too_many_requests(
                _RETRY_AFTER if fault.retry_after is None else fault.retry_after
            )
        case "http500":
            raise ApiError(500, "Internal Server Error")
        case "slow":
            wait = _SLOW_MS if fault.delay_ms is None else fault.delay_ms
            await asyncio.sleep(wait / 1000)
