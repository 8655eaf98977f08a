"""`topup whatsapp templates`: the prepared sentences, and Meta's word on them.

Buttons and lists are brought to Twilio with them; those need no approval.

Meta may pause a template at any time, and tells nobody: the server asks every hour.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import whatsapp_shapes
from bot.channel import SendError
from bot.twilio_client import open_twilio, twilio_errors
from bot.whatsapp_shapes import SHAPES, UNNEEDED
from bot.whatsapp_templates import bring, look
from core.database.engine import Database
from core.database.whatsapp import SqlTemplates, Template
from core.domain.gulf import GULF
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed
from webhooks.settings import Settings


def sync_templates(settings: Settings, *, dry_run: bool) -> None:
    """Make what is missing at Twilio, ask for approval, keep and show how all stands.

    A dry run only looks. Raises CommandFailed.
    """
    if not settings.has_whatsapp:
        raise CommandFailed("WhatsApp is off: TOPUP_WHATSAPP_SENDER is empty.")
    try:
        templates = asyncio.run(_sync(settings, dry_run=dry_run))
    except SendError as error:
        raise CommandFailed(f"Twilio does not do it: {error.why}.") from error
    except SQLAlchemyError as error:
        raise CommandFailed("The database does not answer; is it migrated?") from error
    for each in templates:
        if each.name not in SHAPES:
            typer.echo(f"{each.name:<20} {each.approval:<12} {each.sid}".rstrip())
    _tell_shapes(templates)


def show_templates(settings: Settings) -> None:
    """Show how the sentences stood when somebody last looked. Raises CommandFailed."""
    try:
        known = asyncio.run(_known(settings))
    except SQLAlchemyError as error:
        raise CommandFailed("The database does not answer; is it migrated?") from error
    for each, checked_at in known:
        if each.name not in SHAPES:
            at = checked_at.astimezone(GULF).isoformat(" ", "seconds")
            typer.echo(f"{each.name:<20} {each.approval:<12} {each.sid:<34} {at}")
    _tell_shapes([each for each, _ in known])
    if not known:
        typer.echo("Nothing is at Twilio yet: `topup whatsapp templates sync`.")


def _tell_shapes(templates: Sequence[Template]) -> None:
    there = sum(each.approval == UNNEEDED for each in templates)
    typer.echo(f"{'buttons and lists':<20} {there} of {len(SHAPES)} are at Twilio")


async def _known(settings: Settings) -> Sequence[tuple[Template, datetime]]:
    database = Database(settings.database_url)
    try:
        return await SqlTemplates(database, SystemClock()).checked()
    finally:
        await database.close()


async def _sync(settings: Settings, *, dry_run: bool) -> Sequence[Template]:
    """Do it, and return how all sentences, buttons and lists stand."""
    token = settings.twilio_auth_token.get_secret_value()
    async with (
        open_twilio(settings.twilio_url, settings.twilio_account_sid, token) as client,
        twilio_errors(in_doubt_s=0),
    ):
        client.content.base_url = settings.twilio_content_url
        if dry_run:
            return [*await look(client), *await whatsapp_shapes.look(client)]
        templates = [*await bring(client), *await whatsapp_shapes.bring(client)]
    database = Database(settings.database_url)
    try:
        await SqlTemplates(database, SystemClock()).keep(templates)
    finally:
        await database.close()
    return templates
