"""What staff did, for ever: who, when, why, and how things stood before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One act of a person at the desk or at the server."""

    act_id: str
    """The act's own name for ever: the same one again is the same act."""
    who: str
    act: str
    """What was done, in a word: refund, cancel, say …"""
    merchant_order_no: str = ""
    """The order it was done to, if any."""
    subject: str = ""
    """What else it was done to: a store, a member of the desk …"""
    reason: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """An entry as it stands in the books."""

    at: datetime
    entry: AuditEntry
