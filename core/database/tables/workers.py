"""The rows of the workers: who does what, how far it got, what is wrong."""

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time


class LeaseRow(SQLModel, table=True):
    """Who does something that only one worker may do at a time."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=64)
    until: datetime = utc_time()


class BookmarkRow(SQLModel, table=True):
    """Up to when something outside has been looked at to the end."""

    __tablename__ = "bookmarks"

    name: str = Field(primary_key=True, max_length=64)
    at: datetime = utc_time()


class AlarmRow(SQLModel, table=True):
    """What is wrong or was, and when it was told; as core.domain.alarms.Alarm."""

    __tablename__ = "alarms"

    kind: str = Field(primary_key=True, max_length=32)
    about: str = Field(primary_key=True, max_length=64)
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    since: datetime = utc_time()
    seen_at: datetime = utc_time()
    told_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    tellings: int = 0
    mark: str = Field(default="", max_length=64)
    is_on: bool = Field(default=False, index=True)
