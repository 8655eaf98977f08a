"""The self-check of WhatsApp: Twilio's account, the sender and the templates."""

from collections.abc import Sequence
from urllib.parse import urldefrag, urlsplit

import httpx

from bot.channel import SendError
from bot.twilio_client import open_twilio, twilio_errors
from bot.whatsapp_sender import Sender, find_sender
from bot.whatsapp_templates import APPROVED, MISSING, look
from core.database.whatsapp import Template
from webhooks.doctor_lines import Line, error, ok, warning
from webhooks.settings import Settings

_PATIENCE = httpx.Timeout(8, connect=4)
_WRONG_CREDENTIALS = "20003"
_WISHES = "#rp=all&rc=5"
_SYNC = "run `topup whatsapp templates sync`, and wait for Meta"


async def look_at_whatsapp(settings: Settings) -> list[Line]:
    """Tell whether Twilio knows us, and how Meta stands to our sentences."""
    if not settings.has_whatsapp:
        return [ok("Twilio", "is not used: TOPUP_WHATSAPP_SENDER is empty")]
    try:
        templates, sender = await _ask_twilio(settings)
    except SendError as trouble:
        if _WRONG_CREDENTIALS in trouble.why:
            remedy = "copy TOPUP_TWILIO_ACCOUNT_SID and _AUTH_TOKEN from its console"
            return [error("Twilio", "does not accept our account", remedy)]
        remedy = "check TOPUP_TWILIO_URL, _CONTENT_URL and the network"
        return [error("Twilio", f"does not answer: {trouble.why}", remedy)]
    return [
        ok("Twilio", "accepts our account"),
        _line_of_sender(settings, sender),
        templates_line(templates),
    ]


async def _ask_twilio(
    settings: Settings,
) -> tuple[Sequence[Template], Sender | None]:
    token = settings.twilio_auth_token.get_secret_value()
    account = settings.twilio_account_sid
    async with (
        open_twilio(settings.twilio_url, account, token, _PATIENCE) as client,
        twilio_errors(in_doubt_s=0),
    ):
        client.content.base_url = settings.twilio_content_url
        client.messaging.base_url = messaging_url(settings.twilio_url)
        return await look(client), await find_sender(client, settings.whatsapp_sender)


def messaging_url(api_url: str) -> str:
    """Find Twilio's third interface: beside the first, or at the same stand-in."""
    parts = urlsplit(api_url)
    if not parts.netloc.endswith(".twilio.com"):
        return api_url
    host = parts.netloc.removeprefix("api.")
    return f"{parts.scheme}://messaging.{host}"


def _line_of_sender(settings: Settings, sender: Sender | None) -> Line:
    name, number = "sender", settings.whatsapp_sender
    if sender is None:
        remedy = "check TOPUP_WHATSAPP_SENDER against Twilio's list of senders"
        return error(name, f"{number} is not one of this account's", remedy)
    if not sender.is_online:
        remedy = "see Twilio's console: Messaging, Senders"
        return error(name, f"{number} is {sender.status}", remedy)
    where, wishes = urldefrag(sender.posts_to)
    ours = f"{settings.public_url}/twilio/messages"
    remedy = f"set its webhook at Twilio to {ours}{_WISHES}"
    if where != ours:
        says = "are posted somewhere else" if where else "are posted nowhere"
        return error(name, f"{number}'s messages {says}", remedy)
    if f"#{wishes}" != _WISHES:
        return warning(name, "Twilio gives up on a message too early", remedy)
    return ok(name, f"{number} is online, and its messages are posted to us")


def templates_line(templates: Sequence[Template]) -> Line:
    """Judge how Meta stands to our sentences."""
    name = "templates"
    missing = [each.name for each in templates if each.approval == MISSING]
    if missing:
        says = f"{len(missing)} of {len(templates)} are not at Twilio"
        return warning(name, says, _SYNC)
    others = [each for each in templates if each.approval != APPROVED]
    if others:
        says = ", ".join(f"{each.name} is {each.approval}" for each in others)
        return warning(name, says, _SYNC)
    return ok(name, f"all {len(templates)} are approved")
