"""Messages: Twilio's REST API to create, fetch and list them."""

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import Fault
from sandbox.hangup import HangUp
from sandbox.twilio.delivery import written
from sandbox.twilio.door import BASE, door
from sandbox.twilio.errors import AT_ONCE, LATER, ApiError
from sandbox.twilio.letters import Parameters, read_form, read_letter
from sandbox.twilio.messages import API_VERSION, Wanted
from sandbox.twilio.phones import CHANNEL
from sandbox.twilio.twilio_world import Call, TwilioWorld

TARGET = "twilio.messages"
_BEFORE = {"429": 20429, "http500": 20500}
_NAMED = ("timeout", "accept_then_500", "accept_then_timeout")
FAULT_MODES = frozenset(
    {
        *_BEFORE,
        *_NAMED,
        *(str(code) for code in AT_ONCE),
        *(f"fail_{code}" for code in LATER),
    }
)
"""What can go wrong when a message is created, beside its own errors.

`429`, `http500` and a code refuse it, `timeout` does nothing and hangs up later: none
of them does the work. `accept_then_500` and `accept_then_timeout` do it and do not say
so; `fail_` and a code accept it, and the status callback tells that it failed.
"""

_TIMEOUT_MS = 60_000
_PAGE_SIZE = 50
_MOST = 1000
_LIST_PARAMETERS = frozenset(
    {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize"}
    | {"Page", "PageToken"}
)
_DAY = len("2026-11-23")


class MessageApi:
    """Answers the calls about messages."""

    def __init__(self, world: TwilioWorld) -> None:
        self._world = world
        world.faults.offer([TARGET], FAULT_MODES)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the messages."""
        world = self._world
        path = f"{BASE}/{API_VERSION}/Accounts/{{account}}/Messages"
        create = door(world, "messages.create", self._create)
        fetch = door(world, "messages.fetch", self._fetch)
        found = door(world, "messages.list", self._list)
        medium = door(world, "media.fetch", self._medium)
        return [
            Route(f"{path}.json", create, methods=["POST"]),
            Route(f"{path}.json", found, methods=["GET"]),
            Route(f"{path}/{{sid}}.json", fetch, methods=["GET"]),
            Route(f"{path}/{{sid}}/Media/{{medium}}", medium, methods=["GET"]),
        ]

    async def _create(self, request: Request, call: Call) -> Response:
        form = read_form(await request.body())
        to, *_ = form.get("To", [""])
        fault = self._world.faults.take(TARGET, to.removeprefix(CHANNEL))
        if fault and fault.mode == "timeout":
            return _silence(fault)
        if fault and (code := _code_at_once(fault)):
            raise ApiError(code)
        call.params = _as_json(form)
        answer = self._accept(form, call, fault)
        if fault and fault.mode == "accept_then_500":
            raise ApiError(20500)
        if fault and fault.mode == "accept_then_timeout":
            return _silence(fault)
        return answer

    def _accept(self, form: Parameters, call: Call, fault: Fault | None) -> Response:
        world = self._world
        letter = read_letter(form, world.sender, world.contents)
        what = written(letter, world.clock.now_ms())
        message = world.messages.add(
            "outbound-api",
            sender=CHANNEL + world.sender,
            to=letter.to,
            body=what.text,
            media=1 if what.media_url else 0,
            status_callback=letter.status_callback,
        )
        call.sid = message.sid
        answer = JSONResponse(message.as_json(world.account), 201)
        later = fault.mode.removeprefix("fail_") if fault else ""
        world.send_off(message, letter, int(later) if later.isdecimal() else None)
        return answer

    async def _fetch(self, request: Request, call: Call) -> Response:
        call.sid = request.path_params["sid"]
        message = self._world.messages.find(request.path_params["sid"])
        return JSONResponse(message.as_json(self._world.account))

    async def _medium(self, request: Request, call: Call) -> Response:
        call.sid = request.path_params["medium"]
        medium = self._world.media.find(request.path_params["medium"])
        if medium is None:
            raise ApiError(20404)
        return Response(medium.content, media_type=medium.content_type)

    async def _list(self, request: Request, call: Call) -> Response:
        query = request.query_params
        for name in query.keys() - _LIST_PARAMETERS:
            raise ApiError(20001, f"It is {name}.")
        call.params = dict(query)
        wanted = Wanted(
            sender=query.get("From", ""),
            to=query.get("To", ""),
            day=query.get("DateSent", "")[:_DAY],
            first_day=query.get("DateSent>", "")[:_DAY],
            last_day=query.get("DateSent<", "")[:_DAY],
        )
        size = _number(query.get("PageSize", str(_PAGE_SIZE)), 1)
        after = query.get("PageToken", "").removeprefix("PA")
        page, more = self._world.messages.page(wanted, after, size)
        number = _number(query.get("Page", "0"), 0)
        path = request.url.path.removeprefix(BASE)
        following = dict(query) | {
            "PageSize": str(size),
            "Page": str(number + 1),
            "PageToken": f"PA{page[-1].sid}" if page else "",
        }
        return JSONResponse(
            {
                "messages": [each.as_json(self._world.account) for each in page],
                "first_page_uri": f"{path}?{urlencode({'PageSize': size})}",
                "next_page_uri": f"{path}?{urlencode(following)}" if more else None,
                "previous_page_uri": None,
                "uri": f"{path}?{query}",
                "page": number,
                "page_size": size,
                "start": number * size,
                "end": number * size + max(len(page) - 1, 0),
            }
        )


def _code_at_once(fault: Fault) -> int | None:
    code = _BEFORE.get(fault.mode)
    return code or (int(fault.mode) if fault.mode.isdecimal() else None)


def _silence(fault: Fault) -> Response:
    wanted = fault.delay_ms
    return HangUp(after_ms=_TIMEOUT_MS if wanted is None else wanted)


def _number(raw: str, lowest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", raw) or not lowest <= int(raw) <= _MOST:
        raise ApiError(20001, f"A page's size and number end with {_MOST}.")
    return int(raw)


def _as_json(form: Parameters) -> dict[str, object]:
    many = {"MediaUrl", "PersistentAction"}
    return {name: all_ if name in many else all_[0] for name, all_ in form.items()}
