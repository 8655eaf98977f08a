"""The command line: ``python -m sandbox serve`` and ``python -m sandbox demo``."""

import re
import socket
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sandbox.app import Sandbox
from sandbox.config import Config
from sandbox.demo import DemoFailed, run
from sandbox.demo_settings import Desk
from sandbox.payby.signing import KeysUnusable
from sandbox.pos import StoresUnusable
from sandbox.server import SandboxServer

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)
Port = Annotated[int, typer.Option(min=1, max=65535)]


@cli.callback()
def sandbox() -> None:
    """Play the outside world on your desk: PayBy, a POS and Telegram."""


@cli.command()
def serve(
    data: Annotated[Path, typer.Option(help="Folder for the keys.")],
    port: Port = 9000,
    host: Annotated[str, typer.Option(help="Keep it on loopback.")] = "127.0.0.1",
    product_url: Annotated[
        str | None, typer.Option(help="Where the product answers /readyz.")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0.001, help="How many times faster things fall due.")
    ] = 1.0,
    partner_id: Annotated[
        str, typer.Option(help="The merchant, 12 digits.")
    ] = Config.partner_id,
) -> None:
    """Serve every stand-in on one port until Ctrl-C."""
    if not re.fullmatch(r"\d{12}", partner_id):
        _give_up(f"A Partner-Id has 12 digits; {partner_id!r} has not.")
    config = Config(
        data=data,
        host=host,
        port=port,
        product_url=product_url,
        speed=speed,
        partner_id=partner_id,
    )
    try:
        server = SandboxServer(Sandbox(config))
        listener = socket.create_server((host, port))
    except (KeysUnusable, StoresUnusable) as error:
        _give_up(str(error))
    except OSError as error:
        _give_up(f"The sandbox can't start on {host}:{port} with {data}: {error}.")
    typer.echo(f"Sandbox on http://{host}:{port}/")
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        typer.echo("Sandbox stopped.")


@cli.command()
def demo(
    port: Port = 9000,
    app_port: Port = 8000,
    data: Annotated[
        Path, typer.Option(help="Folder for keys, databases, settings and logs.")
    ] = Path("var"),
    browser: Annotated[bool, typer.Option(help="Open the page.")] = True,  # noqa: FBT002  (typer's way to say a flag)
) -> None:
    """Show it all: sandbox and product side by side, until Ctrl-C."""
    try:
        run(Desk(port=port, app_port=app_port, data=data), browser=browser)
    except DemoFailed as fault:
        _give_up(str(fault))


def _give_up(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    cli()
