"""The `topup` command: run the server, and everything around running it.

A command loads what it needs when it is called: all of it would take two seconds.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.domain.staff import Role
from webhooks.commands import CommandFailed

if TYPE_CHECKING:
    from webhooks.settings import Settings

cli = typer.Typer(
    help="Top up online accounts with cash, from a chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
stores = typer.Typer(help="The stores that take cash.", no_args_is_help=True)
accounts = typer.Typer(help="The online accounts.", no_args_is_help=True)
telegram = typer.Typer(help="The bot at Telegram.", no_args_is_help=True)
payby = typer.Typer(help="PayBy.", no_args_is_help=True)
whatsapp = typer.Typer(help="The bot on WhatsApp.", no_args_is_help=True)
templates = typer.Typer(help="The sentences Meta approves.")
support = typer.Typer(help="Who works at the support desk.", no_args_is_help=True)
audit = typer.Typer(help="What staff did.", no_args_is_help=True)
whatsapp.add_typer(templates, name="templates")
for name, group in (
    ("stores", stores),
    ("accounts", accounts),
    ("telegram", telegram),
    ("payby", payby),
    ("whatsapp", whatsapp),
    ("support", support),
    ("audit", audit),
):
    cli.add_typer(group, name=name)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


@cli.callback()
def choose_settings(
    context: typer.Context,
    env_file: Annotated[Path, typer.Option(help="The file with the settings.")] = Path(
        ".env"
    ),
) -> None:
    """Top up online accounts with cash, from a chat."""
    context.obj = env_file


def _settings(context: typer.Context) -> "Settings":
    from webhooks.settings import read_settings

    return read_settings(context.obj)


@cli.command()
def serve(context: typer.Context) -> None:
    """Run the server until it is told to stop."""
    from webhooks.commands import serve

    serve.serve(_settings(context))


@cli.command()
def migrate(context: typer.Context) -> None:
    """Bring the database to the version of the code."""
    from webhooks.commands import migrate

    migrate.migrate_database(_settings(context))


@stores.command("import")
def import_stores(context: typer.Context, file: File) -> None:
    """Let the stores of a CSV or GeoJSON file be the stores: all or nothing."""
    from webhooks.commands import database

    database.import_stores(_settings(context), file)


@accounts.command("import")
def import_accounts(context: typer.Context, file: File) -> None:
    """Add or update the accounts of a CSV file (id,name,status)."""
    from webhooks.commands import database

    database.import_accounts(_settings(context), file)


@cli.command("order")
def show_order(context: typer.Context, merchant_order_no: str) -> None:
    """Show an order of ours and its timeline: all that happened, oldest first."""
    from webhooks.commands import database

    database.show_order(_settings(context), merchant_order_no)


@cli.command("cases")
def show_cases(context: typer.Context) -> None:
    """Show the newest open cases for support, newest first."""
    from webhooks.commands import database

    database.show_cases(_settings(context))


@cli.command("doctor")
def examine(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Look at all that we need; exit 0 if well, 1 with warnings, 2 with errors."""
    from webhooks.doctor import doctor

    raise typer.Exit(doctor(context.obj, as_json=as_json))


@cli.command("limits")
def limits(context: typer.Context) -> None:
    """Show how much may be topped up, and how fast."""
    from webhooks.limits import show_limits

    show_limits(_settings(context))


@cli.command()
def reconcile(
    context: typer.Context,
    *,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Gulf time; else the last."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A file for the differences.")
    ] = None,
) -> None:
    """Compare a day of PayBy's statement with our books; ends with 3 if they differ."""
    from webhooks.commands import reconcile

    reconcile.reconcile(_settings(context), day and day.date(), csv)


@telegram.command("set-webhook")
def set_webhook(context: typer.Context) -> None:
    """Let Telegram post updates to us, and show our commands in its menu."""
    from webhooks.commands import telegram

    telegram.set_webhook(_settings(context))


@telegram.command("delete-webhook")
def delete_webhook(context: typer.Context) -> None:
    """Let Telegram keep updates until they are fetched by polling."""
    from webhooks.commands import telegram

    telegram.delete_webhook(_settings(context))


@templates.callback(invoke_without_command=True)
def show_templates(context: typer.Context) -> None:
    """Show the sentences that Meta approves, and how they stood when last asked."""
    if context.invoked_subcommand is None:
        from webhooks.commands import whatsapp

        whatsapp.show_templates(_settings(context))


@templates.command("sync")
def sync_templates(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option(help="Only look and show.")] = False,
) -> None:
    """Make what is missing at Twilio, ask for approval, and show how all stands."""
    from webhooks.commands import whatsapp

    whatsapp.sync_templates(_settings(context), dry_run=dry_run)


@payby.command()
def ping(context: typer.Context) -> None:
    """Prove keys, Partner-Id, clock and answer signature with one question."""
    from webhooks.commands import payby

    payby.ping_payby(_settings(context))


@payby.command("order")
def show_order_at_payby(context: typer.Context, merchant_order_no: str) -> None:
    """Show an order as PayBy sees it now (Retrieve Order Detail)."""
    from webhooks.commands import payby

    payby.show_order_at_payby(_settings(context), merchant_order_no)


@support.command("add")
def add_support(
    context: typer.Context,
    identity: Annotated[
        str, typer.Argument(help="tg:123456789, +971500000001 (WhatsApp), or wa:….")
    ],
    name: str,
    role: Role,
) -> None:
    """Let somebody work at the desk, or give them another name or role."""
    from webhooks.commands import staff

    staff.add_support(_settings(context), identity, name, role)


@support.command("remove")
def remove_support(context: typer.Context, identity: str) -> None:
    """Let somebody not work at the desk any more, from this moment on."""
    from webhooks.commands import staff

    staff.remove_support(_settings(context), identity)


@support.command("list")
def list_support(context: typer.Context) -> None:
    """Show who works at the desk, by name."""
    from webhooks.commands import staff

    staff.list_support(_settings(context))


@audit.command("export")
def export_audit(
    context: typer.Context,
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day, Gulf time.")
    ] = datetime(2026, 1, 1),  # noqa: DTZ001  (a day; older than the product)
) -> None:
    """Write what staff did as CSV, oldest first."""
    from webhooks.commands import staff

    staff.export_audit(_settings(context), since.date())


def main() -> None:
    """Run the command line; what the user can mend is one sentence, no traceback."""
    try:
        cli()
    except CommandFailed as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
