"""Senders: Twilio's list of the numbers on WhatsApp that an account writes from."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.twilio.door import BASE, base_url, door
from sandbox.twilio.phones import CHANNEL
from sandbox.twilio.twilio_world import Call, TwilioWorld

_SID = "XE" + "0" * 26 + "c0ffee"


class SenderApi:
    """Answers the one call about senders, of which there is one."""

    def __init__(self, world: TwilioWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the route of the list."""
        found = door(self._world, "senders.list", self._list)
        return [Route(f"{BASE}/v2/Channels/Senders", found, methods=["GET"])]

    async def _list(self, request: Request, call: Call) -> Response:
        call.params = dict(request.query_params)
        url = f"{base_url(request)}/v2/Channels/Senders"
        sender = {
            "sid": _SID,
            "status": "ONLINE",
            "sender_id": CHANNEL + self._world.sender,
            "webhook": {
                "callback_url": self._world.webhook_url or None,
                "callback_method": "POST",
                "fallback_url": None,
                "fallback_method": "POST",
                "status_callback_url": None,
                "status_callback_method": "POST",
            },
            "properties": {"quality_rating": "HIGH", "messaging_limit": "1K"},
            "offline_reasons": None,
            "url": f"{url}/{_SID}",
        }
        meta = {
            "key": "senders",
            "page": 0,
            "page_size": 50,
            "url": url,
            "first_page_url": url,
            "previous_page_url": None,
            "next_page_url": None,
        }
        return JSONResponse({"senders": [sender], "meta": meta})
