"""The gateway: PayBy's calls over HTTP, with their envelope, signatures and faults."""

import asyncio
from dataclasses import dataclass
from email.utils import formatdate

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import Fault, Faults
from sandbox.hangup import HangUp
from sandbox.payby.agenda import MINUTE
from sandbox.payby.calls import CALLS, STATEMENT, get_order_statement
from sandbox.payby.codes import CODES, NAMES, Rejected
from sandbox.payby.numbers import new_trace_code
from sandbox.payby.state import PayBy
from sandbox.payby.wire import dumps, loads

BASE = "/sgs/api"

_WINDOW = 15 * MINUTE
_JSON = "application/json;charset=UTF-8"
_INSTEAD = frozenset({"down", "timeout", "http500", "429", "bad_request_sign"})
"""Nothing is done: `down` hangs up at once, `timeout` after a silence."""

_AFTERWARDS = frozenset(
    {"slow", "drop_after_accept", "SYSTEM_ERROR_after_accept", "bad_sign", "no_sign"}
)
"""The work is done, `slow` late, and then the answer goes wrong."""

_CODE_MODES = CODES.keys() - {"SUCCESS"}
_SILENCE_MS = 30_000
_SLOW_MS = 3000


class BadRequestSignature(Rejected):
    """The merchant's signature does not fit the request's bytes."""

    def __init__(self) -> None:
        super().__init__("UNAUTHORIZED", "the signature does not fit the body")


@dataclass(frozen=True)
class File:
    """An answer that is a file; it carries no signature."""

    name: str
    content: bytes


def target(path: str) -> str:
    """Name a call as a fault's target: ``payby.refund.placeOrder``."""
    words = path.split("/")[1:]
    return ".".join(["payby", *(word for word in words if word != "download")])


class Gateway:
    """Answers every call of the one merchant."""

    def __init__(self, payby: PayBy, faults: Faults) -> None:
        self._payby = payby
        self._faults = faults
        targets = map(target, [*CALLS, STATEMENT])
        faults.offer(targets, _INSTEAD | _AFTERWARDS | _CODE_MODES, NAMES)

    def routes(self) -> list[Route]:
        """Everything under ``/sgs/api``."""
        return [Route(f"{BASE}/{{path:path}}", self._call, methods=["POST"])]

    async def _call(self, request: Request) -> Response:
        path = request.path_params["path"]
        name = target(path)
        noted = self._payby.calls.note(name.partition(".")[2], await request.body())
        fault = self._faults.take(name, noted.merchant_order_no)
        answer = await self._answer_or_fault(request, path, fault)
        noted.answered(answer)
        now_s = self._payby.clock.payby_ms() / 1000
        answer.headers["date"] = formatdate(now_s, usegmt=True)
        return answer

    async def _answer_or_fault(
        self, request: Request, path: str, fault: Fault | None
    ) -> Response:
        if fault is not None and (instead := self._instead(fault)) is not None:
            return instead
        if fault is not None and fault.mode == "slow":
            await asyncio.sleep(_wait(fault, _SLOW_MS) / 1000)
        answer = await self._answer(request, path)
        return answer if fault is None else self._spoilt(answer, fault)

    def _instead(self, fault: Fault) -> Response | None:
        """Give what a fault answers without anything being done."""
        if fault.mode in {"down", "timeout"}:
            usual_ms = _SILENCE_MS if fault.mode == "timeout" else 0
            return HangUp(_wait(fault, usual_ms))
        if fault.mode == "http500":
            return Response("Internal Server Error", 500, media_type="text/plain")
        if fault.mode == "429":
            headers = {"Retry-After": str(fault.retry_after or 1)}
            return Response("Too Many Requests", 429, headers, "text/plain")
        if fault.mode == "bad_request_sign":
            return self._refused(BadRequestSignature())
        if fault.mode in _CODE_MODES:
            return self._refused(Rejected(fault.mode))
        return None

    def _spoilt(self, answer: Response, fault: Fault) -> Response:
        """Give what a fault makes of the answer after the work was done."""
        if fault.mode == "drop_after_accept":
            return HangUp(_wait(fault, 0))
        if fault.mode == "SYSTEM_ERROR_after_accept":
            return self._refused(Rejected("SYSTEM_ERROR"))
        if fault.mode == "no_sign":
            del answer.headers["sign"]
        if fault.mode == "bad_sign":
            answer.headers["sign"] = self._payby.keys.sign(b"something else")
        return answer

    async def _answer(self, request: Request, path: str) -> Response:
        try:
            content, request_time = self._open(request, await request.body())
            result = await self._do(path, content, request_time)
        except Rejected as rejected:
            return self._refused(rejected)
        if isinstance(result, File):
            disposition = f'attachment; filename="{result.name}"'
            headers = {"Content-Disposition": disposition}
            return Response(result.content, 200, headers, "application/zip")
        return self._signed({"head": _head("SUCCESS", "0", "SUCCESS"), "body": result})

    def _open(self, request: Request, body: bytes) -> tuple[object, int]:
        """Check the envelope and give bizContent and requestTime; raises Rejected."""
        if request.headers.get("partner-id") != self._payby.merchant.mid:
            raise Rejected("UNAUTHORIZED", "this Partner-Id is not known")
        if not self._payby.keys.merchant_signed(body, request.headers.get("sign", "")):
            raise BadRequestSignature
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if media_type.lower() != "application/json":
            raise Rejected("INVALID_PARAMETER", "Content-Type must be application/json")
        try:
            envelope = loads(body)
        except ValueError as error:
            raise Rejected("INVALID_PARAMETER", f"not JSON: {error}") from None
        if not isinstance(envelope, dict):
            raise Rejected("INVALID_PARAMETER", "the body must be an object")
        request_time = self._request_time(envelope.get("requestTime"))
        return envelope.get("bizContent"), request_time

    def _request_time(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Rejected("INVALID_PARAMETER", "requestTime must be a number of ms")
        now = self._payby.clock.payby_ms()
        if value < now - _WINDOW:
            raise Rejected("REQUESTTIME_TOO_EARLY")
        if value > now + _WINDOW:
            raise Rejected("REQUESTTIME_TOO_LATER")
        return value

    async def _do(
        self, path: str, content: object, request_time: int
    ) -> dict[str, object] | File:
        if path == STATEMENT:
            return File(*await get_order_statement(self._payby, content))
        call = CALLS.get(path)
        if call is None:
            raise Rejected("SERVICE_NOT_AVAILABLE", f"there is no {path}")
        return call(self._payby, content, request_time)

    def _refused(self, rejected: Rejected) -> Response:
        status = "ERROR" if isinstance(rejected, BadRequestSignature) else "FAIL"
        return self._signed({"head": _head(status, rejected.code, rejected.msg)})

    def _signed(self, answer: object) -> Response:
        body = dumps(answer)
        return Response(body, 200, {"sign": self._payby.keys.sign(body)}, _JSON)


def _wait(fault: Fault, usual_ms: int) -> int:
    return usual_ms if fault.delay_ms is None else fault.delay_ms


def _head(apply_status: str, code: str, msg: str) -> dict[str, object]:
    return {
        "applyStatus": apply_status,
        "code": code,
        "msg": msg,
        "traceCode": new_trace_code(),
        "success": apply_status == "SUCCESS",
    }
