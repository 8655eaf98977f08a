"""Names for JSON whose shape Twilio's documentation tells, and for its forms."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Form: TypeAlias = dict[str, str]
"""A webhook's fields by name; no name comes twice."""
