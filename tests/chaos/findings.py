"""What a comparison of the books finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.chaos.books import Chat


class Defect(StrEnum):
    """What must not be."""

    LOST = "lost credits"
    DOUBLE = "double credits"
    REFUND = "refunds that differ"
    STUCK = "stuck orders"
    UNTOLD = "missing results"
    WITHHELD = "missing results, twice of unknown outcome"
    UNTRUE = "false statements"
    REPEATED = "copies too many"


@dataclass(frozen=True)
class Finding:
    """One defect: where, and what is wrong in one sentence."""

    defect: Defect
    number: str
    phone: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the books say together."""

    orders: int
    paid: int
    refunds: int = 0
    duplicates: int
    """Messages that a payer sees again, though they were to be sent once."""
    marked: int = 0
    """Messages shown once more knowingly, which say so: no payer takes one for news."""
    unknown_ends: int
    withheld: int = 0
    """Results that were shown only when the payer wrote again."""
    findings: tuple[Finding, ...]
    chats: Mapping[str, Chat] = field(default_factory=dict, compare=False)
    """What stands on each phone, to look at beside the findings."""

    def count(self, defect: Defect) -> int:
        """Tell how often a defect was found."""
        return sum(finding.defect is defect for finding in self.findings)

    def phones(self, defect: Defect) -> set[str]:
        """Tell on which phones a defect was found."""
        return {one.phone for one in self.findings if one.defect is defect}
