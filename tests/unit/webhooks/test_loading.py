"""A command starts quickly: it loads only what it needs."""

import subprocess
import sys

import pytest

COMMANDS = (
    "__main__",
    "limits",
    "commands.payby",
    "commands.database",
    "commands.staff",
    "commands.migrate",
    "commands.telegram",
    "commands.whatsapp",
)
LOADS = "import {module}, sys; print(*sys.modules)"
SETTINGS = {"pydantic_settings", "sqlalchemy"}
SERVER = {"dbos", "fastapi", "uvicorn", "fpdf", "PIL"}
CHATS = {"telegram", "twilio"}


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """What a fresh Python has loaded after each command's module, one after another."""
    script = "\n".join(LOADS.format(module=f"webhooks.{each}") for each in COMMANDS)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (our own script)
    seen = [set(line.split()) for line in done.stdout.splitlines()]
    return dict(zip(COMMANDS, seen, strict=True))


def test_the_command_line_loads_nothing_before_a_command_is_called(loaded):
    assert not loaded["__main__"] & (SETTINGS | SERVER | CHATS)


def test_who_asks_payby_or_for_the_limits_loads_no_database(loaded):
    assert not loaded["commands.payby"] & {"sqlmodel"}


def test_who_works_with_the_database_loads_no_chat_and_no_migrations(loaded):
    assert not loaded["commands.staff"] & (CHATS | {"alembic"})


def test_only_serve_loads_the_server(loaded):
    assert not loaded["commands.whatsapp"] & SERVER
