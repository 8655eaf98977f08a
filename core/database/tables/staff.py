"""The rows of the support desk: who works there, what they want, what they did."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, Text
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time


class StaffRow(SQLModel, table=True):
    """Somebody at the support desk; fields as in core.domain.staff.Member."""

    __tablename__ = "staff"

    identity: str = Field(primary_key=True, max_length=64)
    name: str = Field(index=True, max_length=64)
    role: str = Field(max_length=16)
    added_at: datetime = utc_time()


class AuditRow(SQLModel, table=True):
    """What staff did; rows are only ever added, and the table refuses all else."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    act_id: str = Field(unique=True, max_length=160)
    at: datetime = utc_time()
    who: str = Field(max_length=64)
    act: str = Field(max_length=32)
    merchant_order_no: str = Field(index=True, max_length=64)
    subject: str = Field(max_length=128)
    reason: str = Field(sa_type=Text)
    before: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))


class ProposalRow(SQLModel, table=True):
    """What staff want to do and have not, or have; see core.domain.proposals."""

    __tablename__ = "proposals"

    id: str = Field(primary_key=True, max_length=16)
    act: str = Field(max_length=16)
    merchant_order_no: str = Field(index=True, max_length=80)
    amount_fils: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    left_fils: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    reason: str = Field(sa_type=Text)
    proposed_by: str = Field(max_length=64)
    needs_second: bool
    stage: str = Field(max_length=16)
    made_at: datetime = utc_time()
    answer_until: datetime = utc_time()
    settled_by: str = Field(max_length=160)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    approved_by: str = Field(max_length=64)
