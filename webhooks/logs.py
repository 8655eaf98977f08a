"""Logs: one line an event, and nothing secret in any of them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_BOT_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_PHONE = re.compile(r"(?<![\w.-])\+\d{8,15}\b")
_QUIET = (
    "alembic",
    "fontTools",
    "fpdf",
    "httpcore",
    "httpx",
    "telegram",
    "uvicorn.access",
)

Event = MutableMapping[str, Any]


def configure_logs(*, as_json: bool) -> None:
    """Send our events and those of libraries to standard error, in one form."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    form = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                form,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    engine = logging.getLogger("dbos")
    engine.handlers, engine.propagate = [handler], False  # else it brings its own
    engine.filters = [_OncePerSecond()]
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _OncePerSecond(logging.Filter):
    """Lets each place in the engine's code warn once a second.

    While its database is away, every queue would warn at every look, thirty times a
    second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._warned_at: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place = (record.pathname, record.lineno)
        if record.levelno != logging.WARNING:
            return True
        if record.created - self._warned_at.get(place, 0.0) < 1:
            return False
        self._warned_at[place] = record.created
        return True


def without_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Take bot tokens and phone numbers out of whatever a line says."""
    return {_cleaned(name): _clean(value) for name, value in event.items()}


def without_tokens(text: str) -> str:
    """Take bot tokens out of a text."""
    return _BOT_TOKEN.sub("[token]", text)


def _clean(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {_cleaned(str(name)): _clean(item) for name, item in value.items()}
        case list() | tuple() | set():
            return [_clean(item) for item in value]
        case str():
            return _cleaned(value)
        case _:
            return _cleaned(repr(value))


def _cleaned(text: str) -> str:
    return _PHONE.sub("[phone]", without_tokens(text))
