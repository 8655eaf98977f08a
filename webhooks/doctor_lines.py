"""What the self-check says: a line about each thing, with what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from webhooks.findings import Finding


class Level(IntEnum):
    """How a thing is; the worst of all is the exit status, as Nagios counts."""

    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Line:
    """How one thing is, and what to do where it is not well."""

    name: str
    level: Level
    says: str
    remedy: str = ""

    def without(self, secrets: Iterable[str]) -> "Line":
        """Return the line with every one of these texts taken out."""
        says, remedy = self.says, self.remedy
        for secret in secrets:
            says = says.replace(secret, "[secret]")
            remedy = remedy.replace(secret, "[secret]")
        return replace(self, says=says, remedy=remedy)

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return {
            "name": self.name,
            "level": self.level.name.lower(),
            "says": self.says,
            "remedy": self.remedy,
        }


def ok(name: str, says: str) -> Line:
    """Find a thing well."""
    return Line(name, Level.OK, says)


def warning(name: str, says: str, remedy: str) -> Line:
    """Find what works for now."""
    return Line(name, Level.WARNING, says, remedy)


def error(name: str, says: str, remedy: str) -> Line:
    """Find what does not work."""
    return Line(name, Level.ERROR, says, remedy)


def line_of(name: str, finding: Finding, otherwise: Level = Level.ERROR) -> Line:
    """Make a line of what the server itself would find; if not ok, of that level."""
    level = Level.OK if finding.ok else Level.ERROR if finding.vital else otherwise
    return Line(name, level, finding.says, finding.remedy)


def worst(lines: Sequence[Line]) -> Level:
    """Return the worst level of all."""
    return max((line.level for line in lines), default=Level.OK)
