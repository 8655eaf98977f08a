"""Twilio on your desk: its REST API, and the phones with WhatsApp on them.

`TwilioWorld(world)` keeps the state, `twilio_routes(twilio_world)` are the doors to it;
call `reset()` to forget chats, and await `aclose()` when the server stops.
"""

from starlette.routing import BaseRoute

from sandbox.twilio.console_api import ConsoleApi
from sandbox.twilio.content_api import ContentApi
from sandbox.twilio.message_api import MessageApi
from sandbox.twilio.phone_api import PhoneApi
from sandbox.twilio.sender_api import SenderApi
from sandbox.twilio.twilio_world import TwilioWorld

__all__ = ["TwilioWorld", "twilio_routes"]


def twilio_routes(world: TwilioWorld) -> list[BaseRoute]:
    """Return the routes of the REST API and of the phones."""
    return [
        *MessageApi(world).routes(),
        *ContentApi(world).routes(),
        *SenderApi(world).routes(),
        *ConsoleApi(world).routes(),
        *PhoneApi(world).routes(),
    ]
