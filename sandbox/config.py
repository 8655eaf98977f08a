"""What the sandbox is told at start."""

from dataclasses import dataclass
from pathlib import Path

STORES_CSV = Path(__file__).with_name("data") / "stores.csv"
PAGE = Path(__file__).with_name("page")


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one sandbox process."""

    data: Path
    """Folder of what it keeps: the keys, under ``keys/``."""

    host: str = "127.0.0.1"
    port: int = 9000

    product_url: str | None = None
    """Where the product answers ``/readyz``; None: only the stand-ins are looked at."""

    speed: float = 1.0
    """How many times faster notices are repeated and orders expire."""

    partner_id: str = "200000000888"
    """The one merchant PayBy knows, 12 digits."""

    telegram_token: str = "1234567890:SandboxBotTokenKnownToEverybody0000"  # noqa: S105 made up, opens nothing
    """The bot token the Telegram stand-in accepts."""

    twilio_account_sid: str = "AC00000000000000000000000000c0ffee"
    """The account that the Twilio stand-in knows."""

    twilio_auth_token: str = "00000000000000000000000000facade"  # noqa: S105 made up, opens nothing
    """What the account's calls carry, and what its webhooks are signed with."""

    whatsapp_sender: str = "+971500000900"
    """The number the bot writes from on WhatsApp, E.164."""

    stores: Path = STORES_CSV
    """CSV of the stores whose POS can take cash."""

    page: Path = PAGE
    """Folder of the web page's files."""
