"""The rows of stores, and of what payers and staff say of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time


class StoreRow(SQLModel, table=True):
    """A store that takes cash for codes; fields as in core.domain.stores.Store."""

    __tablename__ = "stores"

    id: str = Field(primary_key=True, max_length=64)
    edition: str = Field(max_length=32)
    """Which import it came with: the same for all of them."""
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class StoreReportRow(SQLModel, table=True):
    """A payer's word that a store could not take a payment."""

    __tablename__ = "store_reports"
    __table_args__ = (UniqueConstraint("merchant_order_no", "store_id"),)

    id: int | None = Field(default=None, primary_key=True)
    store_id: str = Field(max_length=64)
    merchant_order_no: str = Field(max_length=64)
    reason: str = Field(max_length=32)
    at: datetime = Field(sa_type=UtcTime, index=True)


class HiddenStoreRow(SQLModel, table=True):
    """A store that is not shown to payers, whichever edition it comes with."""

    __tablename__ = "hidden_stores"

    store_id: str = Field(primary_key=True, max_length=64)
    hidden_by: str = Field(max_length=64)
    hidden_at: datetime = utc_time()
