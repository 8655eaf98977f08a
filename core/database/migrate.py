"""Bring the database to the version of the code."""

from argparse import Namespace
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from core.database.urls import database_url

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Apply every migration that the database has not seen; none left is fine."""
    config = Config(cmd_opts=Namespace(x=[f"url={url}"]))
    config.set_main_option("script_location", str(_SCRIPTS))
    command.upgrade(config, "head")


def newest_version() -> str:
    """Return the version that the code expects."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return str(ScriptDirectory.from_config(config).get_current_head())


def version_of(url: str) -> str | None:
    """Return the version that a database is at; None before its first migration."""
    engine = create_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
