"""The online account that a top-up credits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """An account at the merchant (a game account, say)."""

    id: str
    name: str
    is_open: bool

    @property
    def masked_name(self) -> str:
        """Enough of the name to recognise, too little to learn: De••••••on."""
        length = len(self.name)
        shown = 2 if length > 5 else 1 if length > 2 else 0  # noqa: PLR2004  (short names show less)
        hidden = "•" * (length - 2 * shown)
        return f"{self.name[:shown]}{hidden}{self.name[length - shown :]}"
