"""The self-check of WhatsApp: Twilio's account, the sender and the templates."""

from collections.abc import Sequence

import httpx

from bot.channel import SendError
from bot.twilio_client import open_twilio, twilio_errors
from bot.whatsapp_templates import APPROVED, MISSING, look
from core.database.whatsapp import Template
from webhooks.doctor_lines import Line, error, ok, warning
from webhooks.settings import Settings

_PATIENCE = httpx.Timeout(8, connect=4)
_WRONG_CREDENTIALS = "20003"
_SYNC = "run `topup whatsapp templates sync`, and wait for Meta"


async def look_at_whatsapp(settings: Settings) -> list[Line]:
    """Tell whether Twilio knows us, and how Meta stands to our sentences."""
    if not settings.has_whatsapp:
        return [ok("Twilio", "is not used: TOPUP_WHATSAPP_SENDER is empty")]
    try:
        templates = await _ask_twilio(settings)
    except SendError as trouble:
        if _WRONG_CREDENTIALS in trouble.why:
            remedy = "copy TOPUP_TWILIO_ACCOUNT_SID and _AUTH_TOKEN from its console"
            return [error("Twilio", "does not accept our account", remedy)]
        remedy = "check TOPUP_TWILIO_URL, _CONTENT_URL and the network"
        return [error("Twilio", f"does not answer: {trouble.why}", remedy)]
    return [ok("Twilio", "accepts our account"), _line_of(templates)]


async def _ask_twilio(settings: Settings) -> Sequence[Template]:
    token = settings.twilio_auth_token.get_secret_value()
    account = settings.twilio_account_sid
    async with (
        open_twilio(settings.twilio_url, account, token, _PATIENCE) as client,
        twilio_errors(in_doubt_s=0),
    ):
        client.content.base_url = settings.twilio_content_url
        return await look(client)


def _line_of(templates: Sequence[Template]) -> Line:
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
