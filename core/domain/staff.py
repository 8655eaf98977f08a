"""Who works at the support desk, and what each may do there."""

import re
from dataclasses import dataclass
from enum import StrEnum

_IDENTITY = re.compile(r"tg:[0-9]{1,20}|wa:[0-9a-f]{16}|\+[0-9]{8,15}")


class Role(StrEnum):
    """What somebody may do at the desk, the least first; each may do the former too."""

    VIEWER = "viewer"  # looks
    AGENT = "agent"  # acts
    SUPERVISOR = "supervisor"  # is the second person where one is needed

    def includes(self, other: "Role") -> bool:
        """Tell whether who has this role may do what the other one may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody at the desk; the same name under two identities is one person."""

    identity: str
    """A chat like tg:123 or wa:0123456789abcdef, or a WhatsApp phone: + and digits."""
    name: str
    role: Role


def is_identity(text: str) -> bool:
    """Tell whether somebody can write to us under that identity."""
    return _IDENTITY.fullmatch(text) is not None
