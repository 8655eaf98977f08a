"""The rows of PayBy's word: its notices, and its statement against our books."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables.columns import utc_time


class NoticeRow(SQLModel, table=True):
    """A notice whose signature was good, as it came, and what we made of it."""

    __tablename__ = "notices"

    digest: str = Field(primary_key=True, max_length=64)
    received_at: datetime = utc_time()
    is_heeded: bool = Field(index=True)
    kind: str = Field(max_length=32)
    merchant_order_no: str = Field(index=True, max_length=64)
    verdict: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class DifferenceRow(SQLModel, table=True):
    """A difference between books; fields as in core.domain.differences.Known."""

    __tablename__ = "differences"
    __table_args__ = (UniqueConstraint("number", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    merchant_order_no: str = Field(max_length=64)
    there: str = Field(sa_type=Text)
    here: str = Field(sa_type=Text)
    day: date
    fate: str = Field(index=True, max_length=16)
    case_number: int | None = None
    found_at: datetime = utc_time()
    moved_at: datetime = utc_time()


class ReconciledDayRow(SQLModel, table=True):
    """A day whose statement was compared with our books to the end."""

    __tablename__ = "reconciled_days"

    day: date = Field(primary_key=True)
    at: datetime = utc_time()
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
