"""Bring the database to the version of the code."""

from argparse import Namespace
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, make_url

_SCRIPTS = Path(__file__).parent / "migrations"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


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


def sync_url(url: str) -> URL:
    """Return the URL for a plain, blocking connection."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS[parsed.get_backend_name()])
