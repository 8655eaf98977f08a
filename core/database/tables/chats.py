"""The rows of conversations, and of those that are joined."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.database.tables.columns import utc_time


class ConversationRow(SQLModel, table=True):
    """Where a conversation stands, and its answer to the newest update.

    The answer is kept with the state, so that an update that is taken up again
    after a crash gets the answer it got before.
    """

    __tablename__ = "conversations"

    id: str = Field(primary_key=True, max_length=64)
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    update_id: str = Field(max_length=80)
    answer: list[Any] = Field(sa_column=Column(JSON, nullable=False))


class LinkRow(SQLModel, table=True):
    """A conversation that a payer has joined with others of theirs."""

    __tablename__ = "links"

    conversation_id: str = Field(primary_key=True, max_length=64)
    payer_id: str = Field(index=True, max_length=64)
    """The same for all conversations of one payer."""


class LinkCodeRow(SQLModel, table=True):
    """A code that joins the conversation it was given in with one that sends it."""

    __tablename__ = "link_codes"

    digest: str = Field(primary_key=True, max_length=64)
    conversation_id: str = Field(unique=True, max_length=64)
    expires_at: datetime = utc_time()
