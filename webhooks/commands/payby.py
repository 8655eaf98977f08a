"""What the `topup payby` commands do: they ask PayBy one question."""

import asyncio
from dataclasses import asdict
from typing import Any

import typer

from core.domain.errors import GatewayError
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.ping import ping
from core.payby.signing import KeyFileError
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed
from webhooks.merchant import merchant_of
from webhooks.settings import Settings


def known_merchant(settings: Settings) -> Merchant:
    """Say who we are at PayBy. Raises CommandFailed when a key is wrong."""
    try:
        return merchant_of(settings)
    except KeyFileError as error:
        raise CommandFailed(str(error)) from error


def ping_payby(settings: Settings) -> None:
    """Prove keys, Partner-Id, clock and answer signature with one question."""
    merchant = known_merchant(settings)

    async def ask() -> str:
        async with open_http() as http:
            report = await ping(http, merchant, SystemClock())
        if not report.ok:
            raise CommandFailed(report.sentence)
        return f"{report.sentence} ({report.duration_ms} ms)"

    typer.echo(asyncio.run(ask()))


def show_order_at_payby(settings: Settings, merchant_order_no: str) -> None:
    """Show an order as PayBy sees it now (Retrieve Order Detail)."""
    merchant = known_merchant(settings)

    async def ask() -> dict[str, Any]:
        async with open_http() as http:
            client = PayByClient(http, merchant, SystemClock())
            return asdict(await client.get_order(merchant_order_no))

    try:
        facts = asyncio.run(ask())
    except GatewayError as error:
        raise CommandFailed(str(error)) from error
    for name, value in facts.items():
        typer.echo(f"{name}: {value}")
