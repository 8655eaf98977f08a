"""Every setting, read once, at the composition root; wrong ones refuse to start."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.money import Money
from core.domain.terms import Lifetime, Pace
from webhooks.commands import CommandFailed
from webhooks.setting_shapes import (
    AccountSid,
    Ceiling,
    DatabaseUrl,
    MetricsToken,
    Name,
    PartnerId,
    SecretUrl,
    SupportChat,
    Token,
    Url,
    WebhookSecret,
    WhatsAppSender,
)

_MUST_BE_PUBLIC = (
    "public_url",
    "payby_url",
    "telegram_url",
    "twilio_url",
    "twilio_content_url",
)


class BadSettings(CommandFailed):
    """The settings cannot work; the text says which, why and what to do."""


class Environment(StrEnum):
    """Whose money is at stake."""

    PRODUCTION = "production"
    TEST = "test"
    DEMO = "demo"


class TelegramMode(StrEnum):
    """How updates reach us."""

    WEBHOOK = "webhook"
    POLLING = "polling"


class Settings(BaseSettings):
    """All settings; each is `TOPUP_<NAME>` in the environment or in the .env file."""

    model_config = SettingsConfigDict(
        env_prefix="TOPUP_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.PRODUCTION
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: Url
    worker: Name = "worker-1"
    database_url: DatabaseUrl = "sqlite:///var/topup.sqlite"
    engine_database_url: DatabaseUrl = "sqlite:///var/engine.sqlite"
    log_json: bool = True
    metrics_token: MetricsToken = SecretStr("")
    heartbeat_url: SecretUrl = SecretStr("")

    shop_name: Name
    shop_name_ar: str = ""
    product: Name
    product_ar: str = ""
    minimum: Annotated[Decimal, Field(gt=0, decimal_places=2)] = Decimal(5)
    maximum: Annotated[Decimal, Field(gt=0, decimal_places=2)] = Decimal(2000)
    payer_day_maximum: Ceiling = Decimal(0)
    payer_month_maximum: Ceiling = Decimal(0)
    chat_day_maximum: Ceiling = Decimal(0)
    chat_month_maximum: Ceiling = Decimal(0)
    account_day_maximum: Ceiling = Decimal(0)
    account_month_maximum: Ceiling = Decimal(0)
    first_maximum: Ceiling = Decimal(0)
    first_hours: Annotated[float, Field(gt=0, le=720)] = 24
    open_codes_maximum: Annotated[int, Field(ge=0)] = 0
    codes_an_hour_maximum: Annotated[int, Field(ge=0)] = 0
    order_hours: Annotated[int, Field(ge=1, le=47)] = 24
    extension_hours: Annotated[int, Field(ge=1, le=168)] = 24
    longest_hours: Annotated[int, Field(ge=1, le=360)] = 72
    reminder_hours: Annotated[float, Field(ge=0, le=24)] = 2
    support_chat: SupportChat = ""
    second_person_above: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal(
        200
    )
    support_reminder_minutes: Annotated[float, Field(ge=1, le=1440)] = 15
    refunds_below_zero: bool = False
    rehearsal_speed: Annotated[int, Field(ge=1, le=3600)] = 1

    payby_url: Url = "https://api.payby.com/sgs/api"
    payby_partner_id: PartnerId
    payby_payee_mid: str = ""
    payby_business_type: Name = "GAME_TOP_UP"
    payby_looks_per_second: Annotated[int, Field(ge=1, le=100)] = 10
    payby_merchant_key_file: Path
    payby_public_key_file: Path

    telegram_token: Token
    telegram_url: Url = "https://api.telegram.org"
    telegram_mode: TelegramMode = TelegramMode.WEBHOOK
    telegram_webhook_secret: WebhookSecret
    telegram_pushes_per_second: Annotated[int, Field(ge=1, le=1000)] = 25

    whatsapp_sender: WhatsAppSender = ""
    twilio_url: Url = "https://api.twilio.com"
    twilio_content_url: Url = "https://content.twilio.com"
    twilio_account_sid: AccountSid = ""
    twilio_auth_token: SecretStr = SecretStr("")
    whatsapp_pushes_per_second: Annotated[int, Field(ge=1, le=1000)] = 80

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("TOPUP_MINIMUM is above TOPUP_MAXIMUM")
        if self.longest_hours < self.order_hours:
            raise ValueError("TOPUP_LONGEST_HOURS is below TOPUP_ORDER_HOURS")
        self._demand_all_of_whatsapp()
        if self.environment is Environment.PRODUCTION:
            self._refuse_the_desk()
        return self

    def _demand_all_of_whatsapp(self) -> None:
        needed = ("twilio_account_sid", "twilio_auth_token")
        if self.has_whatsapp and not all(getattr(self, name) for name in needed):
            raise ValueError(
                "TOPUP_WHATSAPP_SENDER needs TOPUP_TWILIO_ACCOUNT_SID and "
                "TOPUP_TWILIO_AUTH_TOKEN beside it; leave all three empty to do "
                "without WhatsApp"
            )

    def _refuse_the_desk(self) -> None:
        """Refuse what may only stand in for the world on somebody's desk."""
        if self.rehearsal_speed != 1:
            raise ValueError("TOPUP_REHEARSAL_SPEED must be 1 in production")
        if self.heartbeat_url.get_secret_value().startswith("http:"):
            raise ValueError("TOPUP_HEARTBEAT_URL must be https: it is a secret")
        for name in _MUST_BE_PUBLIC:
            parts = urlsplit(getattr(self, name))
            if parts.scheme != "https" or _is_near(parts.hostname or ""):
                raise ValueError(
                    f"TOPUP_{name.upper()} must be a public https address in "
                    "production; for a rehearsal set TOPUP_ENVIRONMENT=demo"
                )

    @property
    def has_whatsapp(self) -> bool:
        """Whether people can write to us on WhatsApp."""
        return bool(self.whatsapp_sender)

    @property
    def twilio_in_doubt_s(self) -> float:
        """How long to wait for Twilio's word on a message that it may have taken."""
        return 90 / self.rehearsal_speed

    @property
    def twilio_busy_s(self) -> float:
        """How long Twilio is given at least when it says that it is busy."""
        return 30 / self.rehearsal_speed

    @property
    def twilio_looks_every(self) -> timedelta:
        """How often to look for what Twilio could not tell us."""
        return max(timedelta(minutes=1) / self.rehearsal_speed, timedelta(seconds=1))

    @property
    def alarm_looks_every(self) -> timedelta:
        """How often to look for what is wrong."""
        return max(timedelta(seconds=30) / self.rehearsal_speed, timedelta(seconds=1))

    @property
    def payee_mid(self) -> str:
        """Who is paid; PayBy's default is the merchant itself."""
        return self.payby_payee_mid or self.payby_partner_id

    @property
    def lifetime(self) -> Lifetime:
        """How long a code can be paid."""
        return Lifetime(
            first=timedelta(hours=self.order_hours),
            extension=timedelta(hours=self.extension_hours),
            longest=timedelta(hours=self.longest_hours),
            reminder=timedelta(hours=self.reminder_hours),
        ).faster(self.rehearsal_speed)

    @property
    def pace(self) -> Pace:
        """How patiently PayBy is asked."""
        return Pace().faster(self.rehearsal_speed)

    @property
    def support_conversation(self) -> str:
        """The chat that hears of cases; empty for none."""
        return f"tg:{self.support_chat}" if self.support_chat else ""

    @property
    def support_group(self) -> str:
        """The group in which staff are answered; empty for none.

        Telegram numbers groups below zero. A person's chat needs no such leave.
        """
        return self.support_conversation if self.support_chat.startswith("-") else ""

    @property
    def support_reminder(self) -> timedelta:
        """How long a payer waits for a person before staff are reminded."""
        return timedelta(minutes=self.support_reminder_minutes) / self.rehearsal_speed

    @property
    def support_looks_every(self) -> timedelta:
        """How often to look for payers who wait."""
        return max(self.support_reminder / 15, timedelta(seconds=1))

    @property
    def second_above(self) -> Money:
        """More than that goes back only when a second person agrees."""
        return Money.from_aed(self.second_person_above)

    @property
    def least(self) -> Money:
        """The least that one order may be."""
        return Money.from_aed(self.minimum)

    @property
    def most(self) -> Money:
        """The most that one order may be."""
        return Money.from_aed(self.maximum)

    @property
    def bot_id(self) -> int:
        """The bot's own number at Telegram, the first part of its token."""
        return int(self.telegram_token.get_secret_value().partition(":")[0])

    @property
    def notify_url(self) -> str:
        """Where PayBy posts its notices."""
        return f"{self.public_url}/payby/notices"

    @property
    def telegram_webhook_url(self) -> str:
        """Where Telegram posts its updates."""
        return f"{self.public_url}/telegram/updates"


def _is_near(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


def read_settings(env_file: Path) -> Settings:
    """Read the settings; the environment goes before the file. Raises BadSettings."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as error:
        raise BadSettings(_explain(error, env_file)) from None


def _explain(error: ValidationError, env_file: Path) -> str:
    lines = [f"The settings cannot work. Mend them in {env_file} or the environment:"]
    for fault in error.errors():
        name = "".join(f"TOPUP_{part}".upper() for part in fault["loc"][:1])
        says = fault["msg"].removeprefix("Value error, ")
        lines.append(f"  {name or 'together'}: {says}")
    return "\n".join(lines)
