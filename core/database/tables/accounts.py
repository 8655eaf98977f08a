"""The rows of online accounts, and of who and what is stopped."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from core.database.tables.columns import utc_time


class AccountRow(SQLModel, table=True):
    """An online account at the merchant."""

    __tablename__ = "accounts"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    is_open: bool


class FreezeRow(SQLModel, table=True):
    """A payer or an account that is stopped; as in core.domain.freezing.Freeze."""

    __tablename__ = "freezes"

    subject: str = Field(primary_key=True, max_length=80)
    reason: str = Field(sa_type=Text)
    frozen_by: str = Field(max_length=64)
    frozen_at: datetime = utc_time()
