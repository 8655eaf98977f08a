"""The rows of messages to people."""

from datetime import datetime

from sqlalchemy import Index, literal_column
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time

UNDELIVERED = literal_column("state") != literal_column("'sent'")
"""What has an index of its own: few messages, among many. The databases see that they
may use it only where a question says it in these words."""


class MessageRow(SQLModel, table=True):
    """A message to a person: what we tried, and what became of it."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation", "conversation_id", "state"),
        Index(
            "ix_messages_undelivered",
            "state",
            sqlite_where=UNDELIVERED,
            postgresql_where=UNDELIVERED,
        ),
    )

    id: str = Field(primary_key=True, max_length=160)
    conversation_id: str = Field(max_length=64)
    merchant_order_no: str = Field(index=True, max_length=64)
    shows_code: bool
    state: str = Field(max_length=16)
    unconfirmed: int
    provider_ref: str = Field(max_length=64)
    at: datetime = utc_time()
    progress: str = Field(default="", max_length=16)
    trouble: str = Field(default="", max_length=16)
    failures: int = 0
    began_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
