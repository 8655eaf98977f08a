"""The self-check of what is on this machine: settings, keys, databases, text, disk."""

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from core.database.engine import Database
from core.domain.gulf import GULF
from core.payby.signing import KeyFileError, load_private_key, load_public_key
from core.sheet import ShapingError, check_shaping
from webhooks.clock import SystemClock
from webhooks.disk import places, room
from webhooks.doctor_lines import Level, Line, error, line_of, ok, warning
from webhooks.limits import ceilings_of
from webhooks.looks import look_at_books, look_at_database
from webhooks.settings import BadSettings, Environment, Settings, read_settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_GULF_HOURS = 4
_PATIENCE_S = 4
_MAKE_KEY = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
_PKCS8 = b"-----BEGIN PRIVATE KEY-----"


def read(env_file: Path) -> tuple[Settings | None, Line]:
    """Read the settings, and say whether they can work."""
    try:
        settings = read_settings(env_file)
    except BadSettings as bad:
        faults = str(bad).splitlines()[1:]
        says = "; ".join(fault.strip() for fault in faults)
        return None, error("settings", says, f"mend them in {env_file}")
    if _is_open_to_others(env_file):
        says = f"{env_file} can be read by others on this machine"
        return settings, warning("settings", says, f"chmod 600 {env_file}")
    return settings, ok("settings", f"can work, for {settings.environment}")


def look_at_text() -> list[Line]:
    """Prove fonts and shaping, and the time zone that payers live by."""
    lines = []
    try:
        check_shaping()
    except ShapingError as trouble:
        remedy = "the card could not be read; install the packages again"
        lines.append(error("fonts", str(trouble), remedy))
    else:
        lines.append(ok("fonts", "Arabic and English are shaped and have their glyphs"))
    now = datetime.now(UTC).astimezone(GULF)
    offset = now.utcoffset()
    if offset is None or offset.total_seconds() != _GULF_HOURS * 3600:
        remedy = "install the system's tzdata again"
        lines.append(error("time zone", f"Asia/Dubai is taken for {offset}", remedy))
    else:
        lines.append(ok("time zone", f"it is {now:%H:%M} in Dubai"))
    return lines


def look_at_keys(settings: Settings) -> list[Line]:
    """Tell whether both key files can be used and are not the same pair.

    That our private key belongs to the public one at PayBy only PayBy can tell.
    """
    ours, theirs = settings.payby_merchant_key_file, settings.payby_public_key_file
    try:
        private = load_private_key(ours)
    except KeyFileError as trouble:
        remedy = f"make one: {_MAKE_KEY}"
        return [error("our key", str(trouble), remedy)]
    lines = [_line_of_private_key(ours, private.key_size)]
    try:
        public = load_public_key(theirs)
    except KeyFileError as trouble:
        remedy = "download PayBy's public key from its merchant portal"
        return [*lines, error("PayBy's key", str(trouble), remedy)]
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if private.public_key().public_bytes(*form) == public.public_bytes(*form):
        says = f"{theirs} holds our own public key, not PayBy's"
        remedy = "download PayBy's public key from its merchant portal"
        return [*lines, error("PayBy's key", says, remedy)]
    return [*lines, ok("PayBy's key", f"RSA, {public.key_size} bits")]


def _line_of_private_key(file: Path, bits: int) -> Line:
    if _is_open_to_others(file):
        says = f"{file} can be read by others on this machine"
        return warning("our key", says, f"chmod 600 {file}")
    if _PKCS8 not in file.read_bytes():
        says = f"RSA, {bits} bits, but not PKCS#8"
        return warning("our key", says, f"openssl pkcs8 -topk8 -nocrypt -in {file}")
    return ok("our key", f"RSA, {bits} bits, PKCS#8")


async def look_at_databases(settings: Settings) -> list[Line]:
    """Tell whether both databases answer, and ours is up to date. Creates none.

    Where it is, also whether its books were compared.
    """
    return [
        *await _look_at_ours(settings.database_url),
        await _look_at_the_engines(settings.engine_database_url),
    ]


async def _look_at_ours(url: str) -> list[Line]:
    if _is_missing(url):
        return [error("database", "is not there", "run `topup migrate`")]
    database, clock = Database(url), SystemClock()
    try:
        finding = await look_at_database(database, clock, "doctor")
        lines = [line_of("database", finding)]
        if finding.ok:
            books = await look_at_books(database, clock)
            lines.append(line_of("books", books, Level.WARNING))
    finally:
        await database.close()
    return lines


async def _look_at_the_engines(url: str) -> Line:
    name = "engine's database"
    if _is_missing(url):
        return ok(name, "is not there yet: `topup serve` makes it")
    database = Database(url)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await database.read(lambda session: session.connection().execute(_ONE))
    except (SQLAlchemyError, TimeoutError) as trouble:
        says = f"does not answer ({type(trouble).__name__})"
        remedy = "is it running, and TOPUP_ENGINE_DATABASE_URL right?"
        return error(name, says, remedy)
    finally:
        await database.close()
    return ok(name, "answers")


_ONE = text("select 1")


def look_at_disk(settings: Settings) -> Line:
    """Tell how much room is left for what we write. Blocks for a moment."""
    where = places(settings.database_url, settings.engine_database_url)
    there = {
        name: at for name, at in where.items() if isinstance(at, int) or at.exists()
    }
    return line_of("disk", room(there), Level.WARNING)


def look_at_limits(settings: Settings) -> Line:
    """Tell whether anything bounds what one payer or account may top up."""
    is_real = settings.environment is Environment.PRODUCTION
    if is_real and ceilings_of(settings).are_none:
        remedy = "set TOPUP_PAYER_DAY_MAXIMUM and others; see `topup limits`"
        return warning("limits", "only single orders are bounded", remedy)
    return ok("limits", "as `topup limits` shows")


def _is_missing(url: str) -> bool:
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return bool(is_file) and not Path(str(parsed.database)).exists()


def _is_open_to_others(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & _OTHERS)
    except OSError:
        return False
