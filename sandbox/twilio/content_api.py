"""Contents and their approvals: Twilio's Content API."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.twilio.contents import Content
from sandbox.twilio.door import BASE, base_url, door
from sandbox.twilio.errors import ApiError
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.twilio_world import Call, TwilioWorld

_PAGE_SIZE = 50
_LARGEST_PAGE = 500
_LONGEST_NUMBER = 4


class ContentApi:
    """Answers the calls about contents."""

    def __init__(self, world: TwilioWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the contents."""
        path = f"{BASE}/v1/Content"
        one = f"{path}/{{sid}}"
        approval = f"{one}/ApprovalRequests"
        calls = (
            (path, "POST", "content.create", self._create),
            (path, "GET", "content.list", self._list),
            (one, "GET", "content.fetch", self._fetch),
            (one, "DELETE", "content.delete", self._delete),
            (approval, "GET", "approvals.fetch", self._approval),
            (f"{approval}/whatsapp", "POST", "approvals.create", self._submit),
            (f"{BASE}/v1/ContentAndApprovals", "GET", "approvals.list", self._list),
        )
        return [
            Route(where, door(self._world, name, play), methods=[verb])
            for where, verb, name, play in calls
        ]

    async def _create(self, request: Request, call: Call) -> Response:
        call.params = await _json(request)
        content = self._world.contents.create(call.params)
        call.sid = content.sid
        return JSONResponse(self._as_json(content, request), 201)

    async def _fetch(self, request: Request, call: Call) -> Response:
        return JSONResponse(self._as_json(self._content(request, call), request))

    async def _delete(self, request: Request, call: Call) -> Response:
        self._world.contents.delete(self._content(request, call))
        return Response(status_code=204)

    async def _approval(self, request: Request, call: Call) -> Response:
        content = self._content(request, call)
        now = self._world.clock.now_ms()
        return JSONResponse(
            {
                "account_sid": self._world.account,
                "sid": content.sid,
                "url": f"{base_url(request)}/v1/Content/{content.sid}/ApprovalRequests",
                "whatsapp": content.approval_json(now),
            }
        )

    async def _submit(self, request: Request, call: Call) -> Response:
        content = self._content(request, call)
        call.params = await _json(request)
        approval = self._world.contents.submit(content, call.params)
        asked = approval.as_json(self._world.clock.now_ms())
        return JSONResponse(asked | {"status": "received"}, 201)

    async def _list(self, request: Request, call: Call) -> Response:
        call.params = dict(request.query_params)
        size = _number(request, "PageSize", _PAGE_SIZE)
        page = _number(request, "Page", 0)
        if not 1 <= size <= _LARGEST_PAGE:
            raise ApiError(20001, f"PageSize is 1 to {_LARGEST_PAGE}.")
        found = self._world.contents.all()
        shown = found[page * size : (page + 1) * size]
        approvals = call.call == "approvals.list"
        now = self._world.clock.now_ms()
        items = [
            self._as_json(each, request)
            | ({"approval_requests": each.approval_json(now)} if approvals else {})
            for each in shown
        ]
        more = len(found) > (page + 1) * size
        return JSONResponse(
            {
                "contents": items,
                "meta": {
                    "key": "contents",
                    "page": page,
                    "page_size": size,
                    "url": _page_url(request, page, size),
                    "first_page_url": _page_url(request, 0, size),
                    "previous_page_url": (
                        _page_url(request, page - 1, size) if page else None
                    ),
                    "next_page_url": _page_url(request, page + 1, size)
                    if more
                    else None,
                },
            }
        )

    def _content(self, request: Request, call: Call) -> Content:
        call.sid = request.path_params["sid"]
        return self._world.contents.find(request.path_params["sid"])

    def _as_json(self, content: Content, request: Request) -> JsonObject:
        return content.as_json(self._world.account, base_url(request))


async def _json(request: Request) -> JsonObject:
    try:
        found = json.loads(await request.body())
    except ValueError:
        raise ApiError(20001, "The body is not JSON.") from None
    if not isinstance(found, dict):
        raise ApiError(20001, "The body is no JSON object.")
    return found


def _number(request: Request, name: str, otherwise: int) -> int:
    raw = request.query_params.get(name, str(otherwise))
    if not raw.isdecimal() or len(raw) > _LONGEST_NUMBER:
        raise ApiError(20001, f"{name} is a number.")
    return int(raw)


def _page_url(request: Request, page: int, size: int) -> str:
    return str(request.url.replace_query_params(PageSize=size, Page=page))
