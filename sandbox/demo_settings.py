"""The settings with which the product runs beside the sandbox."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandbox.config import Config


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where one demo lives: two ports on loopback and a folder."""

    port: int
    """The sandbox's, with the page."""

    app_port: int
    """The product's."""

    data: Path
    """Folder of the keys, the databases, the settings and the logs."""

    @property
    def url(self) -> str:
        """The sandbox."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def app_url(self) -> str:
        """The product."""
        return f"http://127.0.0.1:{self.app_port}"

    @property
    def env_file(self) -> Path:
        """The product's settings."""
        return self.data / "demo.env"

    @property
    def log_file(self) -> Path:
        """What the product says."""
        return self.data / "logs" / "product.log"

    @property
    def database(self) -> Path:
        """The product's SQLite file."""
        return self.data / "topup.sqlite"


def write_settings(desk: Desk, **others: object) -> None:
    """Write every setting the product needs; `others` are added or go before ours.

    The webhook's secret is a new one each time.
    """
    data, keys = desk.data.resolve(), desk.data.resolve() / "keys"
    settings: dict[str, object] = {
        "environment": "demo",
        "host": "127.0.0.1",
        "port": desk.app_port,
        "public_url": desk.app_url,
        "database_url": f"sqlite:///{data / desk.database.name}",
        "engine_database_url": f"sqlite:///{data / 'engine.sqlite'}",
        "shop_name": "Oasis Games",
        "shop_name_ar": "ألعاب الواحة",
        "product": "Game top-up",
        "product_ar": "شحن رصيد الألعاب",
        "payby_url": f"{desk.url}/sgs/api",
        "payby_partner_id": Config.partner_id,
        "payby_merchant_key_file": keys / "merchant_private.pem",
        "payby_public_key_file": keys / "payby_public.pem",
        "telegram_url": desk.url,
        "telegram_token": Config.telegram_token,
        "telegram_webhook_secret": secrets.token_urlsafe(32),
        "twilio_url": f"{desk.url}/twilio",
        "twilio_content_url": f"{desk.url}/twilio",
        "twilio_account_sid": Config.twilio_account_sid,
        "twilio_auth_token": Config.twilio_auth_token,
        "whatsapp_sender": Config.whatsapp_sender,
    }
    lines = ["# Written by the demo at every start: changes here do not last."]
    for name, value in (settings | others).items():
        lines.append(f"TOPUP_{name.upper()}={_quoted(str(value))}")
    _write_private(desk.env_file, "\n".join(lines) + "\n")


def without_settings(environment: dict[str, str]) -> dict[str, str]:
    """Leave out settings that would go before those of the file."""
    return {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith("TOPUP_")
    }


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
