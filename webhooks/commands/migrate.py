"""`topup migrate`: bring the database to the version of the code."""

from pathlib import Path

import typer
from sqlalchemy.exc import SQLAlchemyError

from core.database.migrate import migrate
from webhooks.commands import CommandFailed
from webhooks.settings import Settings


def migrate_database(settings: Settings) -> None:
    """Bring the database to the version of the code."""
    path = settings.database_url.removeprefix("sqlite:///")
    try:
        if path != settings.database_url:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
    except (SQLAlchemyError, OSError) as error:
        raise CommandFailed(f"The database cannot be migrated: {error}") from error
    typer.echo("The database is up to date.")
