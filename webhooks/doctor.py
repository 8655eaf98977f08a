"""`topup doctor`: looks at all that we need, and says what to do.

It looks also where settings are wrong, and beside a server that runs. No secret is in
any of its lines. The exit status is 0 when all is well, 1 with a warning, 2 with an
error.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import typer
from pydantic import SecretStr
from sqlalchemy import make_url

from webhooks import doctor_here as here
from webhooks import doctor_world as world
from webhooks.doctor_lines import Line, error, worst
from webhooks.doctor_whatsapp import look_at_whatsapp
from webhooks.settings import Settings

_PATIENCE_S = 20
_SHORTEST_SECRET = 6

Look = Callable[[Settings], Awaitable[Sequence[Line]]]


def doctor(env_file: Path, *, as_json: bool) -> int:
    """Look at everything, show it, and return the exit status."""
    lines = asyncio.run(examine(env_file))
    level = worst(lines)
    if as_json:
        found = [line.as_json() for line in lines]
        whole = {"level": level.name.lower(), "lines": found}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            typer.echo(f"{line.level.name.lower():<9}{line.name:<19}{line.says}")
            if line.remedy:
                typer.echo(f"{'':<28}→ {line.remedy}")
    return int(level)


async def examine(env_file: Path) -> list[Line]:
    """Look at everything that can be looked at; the settings come first."""
    settings, first = here.read(env_file)
    lines = [first, *here.look_at_text()]
    if settings is None:
        return lines
    looks: tuple[tuple[str, Look], ...] = (
        ("keys", _keys),
        ("address", world.look_at_address),
        ("PayBy", world.look_at_gateway),
        ("Telegram", world.look_at_telegram),
        ("Twilio", look_at_whatsapp),
        ("databases", here.look_at_databases),
        ("disk and limits", _rest),
    )
    looking = (_looked(name, look, settings) for name, look in looks)
    found = await asyncio.gather(*looking)
    lines += [line for some in found for line in some]
    secrets = _secrets(settings)
    return [line.without(secrets) for line in lines]


async def _looked(name: str, look: Look, settings: Settings) -> Sequence[Line]:
    """Look at one thing; what goes wrong with that is told without its words."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await look(settings)
    except Exception as trouble:  # noqa: BLE001  (one look must not end the others)
        says = f"could not be looked at: {type(trouble).__name__}"
        return [error(name, says, "tell the developers")]


async def _keys(settings: Settings) -> Sequence[Line]:
    return await asyncio.to_thread(here.look_at_keys, settings)


async def _rest(settings: Settings) -> Sequence[Line]:
    disk = await asyncio.to_thread(here.look_at_disk, settings)
    return [disk, here.look_at_limits(settings)]


def _secrets(settings: Settings) -> list[str]:
    """Return what no line may hold, the longest first."""
    values = (value for _, value in settings)
    secrets = [v.get_secret_value() for v in values if isinstance(v, SecretStr)]
    urls = settings.database_url, settings.engine_database_url
    secrets += [make_url(url).password or "" for url in urls]
    return sorted((s for s in secrets if len(s) >= _SHORTEST_SECRET), key=len)[::-1]
