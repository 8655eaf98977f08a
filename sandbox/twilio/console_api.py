"""What Twilio's console sets and shows: webhook, templates, and both logs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.api import Refused, answer, read
from sandbox.twilio.approvals import Approval
from sandbox.twilio.questions import Decide, SetUp
from sandbox.twilio.screen import phone_state
from sandbox.twilio.signing import Signer
from sandbox.twilio.twilio_world import TwilioWorld

_WHATSAPP = "/sandbox/whatsapp"
_TWILIO = "/sandbox/twilio"


class ConsoleApi:
    """Answers the part of the control API that is no phone's."""

    def __init__(self, world: TwilioWorld) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the console."""
        return [
            Route(_WHATSAPP, self.overview, methods=["GET"]),
            Route(_WHATSAPP, self.set_up, methods=["POST"]),
            Route(f"{_TWILIO}/calls", self.calls),
            Route(f"{_TWILIO}/posts", self.posts),
            Route(f"{_TWILIO}/content", self.contents),
            Route(f"{_TWILIO}/content/{{name}}", self.decide, methods=["POST"]),
        ]

    async def overview(self, request: Request) -> Response:
        """List the phones, and tell about the sender and its webhook."""
        del request
        world, now = self._world, self._world.clock.now_ms()
        unanswered = [
            post.form.get("MessageSid")
            for post in world.posts.log
            if post.kind == "message" and not post.taken
        ]
        webhook = {
            "url": world.webhook_url,
            "signature": world.signer.algorithm,
            "under_way": world.posts.under_way,
            "unanswered": unanswered,
        }
        phones = [phone_state(phone, now) for phone in world.phones.all()]
        return answer({"phones": phones, "sender": world.sender, "webhook": webhook})

    async def set_up(self, request: Request) -> Response:
        """Set what Twilio's console sets."""
        what, world = await read(request, SetUp), self._world
        if what.webhook_url is not None:
            world.webhook_url = what.webhook_url
        if what.signature:
            secret = what.key or world.token
            world.signer = Signer(secret=secret, algorithm=what.signature)
        return await self.overview(request)

    async def calls(self, request: Request) -> Response:
        """List the REST API's calls, oldest first; `call` and `to` narrow it."""
        wanted = request.query_params
        found = [
            each.as_json()
            for each in self._world.calls
            if wanted.get("call") in (None, each.call)
            and wanted.get("to") in (None, each.params.get("To"))
        ]
        return answer({"calls": found})

    async def posts(self, request: Request) -> Response:
        """List the forms posted, oldest first; `kind` and `sid` narrow it."""
        wanted = request.query_params
        found = [
            each.as_json()
            for each in self._world.posts.log
            if wanted.get("kind") in (None, each.kind)
            and wanted.get("sid") in (None, each.form.get("MessageSid"))
        ]
        return answer({"posts": found})

    async def contents(self, request: Request) -> Response:
        """List the contents with their approvals."""
        del request
        now = self._world.clock.now_ms()
        found = [
            {
                "sid": each.sid,
                "friendly_name": each.friendly_name,
                "language": each.language,
                "type": each.kind,
                "status": each.status(now),
            }
            for each in self._world.contents.all()
        ]
        return answer({"content": found})

    async def decide(self, request: Request) -> Response:
        """Approve, reject or pause every template of a sid or a friendly name."""
        what, name = await read(request, Decide), request.path_params["name"]
        found = self._world.contents.called(name)
        if not found:
            raise Refused(404, f"There is no content {name!r}.")
        for each in found:
            each.approval = each.approval or Approval(
                name=each.friendly_name,
                category="UTILITY",
                content_type=each.kind,
                decided_at=0,
            )
            each.approval.by_hand = what.status
            each.approval.objection = what.reason
        return await self.contents(request)
