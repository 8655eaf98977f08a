"""Everything the Twilio stand-in keeps in mind, in one place."""

from collections import deque
from dataclasses import asdict, dataclass, field

import httpx

from sandbox.twilio.contents import Contents
from sandbox.twilio.delivery import Delivery
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.letters import Letter
from sandbox.twilio.media import Media
from sandbox.twilio.messages import Message, Messages
from sandbox.twilio.phones import Phones
from sandbox.twilio.posts import Posts
from sandbox.twilio.signing import Signer
from sandbox.twilio.statuses import Statuses
from sandbox.world import World

_CALLS_KEPT = 20_000


@dataclass(kw_only=True)
class Call:
    """One call of the REST API, without its credentials."""

    call: str
    """What was asked: messages.create, content.fetch …"""

    at: float
    """When it began, ms since the epoch."""

    took_ms: float = 0.0
    status: int = 0
    """The HTTP status; 0 when a fault closed the connection without an answer."""

    code: int | None = None
    """Twilio's error code, of a refusal."""

    params: JsonObject = field(default_factory=dict)
    sid: str | None = None

    def as_json(self) -> JsonObject:
        """Return the call as the control API shows it."""
        return asdict(self)


class TwilioWorld:
    """Twilio's servers and the phones with WhatsApp, for one account."""

    def __init__(self, world: World) -> None:
        config = world.config
        self.account = config.twilio_account_sid
        self.token = config.twilio_auth_token
        self.sender = config.whatsapp_sender
        self.clock = world.clock
        self.faults = world.faults
        self._http = httpx.AsyncClient(
            trust_env=False, limits=httpx.Limits(max_connections=None)
        )
        self.webhook_url = ""
        """Where inbound messages go; empty: nowhere."""

        self.signer = Signer(secret=self.token)
        self.posts = Posts(world.clock, self._http)
        self.media = Media(self._http)
        self.phones = Phones(world.clock, world.events)
        self.messages = Messages(world.clock)
        self.contents = Contents(world.clock)
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.statuses = Statuses(
            self.account, self.posts, world.faults, lambda: self.signer
        )
        self.delivery = Delivery(
            clock=world.clock,
            messages=self.messages,
            phones=self.phones,
            media=self.media,
            statuses=self.statuses,
        )

    def reset(self) -> None:
        """Forget phones, messages, media, calls and posts; what was set up stays."""
        self.posts.clear()
        self.statuses.clear()
        self.phones.clear()
        self.messages.clear()
        self.media.clear()
        self.calls.clear()

    async def aclose(self) -> None:
        """Stop what is under way and close all connections."""
        await self.posts.aclose()
        await self._http.aclose()

    def send_off(self, message: Message, letter: Letter, code: int | None) -> None:
        """Let an accepted message go its way."""
        self.posts.begin(self.delivery.bring(message, letter, code))
