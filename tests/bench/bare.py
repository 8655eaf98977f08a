"""The floor of what goes out: a bare client that sends to both networks' stand-ins."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Sequence

import httpx

from tests.bench.payments import Payer
from tests.bench.stage import Stage
from tests.networks import TELEGRAM
from webhooks.settings import Settings, read_settings

_CONNECTIONS = 16
_TEXT = "A result, about as long as the ones that payers get. " * 4


async def sends_per_second(stage: Stage, to: Sequence[Payer], count: int) -> float:
    """Send so many messages, in turn to each; return how many went in a second."""
    settings = read_settings(stage.data / "demo.env")
    waiting = iter([to[number % len(to)] for number in range(count)])
    async with httpx.AsyncClient(trust_env=False) as http:

        async def send_some() -> None:
            for payer in waiting:
                answer = await http.send(_message(http, settings, payer))
                answer.raise_for_status()

        started = time.perf_counter()
        await asyncio.gather(*(send_some() for _ in range(_CONNECTIONS)))
        return count / (time.perf_counter() - started)


def _message(
    http: httpx.AsyncClient, settings: Settings, payer: Payer
) -> httpx.Request:
    if payer.network == TELEGRAM:
        token = settings.telegram_token.get_secret_value()
        url = f"{settings.telegram_url}/bot{token}/sendMessage"
        said = {"chat_id": payer.phone, "text": _TEXT}
        return http.build_request("POST", url, data=said)
    sid = settings.twilio_account_sid
    secret = settings.twilio_auth_token.get_secret_value()
    login = b64encode(f"{sid}:{secret}".encode()).decode()
    said = {
        "To": f"whatsapp:{payer.phone}",
        "From": f"whatsapp:{settings.whatsapp_sender}",
        "Body": _TEXT,
    }
    return http.build_request(
        "POST",
        f"{settings.twilio_url}/2010-04-01/Accounts/{sid}/Messages.json",
        data=said,
        headers={"Authorization": f"Basic {login}"},
    )
