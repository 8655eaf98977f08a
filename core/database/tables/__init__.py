"""The rows. Rules live in core.domain; a row only keeps what a rule decided."""

from importlib import import_module
from pkgutil import iter_modules


def declare_all() -> None:
    """Load every table, so that SQLModel's metadata holds them all."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
