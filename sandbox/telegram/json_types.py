"""Names for JSON whose shape the Bot API's documentation tells."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Params: TypeAlias = dict[str, Any]
"""A method's parameters, read and checked: only known names, of their own types."""
