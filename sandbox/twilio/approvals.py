"""Approval of a content as a WhatsApp template: what is asked, and what comes of it."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox.twilio.content_types import SESSION_ONLY
from sandbox.twilio.errors import ApiError
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.placeholders import PLACEHOLDER, names_in

Status: TypeAlias = Literal[
    "unsubmitted", "pending", "approved", "rejected", "paused", "disabled"
]

DECIDED_AFTER_MS = 10_000
"""How long a decision takes, on a clock of normal speed; at Meta, up to a day."""

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_CATEGORIES = frozenset({"UTILITY", "MARKETING", "AUTHENTICATION"})
_ADJACENT = re.compile(r"\}\}\s*\{\{")
_MOST_PLACEHOLDERS = 100


@dataclass(kw_only=True)
class Approval:
    """A request to approve a content, and where it stands."""

    name: str
    category: str
    content_type: str
    decided_at: int
    """When the decision falls, ms since the epoch."""

    objection: str = ""
    """Why it will be rejected; empty when it will be approved."""

    by_hand: Status | None = None
    """What the control API has made of it, until it says otherwise."""

    def status(self, now: int) -> Status:
        """Tell where it stands."""
        if self.by_hand:
            return self.by_hand
        if now < self.decided_at:
            return "pending"
        return "rejected" if self.objection else "approved"

    def as_json(self, now: int) -> JsonObject:
        """Return it in Twilio's fields."""
        status = self.status(now)
        return {
            "type": "whatsapp",
            "name": self.name,
            "category": self.category,
            "content_type": self.content_type,
            "status": status,
            "rejection_reason": self.objection if status == "rejected" else "",
            "allow_category_change": True,
        }


def unsubmitted(content_type: str) -> JsonObject:
    """Return what stands where nothing was asked yet."""
    return {
        "type": "whatsapp",
        "name": "",
        "category": "",
        "content_type": content_type,
        "status": "unsubmitted",
        "rejection_reason": "",
        "allow_category_change": True,
    }


def check_request(name: object, category: object, content_type: str) -> None:
    """Refuse a request that would not get to Meta; raises ApiError."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError(
            20001, "The name has lower-case letters, digits and underscores."
        )
    if category not in _CATEGORIES:
        raise ApiError(20001, f"The category is one of {', '.join(_CATEGORIES)}.")
    if content_type in SESSION_ONLY:
        raise ApiError(20001, f"{content_type} cannot be approved.")


def objection(fields: JsonObject, samples: JsonObject) -> str:
    """Tell what Meta will have against a template; empty when nothing."""
    body = str(fields.get("body", "")).strip()
    places = PLACEHOLDER.findall(body)
    without = [name for name in names_in(fields) if not samples.get(name)]
    if without:
        return f"There is no sample for {', '.join(sorted(without))}."
    if body.startswith("{{") or body.endswith("}}"):
        return "The body begins or ends with a variable."
    if _ADJACENT.search(body):
        return "Two variables stand side by side."
    if len(places) > _MOST_PLACEHOLDERS:
        return f"There are more than {_MOST_PLACEHOLDERS} variables."
    words = len(PLACEHOLDER.sub(" ", body).split())
    if places and words < 2 * len(places) + 1:
        return "There are too many variables for so few words."
    return ""
