"""`topup serve`: the server, once all that it needs is there."""

import socket

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from core.database.migrate import newest_version, version_of
from core.payby.signing import KeyFileError
from core.sheet import ShapingError
from webhooks.app import create_app
from webhooks.commands import CommandFailed
from webhooks.logs import configure_logs
from webhooks.settings import Settings

_LONGER_THAN_CALLERS_S = 75
"""How long a connection may idle. Whoever calls, a proxy with its usual minute too,
gives it up before; a call on one that we are just closing would get no answer."""


def serve(settings: Settings) -> None:
    """Run the server until it is told to stop."""
    configure_logs(as_json=settings.log_json)
    _demand_free_port(settings)
    _demand_migrated(settings)
    app = _app(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=_LONGER_THAN_CALLERS_S,
            timeout_graceful_shutdown=5,
        )
    )
    app.state.is_leaving = lambda: server.should_exit
    server.run()
    if not server.started:
        raise CommandFailed("The server did not start; the lines above say why.")


def _app(settings: Settings) -> FastAPI:
    """Make the server; a key or a font that is wrong becomes one sentence."""
    try:
        return create_app(settings)
    except (KeyFileError, ShapingError) as error:
        raise CommandFailed(str(error)) from error


def _demand_migrated(settings: Settings) -> None:
    try:
        version = version_of(settings.database_url)
    except SQLAlchemyError as error:
        raise CommandFailed(
            f"The database does not answer ({type(error).__name__}); is "
            "TOPUP_DATABASE_URL right, and `topup migrate` done?"
        ) from error
    if version != newest_version():
        raise CommandFailed("The database is out of date: run `topup migrate`.")


def _demand_free_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CommandFailed(
                f"Port {settings.port} on {settings.host} cannot be used: "
                f"{error.strerror}. Set TOPUP_PORT to another."
            ) from error
