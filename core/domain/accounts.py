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
        shown = 2 if len(self.name) > 5 else 1  # noqa: PLR2004  (short names show less)
        hidden = max(len(self.name) - 2 * shown, 1)
        return f"{self.name[:shown]}{'•' * hidden}{self.name[len(self.name) - shown :]}"
