"""The rows of people and prepared messages on WhatsApp."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time


class WhatsAppContactRow(SQLModel, table=True):
    """A person on WhatsApp: one conversation, known by a phone, a user id, or both."""

    __tablename__ = "whatsapp_contacts"

    conversation_id: str = Field(primary_key=True, max_length=64)
    phone: str | None = Field(default=None, unique=True, max_length=32)
    """As in an address of Twilio's: `+` and digits."""
    user_id: str | None = Field(default=None, unique=True, max_length=64)
    """The business-scoped id that stands for a phone nobody tells us, like AE.123."""
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    """When the person last wrote: Meta's 24 hours count from then."""
    menu: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The choices shown last, of which message, and those before (core.database.menus).
    """


class WhatsAppTemplateRow(SQLModel, table=True):
    """A prepared message at Twilio, and whether Meta has approved it."""

    __tablename__ = "whatsapp_templates"

    name: str = Field(primary_key=True, max_length=80)
    sid: str = Field(max_length=64)
    approval: str = Field(max_length=32)
    checked_at: datetime = utc_time()
