"""`make chaos`: people top up while the product is killed and the world misbehaves."""

import asyncio
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.chaos.plan import SPEED, Plan, drawn
from tests.chaos.report import evidence, table
from tests.chaos.run import play, take_stock
from tests.world import ACCOUNTS, opened

_QUIET_WITHIN_S = 180
_KILLED_EVERY_S = 12

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def main(
    seed: Annotated[int | None, typer.Option(help="Of a run to do again.")] = None,
    orders: Annotated[int, typer.Option(min=1, help="How many top-ups.")] = 300,
    seconds: Annotated[int, typer.Option(min=1, help="Within how long.")] = 60,
) -> None:
    """Run chaos, compare the books, and print what they say."""
    if seed is None:
        seed = secrets.randbelow(10**9)
    typer.echo(f"Seed {seed}.")
    plan = drawn(
        seed,
        orders=orders,
        seconds=seconds,
        kills=max(1, round(seconds / _KILLED_EVERY_S)),
        accounts=ACCOUNTS,
    )
    folder = Path(tempfile.mkdtemp(prefix="chaos-")).resolve()
    if _is_sound(plan, folder):
        shutil.rmtree(folder)
    else:
        raise typer.Exit(1)


def _is_sound(plan: Plan, folder: Path) -> bool:
    with opened(folder, rehearsal_speed=SPEED) as world:
        payers = asyncio.run(play(world, plan))
        typer.echo("All have done what they wanted; waiting until it is quiet ...")
        found = take_stock(world, payers, _QUIET_WITHIN_S)
        for line in table(plan, found):
            typer.echo(line)
        if found.findings:
            for line in evidence(found, world.desk):
                typer.echo(line)
    return not found.findings


if __name__ == "__main__":
    cli()
