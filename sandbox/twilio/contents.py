"""Contents as Twilio's Content API keeps them, with their approvals."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.clock import Clock
from sandbox.twilio.approvals import (
    DECIDED_AFTER_MS,
    Approval,
    Status,
    check_request,
    objection,
    unsubmitted,
)
from sandbox.twilio.content_types import SESSION_ONLY, check_types, chosen
from sandbox.twilio.errors import ApiError
from sandbox.twilio.json_types import JsonObject
from sandbox.twilio.placeholders import names_in, well_formed

_FIELDS = frozenset({"friendly_name", "language", "variables", "types"})
_APPROVAL_FIELDS = frozenset({"name", "category", "allow_category_change"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


@dataclass(kw_only=True)
class Content:
    """One content, in one language; times are ms since the epoch."""

    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    """A sample for each placeholder."""

    types: JsonObject
    created_at: int
    approval: Approval | None = None

    @property
    def kind(self) -> str:
        """The type that WhatsApp shows."""
        return chosen(self.types)

    @property
    def fields(self) -> JsonObject:
        """What stands under that type."""
        fields: JsonObject = self.types[self.kind]
        return fields

    @property
    def placeholders(self) -> set[str]:
        """The names of the values that a message must give."""
        return names_in(self.types)

    def status(self, now: int) -> Status:
        """Tell whether it is approved."""
        return self.approval.status(now) if self.approval else "unsubmitted"

    def may_open(self, now: int) -> bool:
        """Tell whether it may be sent to a person who has not written for a day."""
        return self.kind not in SESSION_ONLY and self.status(now) == "approved"

    def approval_json(self, now: int) -> JsonObject:
        """Return how its approval stands, in Twilio's fields."""
        return self.approval.as_json(now) if self.approval else unsubmitted(self.kind)

    def as_json(self, account: str, base_url: str) -> JsonObject:
        """Return Twilio's Content resource."""
        url = f"{base_url}/v1/Content/{self.sid}"
        made = f"{datetime.fromtimestamp(self.created_at // 1000, UTC):%FT%TZ}"
        return {
            "account_sid": account,
            "date_created": made,
            "date_updated": made,
            "friendly_name": self.friendly_name,
            "language": self.language,
            "links": {
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
                "approval_fetch": f"{url}/ApprovalRequests",
            },
            "sid": self.sid,
            "types": self.types,
            "url": url,
            "variables": self.variables,
        }


class Contents:
    """Every content of the account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Content] = {}
        self._names: set[tuple[str, str]] = set()

    def all(self) -> list[Content]:
        """Return every content, the oldest first."""
        return list(self._all.values())

    def create(self, given: JsonObject) -> Content:
        """Make a content of the JSON of a call; raises ApiError."""
        read = _without_nulls(given)
        for name in read.keys() - _FIELDS:
            raise ApiError(20001, f"It is {name}.")
        types, variables = read.get("types"), read.get("variables", {})
        language = read.get("language")
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise ApiError(20001, "The language is a code like en or en_US.")
        if not isinstance(types, dict) or not well_formed(types):
            raise ApiError(20001, "There are no types, or a placeholder is malformed.")
        if not _are_samples(variables):
            raise ApiError(20001, "The variables are an object of texts.")
        check_types(types)
        content = Content(
            sid=f"HX{secrets.token_hex(16)}",
            friendly_name=str(read.get("friendly_name", "")),
            language=language,
            variables=variables,
            types=types,
            created_at=self._clock.now_ms(),
        )
        self._all[content.sid] = content
        return content

    def find(self, sid: str) -> Content:
        """Return a content; raises ApiError 20404."""
        try:
            return self._all[sid]
        except KeyError:
            raise ApiError(20404, f"There is no content {sid}.") from None

    def called(self, name: str) -> list[Content]:
        """Return the contents of this sid or friendly name."""
        return [each for each in self.all() if name in (each.sid, each.friendly_name)]

    def delete(self, content: Content) -> None:
        """Delete a content; the name of its template stays taken."""
        del self._all[content.sid]

    def submit(self, content: Content, given: JsonObject) -> Approval:
        """Ask for a content's approval; raises ApiError."""
        read = _without_nulls(given)
        for name in read.keys() - _APPROVAL_FIELDS:
            raise ApiError(20001, f"It is {name}.")
        check_request(read.get("name"), read.get("category"), content.kind)
        if content.approval:
            raise ApiError(20001, "The content was submitted before.")
        key = (read["name"], content.language)
        if key in self._names:
            raise ApiError(20001, "The name is taken in this language.")
        self._names.add(key)
        wait = self._clock.shortened(DECIDED_AFTER_MS)
        content.approval = Approval(
            name=read["name"],
            category=read["category"],
            content_type=content.kind,
            decided_at=self._clock.now_ms() + wait,
            objection=objection(content.fields, content.variables),
        )
        return content.approval


def _are_samples(variables: object) -> bool:
    return isinstance(variables, dict) and all(
        isinstance(each, str) for each in variables.values()
    )


def _without_nulls(given: object) -> JsonObject:
    """Leave out what is null: Twilio's library writes every field it knows."""

    def rest(value: object) -> object:
        if isinstance(value, dict):
            return {
                name: rest(each) for name, each in value.items() if each is not None
            }
        if isinstance(value, list):
            return [rest(each) for each in value]
        return value

    found = rest(given)
    return found if isinstance(found, dict) else {}
